/** An ordered list of keypoints: index `i` along a keypoint axis is `keypoints[i]`. */
export interface Convention {
  readonly name: string;
  readonly description: string;
  readonly keypoints: readonly ConventionKeypoint[];
  /** What a drawn skeleton shows, in the order of drawing. Empty where nobody has said so. */
  readonly limbs: readonly Limb[];
}

/** A keypoint of a convention. */
export interface ConventionKeypoint {
  readonly name: string;
  /** The same keypoint on the other side of the body. */
  readonly mirror?: string;
  /** Former names that files may still use. */
  readonly aliases?: readonly string[];
  /** Keypoints of other conventions that may stand in for this one, best first. */
  readonly approximations?: readonly string[];
  /** Parts of the body that it belongs to, such as `head` or `left_hand`; the same in every convention. */
  readonly parts?: readonly string[];
}

/** Lines of a drawn skeleton that belong together. */
export interface Limb {
  /** What they show, such as `body`, `left_hand` or `mouth`. */
  readonly part?: string;
  /** Red, green and blue from 0 to 255. */
  readonly color?: readonly [red: number, green: number, blue: number];
  /** Pairs of keypoints, by name, that a line joins; no pair occurs twice within a convention. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** A convention in brief, with the whole behind an `import()`. */
export interface ConventionEntry {
  readonly name: string;
  /** Number of keypoints. */
  readonly size: number;
  /** The convention, loaded when first needed. */
  readonly load: () => Promise<Convention>;
}
