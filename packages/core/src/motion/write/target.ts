import type { ArrayLayout } from "../../layout/layout.js";
import { astype } from "../../ndarray/astype.js";
import { type DType, dtype } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { channelsOf, float64Array, motionAxes } from "../axes.js";
import type { LayerMatch } from "../match/match.js";
import { type WrittenPoints, withPlaces, writtenSequence, writtenWindows } from "../match/points.js";
import type { SurveyedSequence } from "../match/survey.js";
import type { MotionMember } from "../plan.js";
import { DeferredArray } from "./deferred.js";

/** The floats of the source where the target takes them, else the first that it takes. */
export function targetType(field: ArrayLayout, wanted: string): DType {
  const name = field.dtype.find((one) => one === wanted) ?? field.dtype[0] ?? "float64";
  return dtype(name);
}

/** The array of one sequence, with its axes in the order of the target. */
export function sequenceArray(
  match: LayerMatch,
  surveyed: SurveyedSequence,
  field: ArrayLayout,
  part: "values" | "confidence",
): DeferredArray {
  const type = targetType(field, match.from.dtype);
  const sizes = sizesOf(match, part);
  const order = axisOrder(match, field, part);
  const dense = [surveyed.frames, surveyed.people, ...sizes];
  const shape = order.map((axis) => dense[axis] as number);
  return new DeferredArray(type, shape, async function* (options: WorkOptions) {
    // Frames come one after the other where nothing but them is counted in front.
    if (shape.slice(0, order.indexOf(0)).every((size) => size === 1)) {
      for await (const written of writtenWindows(surveyed, match, options)) {
        const full = withPlaces(written, surveyed.people, match);
        yield astype(arranged(full, part, [full.frames, full.people, ...sizes], order), type) as NdArray;
      }
      return;
    }
    const written = await writtenSequence(surveyed, match, options);
    yield astype(arranged(written, part, dense, order), type) as NdArray;
  });
}

function sizesOf(match: LayerMatch, part: "values" | "confidence"): readonly number[] {
  return part === "values" ? [match.points, match.mark.channels?.length ?? 0] : [match.points];
}

/** Which of frames, people, points and channels each axis of the target counts. */
function axisOrder(match: LayerMatch, field: ArrayLayout, part: "values" | "confidence"): readonly number[] {
  const shape = field.shape.map(() => 1);
  const marked = part === "confidence" ? { ...field, motion: { part: "confidence" as const } } : field;
  const axes = motionAxes(marked, shape, match.dims);
  if (!axes) throw new TypeError(`the axes of ${match.member.keys.join(".")} are not told by the schema`);
  const roles = [
    [axes.frame, 0],
    [axes.people[0], 1],
    [axes.point, 2],
    [axes.channel, 3],
  ] as const;
  return roles
    .filter((entry): entry is [number, 0 | 1 | 2 | 3] => entry[0] !== undefined)
    .sort(([a], [b]) => a - b)
    .map(([, axis]) => axis);
}

function arranged(
  written: WrittenPoints,
  part: "values" | "confidence",
  dense: readonly number[],
  order: readonly number[],
): NdArray {
  const data = written[part] ?? new Float64Array(0);
  const array = float64Array(data, dense) as unknown as NdArray;
  const left = dense.map((_, axis) => axis).filter((axis) => !order.includes(axis));
  // Axes that the target has not are of size 1 in front.
  const moved = array.transpose([...left, ...order]);
  return left.length === 0 ? moved : moved.slice(...left.map(() => 0));
}

/** 1 for each keypoint that a mapping gives something. */
export function maskOf({ mapping, points }: LayerMatch): NdArray<"uint8"> {
  const mask = new Uint8Array(points).fill(mapping ? 0 : 1);
  for (const { to } of mapping?.pairs ?? []) mask[to] = 1;
  return NdArray.from("uint8", mask, [points]) as NdArray<"uint8">;
}

/** What stands beside keypoints: the name of their convention, and the mask that packing goes by. */
export function siblingsOf(match: LayerMatch): Readonly<Record<string, unknown>> {
  const { field, member, convention } = match;
  const key = member.keys.at(-1) as string;
  const beside: Record<string, unknown> = {};
  const named = field.keypoints?.field?.replace("{key}", key);
  if (named !== undefined && convention !== undefined) beside[named] = convention;
  for (const step of field.encoding ?? [])
    if (step.codec === "mask-pack") beside[step.mask.replace("{key}", key)] = maskOf(match);
  return beside;
}

/** What the root of the file says so that the convention is known. */
export function rootNames(matches: readonly LayerMatch[]): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const { field, convention } of matches) {
    const { root, names: known = {} } = field.keypoints ?? {};
    const text = Object.keys(known).find((one) => convention !== undefined && known[one]?.includes(convention));
    if (root !== undefined && text !== undefined) names[root] = text;
  }
  return names;
}

/** The confidences beside keypoints, if the target has a place for them. */
export function besideField(
  match: LayerMatch,
): { readonly member: MotionMember; readonly field: ArrayLayout } | undefined {
  const { beside } = match;
  if (beside?.field.kind !== "array" || channelsOf(match.mark).confidence !== undefined) return undefined;
  if (!match.from.hasConfidence) return undefined;
  return { member: beside, field: beside.field };
}
