import type { MotionMark } from "../../layout/layout.js";
import { channelsOf } from "../axes.js";
import type { LayerMatch } from "../match/match.js";
import type { WrittenPoints } from "../match/points.js";
import type { MotionMember } from "../plan.js";
import { chainOf } from "../point-lists.js";

/** Points of each list that a layer is written into: what the convention has of each, the rest in the first. */
function listSizes(match: LayerMatch): ReadonlyMap<MotionMember, number> {
  const [head, ...others] = chainOf(match.level, match.member);
  const sizes = new Map<MotionMember, number>();
  let left = match.points;
  for (const member of others) {
    const { points = 0, conventions } = member.mark;
    const has = match.convention !== undefined && conventions?.includes(match.convention) === true;
    sizes.set(member, has ? points : 0);
    left -= has ? points : 0;
  }
  return head ? new Map([[head, left], ...sizes]) : sizes;
}

/** One person of one frame of a window. */
export interface WrittenPerson {
  /** Numbers of the person, points × channels. */
  readonly values: Float64Array;
  readonly confidence: Float64Array | undefined;
}

/** The numbers of a place in a window of people. */
export function personOf(match: LayerMatch, written: WrittenPoints, row: number): WrittenPerson {
  const size = match.points * (match.mark.channels?.length ?? 0);
  return {
    values: written.values.subarray(row * size, (row + 1) * size),
    confidence: written.confidence?.subarray(row * match.points, (row + 1) * match.points),
  };
}

/** The lists of a person, by their members; empty ones for what the convention has nothing of. */
export function personLists(
  match: LayerMatch,
  { values }: WrittenPerson,
): ReadonlyMap<MotionMember, readonly number[]> {
  const width = match.mark.channels?.length ?? 1;
  const lists = new Map<MotionMember, readonly number[]>();
  let at = 0;
  for (const [member, points] of listSizes(match)) {
    lists.set(member, [...values.subarray(at * width, (at + points) * width)]);
    at += points;
  }
  return lists;
}

/** What the keypoints of a person tell beside: how many are labelled, and the box around these. */
export interface Extent {
  readonly count: number;
  /** x and y of the corner, width and height; zeros where nothing is labelled. */
  readonly box: readonly [left: number, top: number, width: number, height: number];
}

/** Keypoints count as labelled unless their confidence is 0, or where there are no confidences all their numbers are. */
export function extentOf(mark: MotionMark, { values }: WrittenPerson): Extent {
  const { coordinates, confidence } = channelsOf(mark);
  const [xAt = 0, yAt = 1] = coordinates;
  const width = mark.channels?.length ?? 1;
  let count = 0;
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let at = 0; at < values.length; at += width) {
    const [x, y] = [values[at + xAt] as number, values[at + yAt] as number];
    const labelled = confidence === undefined ? x !== 0 || y !== 0 : (values[at + confidence] as number) > 0;
    if (!labelled) continue;
    count++;
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { count, box: count === 0 ? [0, 0, 0, 0] : [left, top, right - left, bottom - top] };
}
