/** An ordered list of keypoints: index `i` along a keypoint axis is `keypoints[i]`. */
export interface Convention {
  readonly name: string;
  readonly description: string;
  readonly keypoints: readonly ConventionKeypoint[];
  /** Pairs of keypoints, by name, that a drawn skeleton connects. */
  readonly edges: readonly (readonly [string, string])[];
}

export interface ConventionKeypoint {
  readonly name: string;
  /** The same keypoint on the other side of the body. */
  readonly mirror?: string;
  /** Former names that files may still use. */
  readonly aliases?: readonly string[];
  /** Keypoints of other conventions that may stand in for this one, best first. */
  readonly approximations?: readonly string[];
}
