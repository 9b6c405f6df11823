import type { Layout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { LayerMatch } from "../match/match.js";
import { type SurveyedSequence, spanOf } from "../match/survey.js";
import type { ImageId, MotionInfo } from "../motion.js";
import { type MotionLevel, type MotionMember, memberOf, sequenceForm } from "../plan.js";
import type { MotionNotes } from "../report.js";
import { type Assembled, assemble, type Parts } from "./assemble.js";
import type { BesidePoints } from "./beside.js";
import { type CameraMatch, onlyCamera } from "./cameras.js";
import { DeferredArray } from "./deferred.js";
import { besideField, sequenceArray, siblingsOf } from "./target.js";
import type { WriteMotionOptions } from "./write.js";
import {
  elementSize,
  quantityArray,
  rowsOf,
  type WrittenArray,
  windowsOfArray,
  writtenLayer,
  writtenQuantity,
} from "./written.js";

/** A sequence as it is written, with the frame that it begins at. */
export interface PlacedSequence extends SurveyedSequence {
  readonly position: number;
  readonly name: string;
  readonly first: number;
}

/** What writing several sequences into one object takes. */
export interface SequencesWriting {
  readonly layout: Layout;
  readonly level: MotionLevel;
  readonly matches: readonly LayerMatch[];
  readonly beside: BesidePoints;
  readonly sequences: readonly PlacedSequence[];
  readonly notes: MotionNotes;
  readonly options: WriteMotionOptions;
}

/** The object of one sequence whose arrays go over all frames, or that has an object for each person. */
export function sequenceObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  beside: BesidePoints,
  placed: PlacedSequence,
  notes: MotionNotes,
): Assembled {
  noteInfo(level, placed.info, notes);
  const values = sequenceValues(placed);
  const camera = sequenceCamera(beside.camera, placed, notes);
  if (sequenceForm(level) !== "people") {
    return assemble(level, {
      values,
      at: new Map([...layerArrays(matches, placed), ...quantityArrays(beside, placed), ...camera]),
      sizes: { ...sizesOf(matches), frame: placed.frames, person: placed.people },
      more: Object.assign({}, ...matches.map(siblingsOf)) as Record<string, unknown>,
    });
  }
  const below = level.below.find((one) => one.level.part === "person") as MotionLevel["below"][number];
  const persons: Assembled[] = [];
  for (let person = 0; person < placed.people; person++) {
    const span = spanOf(placed, person);
    if (!span) notes.add("lost", "people who are there in no frame");
    else persons.push(personObject(below.level, matches, beside, placed, person, span));
  }
  return assemble(level, { values, at: camera, below: [{ keys: below.keys, value: persons }] });
}

function personObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  { quantities }: BesidePoints,
  placed: PlacedSequence,
  person: number,
  [start, stop]: readonly [number, number],
): Assembled {
  const at = new Map<MotionMember, unknown>();
  for (const array of [...matches.map(writtenLayer), ...quantities.map(writtenQuantity)])
    at.set(array.member, personArray(array, placed, person, [start, stop]));
  const values: Parts["values"] = {
    "person-number": placed.ids[person] ?? person,
    "first-frame": placed.first + start,
    "end-frame": placed.first + stop,
  };
  return assemble(level, { values, at, sizes: { frame: stop - start, ...sizesOf(matches) } });
}

/** The camera of a sequence that has one place for it. */
function sequenceCamera(
  match: CameraMatch | undefined,
  placed: PlacedSequence,
  notes: MotionNotes,
): ReadonlyMap<MotionMember, unknown> {
  const only = match && onlyCamera([placed]);
  if (match && placed.cameras && !only) notes.add("lost", "cameras that are not the same in all frames");
  return new Map(match && only ? [[match.member, match.write(only)]] : []);
}

