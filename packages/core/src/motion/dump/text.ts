import type { Sink, WorkOptions } from "../../source/source.js";
import { checkWhole, noSequence } from "../match/survey.js";
import type { MotionQuantity, MotionSequence, MotionSource, MotionWindow } from "../motion.js";
import { presenceIn } from "../presence.js";
import { MotionError } from "../report.js";

export interface DumpMotionOptions extends WorkOptions {
  /**
   * `csv`: a line for each point: sequence (from 0), its name, frame, person, layer, point (from 0), x, y, z, confidence. `ndjson`: an
   * object for each layer of a person in a frame: `sequence`, `name`, `frame`, `person`, `layer`, `positions` (points × axes),
   * `confidence`; and one for each quantity, such as a box: `quantity` and `values` in place of the last three. What there is not is
   * empty, and left out.
   */
  readonly form: "csv" | "ndjson";
  /** Only the sequence of this name, or at this position. */
  readonly sequence?: string | number | undefined;
}

/** What was written. */
export interface DumpedMotion {
  readonly sequences: number;
  readonly frames: number;
  readonly lines: number;
}

/**
 * Writes people who move as plain text, whoever is there in order of frames, a window at a time. Commits the sink, or aborts it.
 * Positions are in the unit of the source; numbers are those that give back the same float64. Throws `MotionError` when there is no
 * such sequence, or nobody, and for `csv` of people who have no points in any sequence.
 */
export async function dumpMotion(source: MotionSource, sink: Sink, options: DumpMotionOptions): Promise<DumpedMotion> {
  const total = { sequences: 0, frames: 0, lines: 0 };
  const encoder = new TextEncoder();
  try {
    if (options.form === "csv") await sink.append(encoder.encode(HEADER));
    let position = -1;
    let pointless: MotionQuantity | undefined;
    let anyPoints = false;
    for await (const sequence of source.sequences(options)) {
      position++;
      if (options.sequence !== undefined && ![position, sequence.info.name].includes(options.sequence)) continue;
      total.sequences++;
      anyPoints ||= sequence.layers.length > 0;
      pointless ??= sequence.quantities?.[0];
      const only = options.form === "csv" ? new Set(sequence.layers.map(({ key }) => key)) : undefined;
      for await (const window of sequence.windows({ ...options, only })) {
        const lines = linesOf(sequence, position, window, options.form);
        total.frames += window.frames;
        for (const text of lines) {
          total.lines += text.lines;
          await sink.append(encoder.encode(text.text));
        }
      }
    }
    if (total.sequences === 0 || options.sequence === undefined) checkWhole(source);
    if (total.sequences === 0) throw noSequence(options.sequence, position + 1);
    if (options.form === "csv" && !anyPoints && pointless)
      throw new MotionError(
        `the people of the file have no points, which are the lines of csv, but ${pointless.key}`,
        "form",
      );
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
  const there = form === "ndjson" ? presenceIn(window) : undefined;
  for (let at = 0; at < window.frames; at++) {
    const lines: string[] = [];
    const frame = (info.firstFrame ?? 0) + window.start + at;
    const whoAt = (place: number) => ({ sequence, name: info.name, frame, person: ids?.[place] ?? place });
    for (const [layer, points] of window.layers) {
      for (let place = 0; place < window.people; place++) {
        if (!points.present.get(at, place)) continue;
        const who = { ...whoAt(place), layer };
        const positions = points.positions.slice(at, place).toList() as readonly (readonly number[])[];
        const confidence = points.confidence?.slice(at, place).toList() as readonly number[] | undefined;
        if (form === "ndjson") lines.push(JSON.stringify({ ...who, positions, ...(confidence && { confidence }) }));
        else for (const [point, xyz] of positions.entries()) lines.push(csvLine(who, point, xyz, confidence?.[point]));
      }
    }
    for (const [quantity, { values, present }] of there ? (window.quantities ?? []) : [])
      for (let place = 0; place < window.people; place++)
        if (there?.[at * window.people + place] === 1 && present.get(at, place))
          lines.push(JSON.stringify({ ...whoAt(place), quantity, values: values.slice(at, place).toList() }));
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
