import { textType } from "../../ndarray/dtype.js";
import type { DataOf } from "../../ndarray/elements.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { LayerMatch } from "../match/match.js";
import { placesTaken } from "../match/survey.js";
import type { ImageId, MotionCamera } from "../motion.js";
import { type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import type { MotionNotes } from "../report.js";
import { rangesKey } from "../row-dims.js";
import { type Assembled, assemble } from "./assemble.js";
import type { BesidePoints } from "./beside.js";
import { type CameraMatch, onlyCamera } from "./cameras.js";
import { DeferredArray } from "./deferred.js";
import { writtenRanges } from "./row-ranges.js";
import { emptyFrames, noteImages, noteInfo, type PlacedSequence, sizesOf } from "./sequences.js";
import { rootNames, siblingsOf } from "./target.js";
import { elementSize, rowsOf, type WrittenArray, windowsOfArray, writtenLayer, writtenQuantity } from "./written.js";

/** All sequences as rows, each of one person in one frame. */
export function rowsObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  beside: BesidePoints,
  sequences: readonly PlacedSequence[],
  notes: MotionNotes,
): Assembled {
  const rows = sequences.reduce((all, one) => all + placesTaken(one), 0);
  const at = new Map<MotionMember, unknown>(imageSizes(level, sequences, notes));
  for (const array of [...matches.map(writtenLayer), ...beside.quantities.map(writtenQuantity)])
    at.set(array.member, rowArray(array, sequences, rows));
  if (beside.camera) at.set(beside.camera.member, rowCameras(beside.camera, sequences, notes));
  const people = memberOf(level, "person-number");
  if (people && sequences.some(({ sequence }) => sequence.ids)) at.set(people, personNumbers(sequences, rows));
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
  const paths = frameColumn(sequences, ({ imagePaths }) => imagePaths)?.map((path) => path ?? "");
  if (paths && image) at.set(image, paths);
  else if (paths) notes.add("lost", "paths of images", paths.length);
  const known = memberOf(level, "image-id");
  const ids = known && imageIds(sequences, notes);
  if (ids) at.set(known, ids);
  const empty = sequences.reduce((all, one) => all + noteRows(level, one, notes), 0);
  const more = Object.assign({}, ...matches.map(siblingsOf), rootNames(matches)) as Record<string, unknown>;
  const ranges = level.object && rangesKey(level.object);
  // An array that shares out the rows of one sequence has frames without any.
  if (!ranges || sequences.length > 1) notes.add("lost", "frames with nobody", empty);
  else if (sequences.some((one) => one.imagePaths ?? one.imageIds ?? one.imageSizes))
    notes.add("lost", "what is said of images with nobody", empty);
  if (!ranges) return assemble(level, { values: {}, at, sizes: { ...sizesOf(matches), frame: rows }, more });
  const shared = writtenRanges(sequences);
  const sizes = { ...sizesOf(matches), frame: shared.shape[0] ?? 0, person: rows };
  return assemble(level, { values: {}, at, sizes, more: { ...more, [ranges.key]: shared } });
}

/** Notes what rows do not say of a sequence. Returns the number of frames with nobody. */
function noteRows(level: MotionLevel, one: PlacedSequence, notes: MotionNotes): number {
  noteInfo(level, one.info, notes);
  if (one.sequence.ids && memberOf(level, "person-number") === undefined)
    notes.add("lost", "numbers of people; those of a frame are in order", one.ids.length);
  noteImages(level, one, notes);
  return emptyFrames(one);
}

/** One row of each who is there, in order of frames. */
function rowArray(array: WrittenArray, sequences: readonly PlacedSequence[], rows: number): DeferredArray {
  const size = elementSize(array);
  return new DeferredArray(array.type, [rows, ...array.element], async function* (options: WorkOptions) {
    for (const surveyed of sequences) {
      for await (const { values, start, frames, people } of windowsOfArray(surveyed, array, options)) {
        const taken: number[] = [];
        for (let row = 0; row < frames * people; row++) {
          const frame = start + Math.floor(row / people);
          if (surveyed.present[frame * surveyed.people + (row % people)] === 1) taken.push(row);
        }
        const packed = new Float64Array(taken.length * size);
        for (const [to, row] of taken.entries()) packed.set(values.subarray(row * size, (row + 1) * size), to * size);
        yield rowsOf(array, packed, taken.length);
      }
    }
  });
}

