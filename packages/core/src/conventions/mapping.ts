import type { Convention } from "./convention.js";
import { keypointPositions, positionOf } from "./names.js";

export interface KeypointMappingOptions {
  /**
   * Lets keypoints that mean nearly the same place stand in for missing ones: the first of a keypoint's `approximations`
   * that the source has. One step only: what stands in for a stand-in is not looked at. Default false.
   */
  readonly approximate?: boolean | undefined;
}

/** One keypoint of the target and where it comes from. */
export interface KeypointPair {
  /** Index in the target convention. */
  readonly to: number;
  /** Index in the source convention. With approximations several targets may share one. */
  readonly from: number;
  /** Whether both are the same keypoint; false for a stand-in. */
  readonly exact: boolean;
}

/** How keypoints go from one convention to another, and what that loses. */
export interface KeypointMapping {
  readonly from: Convention;
  readonly to: Convention;
  /** Ascending by `to`, no target twice. */
  readonly pairs: readonly KeypointPair[];
  /** Keypoints of `from` that no target takes, in the order of `from`. */
  readonly lost: readonly string[];
  /** Keypoints of `to` that get nothing, in the order of `to`. */
  readonly missing: readonly string[];
  /** Keypoints of `to` that another one stands in for, in the order of `to`. */
  readonly approximated: readonly { readonly name: string; readonly by: string }[];
}

/**
 * The mapping between two conventions, by name alone: the same name means the same place on the body. A former name of
 * a keypoint counts as its name where no keypoint of that convention has it now. Going through a third convention loses
 * what that one lacks, and approximation helps in the first step only; map directly where both ends are known.
 *
 * Throws `TypeError` for a convention that has a keypoint twice.
 */
export function keypointMapping(
  from: Convention,
  to: Convention,
  options: KeypointMappingOptions = {},
): KeypointMapping {
  const sources = keypointPositions(from);
  keypointPositions(to);
  const pairs: KeypointPair[] = [];
  const missing: string[] = [];
  const approximated: { name: string; by: string }[] = [];
  const used = new Set<number>();
  for (const [index, { name, aliases = [], approximations = [] }] of to.keypoints.entries()) {
    const same = positionOf(sources, name) ?? first(aliases, (alias) => sources.current.get(alias));
    const source =
      same ?? (options.approximate === true ? first(approximations, (near) => positionOf(sources, near)) : undefined);
    if (source === undefined) {
      missing.push(name);
      continue;
    }
    pairs.push({ to: index, from: source, exact: same !== undefined });
    used.add(source);
    if (same === undefined) approximated.push({ name, by: from.keypoints[source]?.name as string });
  }
  const lost = from.keypoints.filter((_, index) => !used.has(index)).map(({ name }) => name);
  return { from, to, pairs, lost, missing, approximated };
}

function first(names: readonly string[], find: (name: string) => number | undefined): number | undefined {
  for (const name of names) {
    const index = find(name);
    if (index !== undefined) return index;
  }
  return undefined;
}
