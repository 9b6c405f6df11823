import { createWriterWith } from "../../engine/records/writer.js";
import type { Layout } from "../../layout/layout.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { Sink } from "../../source/source.js";
import type { LayerMatch } from "../match/match.js";
import { type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import { MotionError, type MotionNotes } from "../report.js";
import { assemble } from "./assemble.js";
import type { BesidePoints } from "./beside.js";
import { noteImages, noteInfo, type PlacedSequence } from "./sequences.js";
import { siblingsOf } from "./target.js";
import type { WriteMotionOptions } from "./write.js";
import { elementSize, rowsOf, type WrittenArray, writtenLayer, writtenQuantity } from "./written.js";

/** One sequence as a stream of frames, of which no more than a window is in memory. */
export async function writeFrames(
  layout: Layout,
  level: MotionLevel,
  sink: Sink,
  {
    matches,
    beside: { quantities, camera },
  }: { readonly matches: readonly LayerMatch[]; readonly beside: BesidePoints },
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
    const arrays = [...matches.map(writtenLayer), ...quantities.map(writtenQuantity)];
    const only = new Set(arrays.flatMap(({ from }) => from));
    for await (const window of placed.sequence.windows({ ...options, only })) {
      const written = arrays.map((array) => ({ array, values: array.valuesIn(window) }));
      for (let frame = 0; frame < window.frames; frame++) {
        const at = new Map<MotionMember, unknown>();
        const taken = takenIn(placed, window.start + frame, window.people);
        for (const { array, values } of written)
          if (values) at.set(array.member, frameArray(array, values, frame, window.people, taken));
        const seen = placed.cameras?.[window.start + frame];
        if (camera && seen) at.set(camera.member, camera.write(seen));
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
  array: WrittenArray,
  values: Float64Array,
  frame: number,
  people: number,
  taken: readonly number[],
): NdArray {
  const size = elementSize(array);
  const own = new Float64Array(taken.length * size);
  for (const [to, place] of taken.entries()) {
    const from = (frame * people + place) * size;
    own.set(values.subarray(from, from + size), to * size);
  }
  return rowsOf(array, own, taken.length);
}

function noteFrames(level: MotionLevel, placed: PlacedSequence, notes: MotionNotes): void {
  if (placed.imagePaths && !memberOf(level, "image-path")) notes.add("lost", "paths of images", placed.frames);
  noteImages(level, placed, notes);
  if (placed.sequence.ids) notes.add("lost", "numbers of people; those of a frame are in order", placed.ids.length);
  else if (placed.people > 1 && placed.present.includes(0))
    notes.add("lost", "which of several people somebody is, in frames where not all are there");
}
