import type { MotionMark } from "../../layout/layout.js";
import { channelsOf } from "../axes.js";
import type { LayerMatch } from "../match/match.js";
import type { WrittenPoints } from "../match/points.js";
import type { MotionMember } from "../plan.js";
import { chainOf } from "../point-lists.js";

/** The points of one list among those of a layer. */
export interface PointList {
  readonly member: MotionMember;
  readonly start: number;
  readonly count: number;
}

/** The lists that a layer is written into: what the convention has of each, the rest in the first. */
export function pointLists(match: LayerMatch): readonly PointList[] {
  const [head = match.member, ...others] = chainOf(match.level, match.member);
  const counts = others.map(({ mark: { points = 0, conventions } }) =>
    match.convention !== undefined && conventions?.includes(match.convention) === true ? points : 0,
  );
  const lists: PointList[] = [];
  let start = match.points - counts.reduce((all, count) => all + count, 0);
  lists.push({ member: head, start: 0, count: start });
  for (const [index, member] of others.entries()) {
    const count = counts[index] as number;
    lists.push({ member, start, count });
    start += count;
  }
  return lists;
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

/** The numbers of one list of a person. */
export function listValues({ mark }: LayerMatch, { values }: WrittenPerson, { start, count }: PointList): Float64Array {
  const width = mark.channels?.length ?? 1;
  return values.subarray(start * width, (start + count) * width);
}

/** What keypoints tell beside: how many are labelled, and the box around these. */
export interface Extent {
  readonly count: number;
  /** x and y of the corner, width and height; zeros where nothing is labelled. */
  readonly box: readonly [left: number, top: number, width: number, height: number];
}

/** Keypoints count as labelled unless their confidence is 0, or where there are no confidences all their numbers are. */
export function extentOf(mark: MotionMark, values: Float64Array): Extent {
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