/** The frame and the place of each row. */
function* rowPlaces({
  present,
  people,
}: PlacedSequence): Generator<readonly [frame: number, place: number], void, void> {
  for (let at = 0; at < present.length; at++) if (present[at] === 1) yield [Math.floor(at / people), at % people];
}

/** The camera of all rows, else one for each; undefined where no sequence has any, or one is missing. */
function rowCameras({ write }: CameraMatch, sequences: readonly PlacedSequence[], notes: MotionNotes): unknown {
  const only = onlyCamera(sequences);
  if (only) return write(only);
  const known = new Map<MotionCamera, unknown>();
  const written = sequences.flatMap((one) =>
    [...rowPlaces(one)].map(([frame]) => {
      const camera = one.cameras?.[frame];
      if (camera && !known.has(camera)) known.set(camera, write(camera));
      return camera && known.get(camera);
    }),
  );
  if (!written.includes(undefined)) return written;
  notes.add("lost", "cameras, as some frames have none");
  return undefined;
}

/** Height and width of the images of each row; nothing unless all rows say them. */
function imageSizes(
  level: MotionLevel,
  sequences: readonly PlacedSequence[],
  notes: MotionNotes,
): readonly (readonly [MotionMember, unknown])[] {
  const sizes = frameColumn(sequences, ({ info, imageSizes, frames }) =>
    Array.from({ length: frames }, (_, frame) => imageSizes?.[frame] ?? info.imageSize),
  );
  const missing = sizes?.filter((size) => size === undefined).length ?? 0;
  if (!sizes || sizes.length === missing) return [];
  const members = (["image-height", "image-width"] as const).map((part) => memberOf(level, part));
  const isWritten = members.some((member) => member !== undefined);
  if (missing > 0 || !isWritten) {
    if (isWritten) notes.add("lost", "sizes of images, as some rows say none", sizes.length - missing);
    return [];
  }
  return members.flatMap((member, axis) => {
    const column = BigInt64Array.from(sizes as readonly (readonly number[])[], (size) => BigInt(size[axis] as number));
    return member ? [[member, NdArray.from("int64", column, [sizes.length])] as const] : [];
  });
}

/** The ids of the images of each row; undefined unless all rows have one. As text where not all are numbers. */
function imageIds(sequences: readonly PlacedSequence[], notes: MotionNotes): readonly ImageId[] | undefined {
  const ids = frameColumn(sequences, ({ imageIds: own }) => own);
  if (!ids) return undefined;
  if (!ids.includes(undefined))
    return ids.every((id) => typeof id === "number") ? (ids as readonly number[]) : ids.map(String);
  notes.add("lost", "ids of images, as some rows have none", ids.filter((id) => id !== undefined).length);
  return undefined;
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

function personNumbers(sequences: readonly PlacedSequence[], rows: number): NdArray {
  const numbers = new BigInt64Array(rows);
  let row = 0;
  for (const one of sequences) for (const [, place] of rowPlaces(one)) numbers[row++] = BigInt(one.ids[place] ?? place);
  return NdArray.from("int64", numbers, [rows]) as NdArray;
}

function textColumn(texts: readonly string[]): NdArray {
  const longest = texts.reduce((most, text) => Math.max(most, [...text].length), 1);
  return NdArray.from<"string">(textType("string", longest), [...texts] as DataOf["string"]) as NdArray;
}

/** What frames say, for each row; undefined when no frame says anything. */
function frameColumn<T>(
  sequences: readonly PlacedSequence[],
  said: (one: PlacedSequence) => readonly (T | undefined)[] | undefined,
): readonly (T | undefined)[] | undefined {
  const columns = sequences.map(said);
  if (!columns.some((column) => column)) return undefined;
  return sequences.flatMap((one, index) => [...rowPlaces(one)].map(([frame]) => columns[index]?.[frame]));
}
