import type { Convention } from "@somakit/core";
import { pysklCoco } from "../../conventions/pyskl_coco.gen.js";
import { pysklHandmp } from "../../conventions/pyskl_handmp.gen.js";
import { pysklNturgbd } from "../../conventions/pyskl_nturgbd.gen.js";
import { pysklOpenpose } from "../../conventions/pyskl_openpose.gen.js";

/** The skeletons that PYSKL's files hold, by the names that its configurations use. */
export type LayoutName = "coco" | "openpose" | "handmp" | "nturgb+d";

/** A pair of keypoint indices. */
export type KeypointPair = readonly [number, number];

/**
 * A skeleton as a graph. All numbers are indices of keypoints.
 *
 * Source: PYSKL at commit 3f6795f, `utils/graph.py` and `datasets/pipelines/pose_related.py`.
 */
export interface SkeletonGraph {
  readonly name: LayoutName;
  /** The convention that names the keypoints, for conversion and drawing. */
  readonly convention: Convention;
  /** What each keypoint is, in the order of arrays. */
  readonly keypoints: readonly string[];
  /** The keypoint that everything hangs on. */
  readonly center: number;
  /** The bones as [child, parent], towards the centre. */
  readonly inward: readonly KeypointPair[];
  /** [keypoint, the one that is subtracted from it] for bone features: one for each, with itself for none. */
  readonly bonePairs: readonly KeypointPair[];
  /** Whether the third of three channels is a score (x, y, score), so that it is averaged, and not z. */
  readonly scored: boolean;
  /** Keypoints of the left side; those of the right side, in the same order, are in `right`. */
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** What a convention does not say. */
interface LayoutFacts {
  readonly convention: Convention;
  readonly center: number;
  readonly scored: boolean;
  /** Keypoints whose bone feature does not go along their own bone. */
  readonly otherBones?: readonly KeypointPair[];
}

const LAYOUTS: Readonly<Record<LayoutName, LayoutFacts>> = {
  coco: {
    convention: pysklCoco,
    center: 0,
    scored: true,
    otherBones: [
      [11, 0],
      [12, 0],
    ],
  },
  openpose: {
    convention: pysklOpenpose,
    center: 1,
    scored: true,
    otherBones: [
      [0, 0],
      [1, 0],
    ],
  },
  handmp: { convention: pysklHandmp, center: 0, scored: true },
  "nturgb+d": {
    convention: pysklNturgbd,
    center: 20,
    scored: false,
    otherBones: [
      [21, 22],
      [23, 24],
    ],
  },
};

const made = new Map<LayoutName, SkeletonGraph>();

/** Names of all layouts. */
export const layoutNames: readonly LayoutName[] = ["coco", "openpose", "handmp", "nturgb+d"];

/** The graph of a layout. Throws `RangeError`, naming those there are, for another name. */
export function graphOf(name: LayoutName): SkeletonGraph {
  if (!Object.hasOwn(LAYOUTS, name))
    throw new RangeError(`there is no layout ${JSON.stringify(name)}, only ${layoutNames.join(", ")}`);
  const graph = made.get(name) ?? makeGraph(name, LAYOUTS[name]);
  made.set(name, graph);
  return graph;
}

function makeGraph(name: LayoutName, { convention, center, scored, otherBones = [] }: LayoutFacts): SkeletonGraph {
  const keypoints = convention.keypoints.map((keypoint) => keypoint.name);
  const inward = convention.limbs.flatMap(({ edges }) =>
    edges.map(([child, parent]): KeypointPair => [keypoints.indexOf(child), keypoints.indexOf(parent)]),
  );
  const parents = new Map<number, number>([[center, center], ...inward, ...otherBones]);
  const left = keypoints.flatMap((keypoint, index) => (keypoint.startsWith("left_") ? [index] : []));
  return {
    name,
    convention,
    keypoints,
    center,
    inward,
    bonePairs: keypoints.map((_, index) => [index, parents.get(index) as number]),
    scored,
    left,
    right: left.map((index) => keypoints.indexOf(convention.keypoints[index]?.mirror ?? "")),
  };
}

/**
 * The layout that files with so many keypoints have, as they do not name theirs: 17, 18, 21 or 25. `undefined` for other
 * numbers.
 */
export function layoutOfSize(keypoints: number): LayoutName | undefined {
  return layoutNames.find((name) => LAYOUTS[name].convention.keypoints.length === keypoints);
}
