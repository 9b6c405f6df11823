import type { Convention } from "./convention.js";
import { keypointPositions } from "./names.js";

/** Parts of the body that keypoints of the convention belong to, in the order in which they first come. */
export function partsOf(convention: Convention): readonly string[] {
  return [...new Set(convention.keypoints.flatMap(({ parts = [] }) => parts))];
}

/**
 * Indices of the keypoints that belong to a part of the body, ascending; none when the convention has none there.
 * {@link partsOf} lists the parts that have some.
 */
export function partIndices(convention: Convention, part: string): readonly number[] {
  return convention.keypoints.flatMap(({ parts = [] }, index) => (parts.includes(part) ? [index] : []));
}

export interface EdgeIndicesOptions {
  /** Only lines of limbs that show this part. Default: all. */
  readonly part?: string | undefined;
}

/**
 * The lines of a drawn skeleton as pairs of indices, in the order of drawing. Throws `TypeError` when a limb names a
 * keypoint that the convention does not have.
 */
export function edgeIndices(
  convention: Convention,
  options: EdgeIndicesOptions = {},
): readonly (readonly [from: number, to: number])[] {
  const { current } = keypointPositions(convention);
  const at = (name: string): number => {
    const index = current.get(name);
    if (index === undefined)
      throw new TypeError(
        `a limb of the convention ${convention.name} names ${JSON.stringify(name)}, no keypoint of it`,
      );
    return index;
  };
  return convention.limbs
    .filter(({ part }) => options.part === undefined || part === options.part)
    .flatMap(({ edges }) => edges.map(([from, to]) => [at(from), at(to)] as const));
}
