import { createWriterWith } from "../engine/records/writer.js";
import type { Layout } from "../layout/layout.js";
import { astype } from "../ndarray/astype.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { Sink } from "../source/source.js";
import { assemble } from "./assemble.js";
import { float64Array } from "./axes.js";
import type { LayerMatch } from "./match.js";
import { type MotionLevel, type MotionMember, memberOf } from "./plan.js";
import { writtenPoints } from "./points.js";
import { MotionError, type MotionNotes } from "./report.js";
import { siblingsOf, targetType } from "./target.js";
import type { WriteMotionOptions } from "./write.js";
import { noteInfo, type PlacedSequence } from "./write-sequences.js";

/** One sequence as a stream of frames, of which no more than a window is in memory. */
export async function writeFrames(
  layout: Layout,
  level: MotionLevel,
  sink: Sink,
  matches: readonly LayerMatch[],
  placed: PlacedSequence,
  notes: MotionNotes,
  options: WriteMotionOptions,
): Promise<void> {
  const below = level.below.find((one) => one.level.part === "frame");
  if (!below) throw new MotionError(`${layout.title} has no frames that could be written`);
  noteInfo(level, placed.info, notes);
  noteFrames(below.level, placed, notes);
  const missing = (layout.records ?? []).flatMap(({ writeRequired = [] }) =>
    writeRequired.filter((key) => !matches.some(({ member }) => member.keys[0] === key)),
  );
  for (const key of missing)
    notes.once("lost", `${key}, which readers may expect and the input has not`, placed.frames);
  const check = missing.length > 0 && options.check !== "skip" ? "loose" : options.check;
  const writer = await createWriterWith<Record<string, unknown>>(layout, sink, {}, { ...options, check });
  try {
    for await (const window of placed.sequence.windows(options)) {
      const written = matches.map((match) => {
        const points = window.layers.get(match.from.key);
        return { match, points: points && writtenPoints(match, points), present: points?.present.data };
      });
      for (let frame = 0; frame < window.frames; frame++) {
        const at = new Map<MotionMember, unknown>();
        const taken = takenIn(placed, window.start + frame, window.people);
        for (const { match, points } of written)
          if (points) at.set(match.member, frameArray(match, points.values, frame, window.people, taken));
        const more = Object.assign({}, ...matches.map(siblingsOf)) as Record<string, unknown>;
        await writer.append(assemble(below.level, { values: {}, at, more }) as never);
      }
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Places of those who are there. */
function takenIn({ present, people }: PlacedSequence, frame: number, places: number): readonly number[] {
  const taken: number[] = [];
  for (let place = 0; place < places; place++) if (present[frame * people + place] === 1) taken.push(place);
  return taken;
}

function frameArray(
  match: LayerMatch,
  values: Float64Array,
  frame: number,
  people: number,
  taken: readonly number[],
): NdArray {
  const channels = match.mark.channels?.length ?? 0;
  const size = match.points * channels;
  const own = new Float64Array(taken.length * size);
  for (const [to, place] of taken.entries()) {
    const from = (frame * people + place) * size;
    own.set(values.subarray(from, from + size), to * size);
  }
  const array = float64Array(own, [taken.length, match.points, channels]);
  return astype(array as unknown as NdArray, targetType(match.field, match.from.dtype)) as NdArray;
}

function noteFrames(level: MotionLevel, placed: PlacedSequence, notes: MotionNotes): void {
  if (placed.imagePaths && !memberOf(level, "image-path")) notes.add("lost", "paths of images", placed.frames);
  if (placed.sequence.ids) notes.add("lost", "numbers of people; those of a frame are in order", placed.ids.length);
  else if (placed.people > 1 && placed.present.includes(0))
    notes.add("lost", "which of several people somebody is, in frames where not all are there");
}
