import type { Sink, WorkOptions } from "../../source/source.js";
import type { MotionSequence, MotionSource, MotionWindow } from "../motion.js";

export interface DumpMotionOptions extends WorkOptions {
  /**
   * `csv`: a line for each point: sequence (from 0), its name, frame, person, layer, point (from 0), x, y, z, confidence. `ndjson`: an
   * object for each person in a frame: `sequence`, `name`, `frame`, `person`, `layer`, `positions` (points × axes), `confidence`.
   * What there is not is empty, and left out.
   */
  readonly form: "csv" | "ndjson";
  /** Only the sequence of this name, or at this position. */
  readonly sequence?: string | number | undefined;
}

export interface DumpedMotion {
  readonly sequences: number;
  readonly frames: number;
  readonly lines: number;
}

/**
 * Writes people who move as plain text, whoever is there in order of frames, a window at a time. Commits the sink, or aborts it.
 * Positions are in the unit of the source; numbers are those that give back the same float64.
 */
export async function dumpMotion(source: MotionSource, sink: Sink, options: DumpMotionOptions): Promise<DumpedMotion> {
  const total = { sequences: 0, frames: 0, lines: 0 };
  const encoder = new TextEncoder();
  try {
    if (options.form === "csv") await sink.append(encoder.encode(HEADER));
    let position = -1;
    for await (const sequence of source.sequences(options)) {
      position++;
      if (options.sequence !== undefined && ![position, sequence.info.name].includes(options.sequence)) continue;
      total.sequences++;
      for await (const window of sequence.windows(options)) {
        const lines = linesOf(sequence, position, window, options.form);
        total.frames += window.frames;
        for (const text of lines) {
          total.lines += text.lines;
          await sink.append(encoder.encode(text.text));
        }
      }
    }
    await sink.commit();
    return total;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const HEADER = "sequence,name,frame,person,layer,point,x,y,z,confidence\n";

interface Text {
  readonly text: string;
  readonly lines: number;
}

/** The lines of everybody who is there, one text for each frame. */
function* linesOf(
  { info, ids }: MotionSequence,
  sequence: number,
  window: MotionWindow,
  form: DumpMotionOptions["form"],
): Generator<Text, void, void> {
  for (let at = 0; at < window.frames; at++) {
    const lines: string[] = [];
    for (const [layer, points] of window.layers) {
      for (let place = 0; place < window.people; place++) {
        if (!points.present.get(at, place)) continue;
        const frame = (info.firstFrame ?? 0) + window.start + at;
        const person = ids?.[place] ?? place;
        const who = { sequence, name: info.name, frame, person, layer };
        const positions = points.positions.slice(at, place).toList() as readonly (readonly number[])[];
        const confidence = points.confidence?.slice(at, place).toList() as readonly number[] | undefined;
        if (form === "ndjson") lines.push(JSON.stringify({ ...who, positions, ...(confidence && { confidence }) }));
        else for (const [point, xyz] of positions.entries()) lines.push(csvLine(who, point, xyz, confidence?.[point]));
      }
    }
    if (lines.length > 0) yield { text: `${lines.join("\n")}\n`, lines: lines.length };
  }
}

function csvLine(
  who: Readonly<Record<string, string | number | undefined>>,
  point: number,
  [x, y, z]: readonly number[],
  confidence: number | undefined,
): string {
  return [...Object.values(who), point, x, y, z, confidence].map(csvCell).join(",");
}

function csvCell(value: string | number | undefined): string {
  const text = value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
