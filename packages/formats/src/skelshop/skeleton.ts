import type { Mode, Variant } from "./model.js";

/** What the columns of a mode's poses are. */
export interface Skeleton {
  readonly mode: Mode;
  readonly variant: Variant;
  /** Columns of every pose, as the root attribute `limbs` states them. SkelShop counts some too many. */
  readonly limbs: number;
  /** Columns that are keypoints: the first ones. The others stay zero. */
  readonly keypoints: number;
  /** The convention of these keypoints, which `@somakit/formats/conventions` has. */
  readonly convention: string;
  readonly parts: readonly SkeletonPart[];
}

/** Columns that come from one of OpenPose's lists of keypoints. */
export interface SkeletonPart {
  readonly part: "body" | "left_hand" | "right_hand" | "face";
  readonly first: number;
  readonly count: number;
  /** Keypoints at the beginning of OpenPose's list that have no column. */
  readonly skipped: number;
}

const BODY = part("body", 0, 25);
const HANDS = [part("left_hand", 25, 21), part("right_hand", 46, 21)] as const;
/** Without the root of the hand: its fingers hang on the wrists of the body. */
const LEGACY_HANDS = [part("left_hand", 25, 20, 1), part("right_hand", 45, 20, 1)] as const;

/** All there are. Of one mode, the current variant comes first. */
export const skeletons: readonly Skeleton[] = [
  skeleton("BODY_25", "current", [25, 25], "openpose_25", [BODY]),
  skeleton("BODY_25", "legacy", [25, 25], "openpose_25", [BODY]),
  skeleton("BODY_25_HANDS", "current", [67, 67], "openpose_25_hands", [BODY, ...HANDS]),
  skeleton("BODY_25_HANDS", "legacy", [65, 65], "openpose_25_hands_legacy", [BODY, ...LEGACY_HANDS]),
  skeleton("BODY_25_ALL", "current", [138, 137], "openpose_25_all", [BODY, ...HANDS, part("face", 67, 70)]),
  skeleton("BODY_25_ALL", "legacy", [135, 135], "openpose_25_all_legacy", [
    BODY,
    ...LEGACY_HANDS,
    part("face", 65, 70),
  ]),
  skeleton("BODY_25_FACE", "current", [96, 95], "openpose_25_face", [BODY, part("face", 25, 70)]),
  skeleton("BODY_25_FACE", "legacy", [95, 95], "openpose_25_face", [BODY, part("face", 25, 70)]),
  skeleton("FACE", "current", [70, 70], "openpose_face", [part("face", 0, 70)]),
  skeleton("FACE", "legacy", [70, 70], "openpose_face", [part("face", 0, 70)]),
  // OpenPose lists all of its keypoints as those of the body.
  skeleton("BODY_135", "current", [138, 135], "openpose_135", [part("body", 0, 135)]),
  skeleton("BODY_135", "legacy", [135, 135], "openpose_135", [part("body", 0, 135)]),
];

/** The skeleton that SkelShop writes for a mode. Throws `RangeError` for a mode that there is not. */
export function skeletonOf(mode: Mode, variant: Variant = "current"): Skeleton {
  const found = skeletons.find((one) => one.mode === mode && one.variant === variant);
  if (found) return found;
  const known = [...new Set(skeletons.map((one) => one.mode))].join(", ");
  throw new RangeError(`${mode} (${variant}) is no mode: ${known} are`);
}

/**
 * The skeleton of a file that states `mode` and `limbs`. A file may state the true number of keypoints in place of
 * SkelShop's. Undefined when the mode has no skeleton of that size.
 */
export function skeletonOfFile(mode: string, limbs: number): Skeleton | undefined {
  const ofMode = skeletons.filter((one) => one.mode === mode);
  return ofMode.find((one) => one.limbs === limbs) ?? ofMode.find((one) => one.keypoints === limbs);
}

function skeleton(
  mode: Mode,
  variant: Variant,
  [limbs, keypoints]: readonly [limbs: number, keypoints: number],
  convention: string,
  parts: readonly SkeletonPart[],
): Skeleton {
  return { mode, variant, limbs, keypoints, convention, parts };
}

function part(name: SkeletonPart["part"], first: number, count: number, skipped = 0): SkeletonPart {
  return { part: name, first, count, skipped };
}
