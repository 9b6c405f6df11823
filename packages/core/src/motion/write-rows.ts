import { astype } from "../ndarray/astype.js";
import { textType } from "../ndarray/dtype.js";
import type { DataOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import { type Assembled, assemble } from "./assemble.js";
import { float64Array } from "./axes.js";
import { DeferredArray } from "./deferred.js";
import type { LayerMatch } from "./match.js";
import { type MotionLevel, type MotionMember, memberOf } from "./plan.js";
import { writtenWindows } from "./points.js";
import type { MotionNotes } from "./report.js";
import { placesTaken } from "./survey.js";
import { rootNames, siblingsOf, targetType } from "./target.js";
import { noteInfo, type PlacedSequence, sizesOf } from "./write-sequences.js";

/** All sequences as rows, each of one person in one frame. */
export function rowsObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  sequences: readonly PlacedSequence[],
  notes: MotionNotes,
): Assembled {
  const rows = sequences.reduce((all, one) => all + placesTaken(one), 0);
  const at = new Map<MotionMember, unknown>();
  for (const match of matches) at.set(match.member, rowArray(match, sequences, rows));
  const numbers = memberOf(level, "frame-number");
  const numbered = sequences.some(
    (one) =>
      sequences.length > 1 || one.people > 1 || one.info.firstFrame !== undefined || placesTaken(one) < one.frames,
  );
  if (numbers && numbered) at.set(numbers, frameNumbers(sequences, rows));
  const name = memberOf(level, "name");
  if (name && (sequences.length > 1 || sequences.some(({ info }) => info.name !== undefined)))
    at.set(name, textColumn(sequences.flatMap((one) => new Array<string>(placesTaken(one)).fill(one.name))));
  const image = memberOf(level, "image-path");
  const paths = imageColumn(sequences);
  if (paths && image) at.set(image, paths);
  else if (paths) notes.add("lost", "paths of images", paths.length);
  for (const one of sequences) noteRows(level, one, notes);
  const more = Object.assign({}, ...matches.map(siblingsOf), rootNames(matches)) as Record<string, unknown>;
  return assemble(level, { values: {}, at, sizes: { ...sizesOf(matches), frame: rows }, more });
}

function noteRows(level: MotionLevel, one: PlacedSequence, notes: MotionNotes): void {
  noteInfo(level, one.info, notes);
  if (one.sequence.ids && memberOf(level, "person-number") === undefined)
    notes.add("lost", "numbers of people; those of a frame are in order", one.ids.length);
  let empty = 0;
  for (let frame = 0; frame < one.frames; frame++)
    if (!one.present.subarray(frame * one.people, (frame + 1) * one.people).includes(1)) empty++;
  notes.add("lost", "frames with nobody", empty);
}

function rowArray(match: LayerMatch, sequences: readonly PlacedSequence[], rows: number): DeferredArray {
  const type = targetType(match.field, match.from.dtype);
  const element = [match.points, match.mark.channels?.length ?? 0];
  const size = (element[0] as number) * (element[1] as number);
  return new DeferredArray(type, [rows, ...element], async function* (options: WorkOptions) {
    for (const surveyed of sequences) {
      for await (const { values, window, frames, people } of writtenWindows(surveyed, match, options)) {
        const taken: number[] = [];
        for (let row = 0; row < frames * people; row++) {
          const frame = window.start + Math.floor(row / people);
          if (surveyed.present[frame * surveyed.people + (row % people)] === 1) taken.push(row);
        }
        const packed = new Float64Array(taken.length * size);
        for (const [to, row] of taken.entries()) packed.set(values.subarray(row * size, (row + 1) * size), to * size);
        yield astype(float64Array(packed, [taken.length, ...element]) as unknown as NdArray, type) as NdArray;
      }
    }
  });
}

function frameNumbers(sequences: readonly PlacedSequence[], rows: number): NdArray {
  const numbers = new BigInt64Array(rows);
  let row = 0;
  for (const { present, people, first } of sequences) {
    for (let place = 0; place < present.length; place++)
      if (present[place] === 1) numbers[row++] = BigInt(first + Math.floor(place / people));
  }
  return NdArray.from("int64", numbers, [rows]) as NdArray;
}

function textColumn(texts: readonly string[]): NdArray {
  const longest = texts.reduce((most, text) => Math.max(most, [...text].length), 1);
  return NdArray.from<"string">(textType("string", longest), [...texts] as DataOf["string"]) as NdArray;
}

/** The image of each row; undefined when no sequence has any. */
function imageColumn(sequences: readonly PlacedSequence[]): readonly string[] | undefined {
  if (!sequences.some(({ imagePaths }) => imagePaths)) return undefined;
  return sequences.flatMap(({ present, people, imagePaths }) =>
    [...present.keys()].flatMap((place) =>
      present[place] === 1 ? [imagePaths?.[Math.floor(place / people)] ?? ""] : [],
    ),
  );
}