/** What one person has in each frame from the first frame to the last in which it is there. */
function personArray(
  array: WrittenArray,
  placed: PlacedSequence,
  person: number,
  [first, last]: readonly [number, number],
): DeferredArray {
  const size = elementSize(array);
  return new DeferredArray(array.type, [last - first, ...array.element], async function* (options: WorkOptions) {
    for await (const { values, people, frames, start } of windowsOfArray(placed, array, options)) {
      const [from, to] = [Math.max(first, start), Math.min(last, start + frames)];
      if (from >= to || person >= people) continue;
      const own = new Float64Array((to - from) * size);
      for (let frame = from; frame < to; frame++) {
        const at = ((frame - start) * people + person) * size;
        own.set(values.subarray(at, at + size), (frame - from) * size);
      }
      yield rowsOf(array, own, to - from);
    }
  });
}

function quantityArrays(
  { quantities }: BesidePoints,
  placed: PlacedSequence,
): readonly (readonly [MotionMember, DeferredArray])[] {
  return quantities.map((match) => [match.member, quantityArray(match, placed)]);
}

function layerArrays(matches: readonly LayerMatch[], placed: PlacedSequence): ReadonlyMap<MotionMember, unknown> {
  const at = new Map<MotionMember, unknown>();
  for (const match of matches) {
    at.set(match.member, sequenceArray(match, placed, match.field, "values"));
    const beside = besideField(match);
    if (beside) at.set(beside.member, sequenceArray(match, placed, beside.field, "confidence"));
  }
  return at;
}

export function sizesOf(matches: readonly LayerMatch[]): NonNullable<Parts["sizes"]> {
  const keypoint = matches.find(({ from }) => from.what === "keypoints")?.points;
  const vertex = matches.find(({ from }) => from.what === "vertices")?.points;
  return { ...(keypoint !== undefined && { keypoint }), ...(vertex !== undefined && { vertex }) };
}

function sequenceValues({ info, name, first, frames, position }: PlacedSequence): Parts["values"] {
  const { label, fps, imageSize } = info;
  return {
    name,
    "first-frame": first,
    "end-frame": first + frames,
    "sequence-number": info.number ?? position,
    ...(label !== undefined && { label }),
    ...(fps !== undefined && { fps }),
    ...(imageSize && { "image-size": [...imageSize] }),
  };
}

/** Notes what is said of images one by one that the target has no place for; ids that do nothing but count say nothing. */
export function noteImages(
  level: MotionLevel,
  { imageIds, imageSizes, info }: SurveyedSequence,
  notes: MotionNotes,
): void {
  if (imageSizes && !info.imageSize && memberOf(level, "image-height")?.rowwise !== true)
    notes.add("lost", "sizes of images", imageSizes.filter((size) => size !== undefined).length);
  if (!imageIds || memberOf(level, "image-id") || isCounted(imageIds)) return;
  notes.add("lost", "ids of images", imageIds.filter((id) => id !== undefined).length);
}

/** Whether ids are whole numbers one after the other. */
export function isCounted(ids: readonly (ImageId | undefined)[]): boolean {
  const [first] = ids;
  return ids.every((id, index) => id === (typeof first === "number" ? first + index : undefined));
}

/** Frames in which nobody is. */
export function emptyFrames({ present, frames, people }: SurveyedSequence): number {
  let empty = 0;
  for (let frame = 0; frame < frames; frame++)
    if (!present.subarray(frame * people, (frame + 1) * people).includes(1)) empty++;
  return empty;
}

/** Notes what the target has no place for. */
export function noteInfo(level: MotionLevel, info: MotionInfo, notes: MotionNotes): void {
  const has = (part: Parameters<typeof memberOf>[1]): boolean => memberOf(level, part) !== undefined;
  if (info.name !== undefined && !has("name")) notes.add("lost", "names of sequences");
  if (info.label !== undefined && !has("label")) notes.add("lost", "labels");
  if (info.fps !== undefined && !has("fps")) notes.add("lost", "frames per second");
  if (info.imageSize && !has("image-size") && !has("image-height")) notes.add("lost", "sizes of images");
  if (info.firstFrame !== undefined && info.firstFrame !== 0 && !has("first-frame") && !has("frame-number"))
    notes.add("lost", "numbers of first frames");
}
