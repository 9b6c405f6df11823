import { astype } from "../ndarray/astype.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import { type Assembled, assemble, type Parts } from "./assemble.js";
import { float64Array } from "./axes.js";
import { DeferredArray } from "./deferred.js";
import type { LayerMatch } from "./match.js";
import type { MotionInfo } from "./motion.js";
import { type MotionLevel, type MotionMember, memberOf, sequenceForm } from "./plan.js";
import { writtenWindows } from "./points.js";
import type { MotionNotes } from "./report.js";
import { type SurveyedSequence, spanOf } from "./survey.js";
import { besideField, sequenceArray, siblingsOf, targetType } from "./target.js";

/** A sequence as it is written, with the frame that it begins at. */
export interface PlacedSequence extends SurveyedSequence {
  readonly position: number;
  readonly name: string;
  readonly first: number;
}

/** The object of one sequence whose arrays go over all frames, or that has an object for each person. */
export function sequenceObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  placed: PlacedSequence,
  notes: MotionNotes,
): Assembled {
  noteInfo(level, placed.info, notes);
  const values = sequenceValues(placed);
  if (sequenceForm(level) !== "people") {
    return assemble(level, {
      values,
      at: layerArrays(matches, placed),
      sizes: { ...sizesOf(matches), frame: placed.frames, person: placed.people },
      more: Object.assign({}, ...matches.map(siblingsOf)) as Record<string, unknown>,
    });
  }
  const below = level.below.find((one) => one.level.part === "person") as MotionLevel["below"][number];
  const persons: Assembled[] = [];
  for (let person = 0; person < placed.people; person++) {
    const span = spanOf(placed, person);
    if (!span) notes.add("lost", "people who are there in no frame");
    else persons.push(personObject(below.level, matches, placed, person, span));
  }
  return assemble(level, { values, below: [{ keys: below.keys, value: persons }] });
}

function personObject(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  placed: PlacedSequence,
  person: number,
  [start, stop]: readonly [number, number],
): Assembled {
  const at = new Map<MotionMember, unknown>();
  for (const match of matches) at.set(match.member, personArray(match, placed, person, [start, stop]));
  const values: Parts["values"] = {
    "person-number": placed.ids[person] ?? person,
    "first-frame": placed.first + start,
    "end-frame": placed.first + stop,
  };
  return assemble(level, { values, at, sizes: { frame: stop - start, ...sizesOf(matches) } });
}

/** (frames, points, channels) of one person from the first frame to the last in which it is there. */
function personArray(
  match: LayerMatch,
  placed: PlacedSequence,
  person: number,
  [start, stop]: readonly [number, number],
): DeferredArray {
  const type = targetType(match.field, match.from.dtype);
  const size = match.points * (match.mark.channels?.length ?? 0);
  const shape = [stop - start, match.points, match.mark.channels?.length ?? 0];
  return new DeferredArray(type, shape, async function* (options: WorkOptions) {
    for await (const { values, people, frames, window } of writtenWindows(placed, match, options)) {
      const [from, to] = [Math.max(start, window.start), Math.min(stop, window.start + frames)];
      if (from >= to || person >= people) continue;
      const own = new Float64Array((to - from) * size);
      for (let frame = from; frame < to; frame++) {
        const at = ((frame - window.start) * people + person) * size;
        own.set(values.subarray(at, at + size), (frame - from) * size);
      }
      const piece = float64Array(own, [to - from, ...shape.slice(1)]);
      yield astype(piece as unknown as NdArray, type) as NdArray;
    }
  });
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

/** Notes what the target has no place for. */
export function noteInfo(level: MotionLevel, info: MotionInfo, notes: MotionNotes): void {
  const has = (part: Parameters<typeof memberOf>[1]): boolean => memberOf(level, part) !== undefined;
  if (info.name !== undefined && !has("name")) notes.add("lost", "names of sequences");
  if (info.label !== undefined && !has("label")) notes.add("lost", "labels");
  if (info.fps !== undefined && !has("fps")) notes.add("lost", "frames per second");
  if (info.imageSize && !has("image-size")) notes.add("lost", "sizes of images");
  if (info.firstFrame !== undefined && info.firstFrame !== 0 && !has("first-frame") && !has("frame-number"))
    notes.add("lost", "numbers of first frames");
}
