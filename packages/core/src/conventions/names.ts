import type { Convention, ConventionKeypoint } from "./convention.js";

/** Where the keypoints of a convention are, by name. */
export interface KeypointPositions {
  /** By the names that they have now. */
  readonly current: ReadonlyMap<string, number>;
  /** By former names, each given to the first keypoint that lists it. */
  readonly former: ReadonlyMap<string, number>;
}

/**
 * The positions of all names of a convention. Nothing is remembered between calls, so two conventions of one name, or
 * one that was changed, are never mistaken for each other. Throws `TypeError` when two keypoints have the same name.
 */
export function keypointPositions(convention: Convention): KeypointPositions {
  const current = new Map<string, number>();
  const former = new Map<string, number>();
  for (const [index, { name, aliases = [] }] of convention.keypoints.entries()) {
    if (current.has(name))
      throw new TypeError(`the convention ${convention.name} has the keypoint ${JSON.stringify(name)} twice`);
    current.set(name, index);
    for (const alias of aliases) if (!former.has(alias)) former.set(alias, index);
  }
  return { current, former };
}

/** The position of `name`, as a current name or else as a former one. */
export function positionOf({ current, former }: KeypointPositions, name: string): number | undefined {
  return current.get(name) ?? former.get(name);
}

export interface KeypointIndexOptions {
  /** Takes a keypoint that may stand in for one that the convention does not have. Default false. */
  readonly approximate?: boolean | undefined;
}

/**
 * The index of a keypoint along the keypoint axis, -1 when the convention has none of that name.
 *
 * Tried in this order, each first as written, then without regard to case: current names, former names. With
 * `approximate` then what may stand in for it: of a keypoint that is given as an object (taken from another convention),
 * the first of its own approximations; of a mere name, the keypoint that lists the name among its approximations, as far
 * in front as possible.
 */
export function keypointIndex(
  convention: Convention,
  name: string | ConventionKeypoint,
  options: KeypointIndexOptions = {},
): number {
  const wanted = typeof name === "string" ? name : name.name;
  const index = indexByName(convention, wanted);
  if (index >= 0 || options.approximate !== true) return index;
  if (typeof name === "string") return indexOfStandIn(convention, wanted);
  for (const approximation of name.approximations ?? []) {
    const found = indexByName(convention, approximation);
    if (found >= 0) return found;
  }
  return -1;
}

function indexByName({ keypoints }: Convention, name: string): number {
  const lower = name.toLowerCase();
  const equal = (other: string): boolean => other === name;
  const alike = (other: string): boolean => other.toLowerCase() === lower;
  for (const is of [equal, alike]) {
    const index = keypoints.findIndex((keypoint) => is(keypoint.name));
    if (index >= 0) return index;
  }
  for (const is of [equal, alike]) {
    const index = keypoints.findIndex((keypoint) => keypoint.aliases?.some(is) === true);
    if (index >= 0) return index;
  }
  return -1;
}

/** Approximation goes both ways, so a keypoint that `name` may stand in for may stand in for `name`. */
function indexOfStandIn({ keypoints }: Convention, name: string): number {
  const lower = name.toLowerCase();
  let best = -1;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const [index, { approximations = [] }] of keypoints.entries()) {
    const rank = approximations.findIndex((other) => other.toLowerCase() === lower);
    if (rank >= 0 && rank < bestRank) [best, bestRank] = [index, rank];
  }
  return best;
}
