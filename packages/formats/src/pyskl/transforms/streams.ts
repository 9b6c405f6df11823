import type { NdArray } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import {
  arrayOf,
  type FloatName,
  type Floats,
  floatsOf,
  poseSizes,
  room,
  rounding,
  wider,
  withScore,
} from "./floats.js";
import { graphOf, type LayoutName } from "./layouts.js";

/**
 * Every keypoint [M, T, V, C] minus the one that it hangs on, as float32 (upstream's `JointToBone`). Where the third of
 * three channels is a score, it is the mean of both scores.
 *
 * Throws `FormatError` `mismatch` unless there are 2 or 3 channels and the keypoints of the layout; `RangeError` for an
 * unknown layout.
 */
export function jointToBone(keypoint: NdArray, layout: LayoutName): NdArray<"float32"> {
  const bones = bonesOf(floatsOf(keypoint, "keypoint"), layout);
  return arrayOf("float32", bones.shape, bones.values) as NdArray<"float32">;
}

/**
 * Every frame of [M, T, V, C] subtracted from the next one, 0 for the last, of the same type (upstream's `ToMotion`).
 * Where the third of three channels is a score, it is the mean of both scores; for `handmp` upstream takes the
 * difference, and so does this.
 *
 * Throws `FormatError` `mismatch` unless there are four axes and 2 or 3 channels; `RangeError` for an unknown layout.
 */
export function toMotion(data: NdArray, layout: LayoutName): NdArray {
  const motion = motionOf(floatsOf(data, "keypoint"), layout);
  return arrayOf(motion.dtype, motion.shape, motion.values);
}

/** `j` keypoints as they are, `b` bones, `jm` and `bm` the motion of either. */
export type SkeletonFeature = "j" | "b" | "jm" | "bm";

export interface SkeletonFeaturesOptions {
  readonly layout: LayoutName;
  /** Which streams, in the order in which they are put side by side. Default `["j"]`. */
  readonly features?: readonly SkeletonFeature[] | undefined;
  /** Scores [M, T, V] of keypoints with two channels, which become the third one. Not for `nturgb+d`. */
  readonly score?: NdArray | undefined;
}

/**
 * Streams made of keypoints [M, T, V, C], side by side along the last axis (upstream's `GenSkeFeat`). The type is the
 * widest of the streams: bones are float32, other streams as the keypoints.
 *
 * Throws like {@link jointToBone}, and `TypeError` when no feature is named.
 */
export function skeletonFeatures(keypoint: NdArray, options: SkeletonFeaturesOptions): NdArray {
  const { layout, features = ["j"], score } = options;
  if (features.length === 0) throw new TypeError("at least one feature is needed");
  let joints = floatsOf(keypoint, "keypoint");
  if (score) {
    if (!graphOf(layout).scored || joints.shape.at(-1) !== 2)
      throw new FormatError("mismatch", `only two-dimensional keypoints have a score, not those of ${layout}`, {
        path: "keypoint_score",
      });
    joints = withScore(joints, floatsOf(score, "keypoint_score"));
  }
  const streams: Readonly<Record<SkeletonFeature, () => Floats>> = {
    j: () => joints,
    b: () => bonesOf(joints, layout),
    jm: () => motionOf(joints, layout),
    bm: () => motionOf(bonesOf(joints, layout), layout),
  };
  const merged = sideBySide(
    features.map((feature) => {
      if (!Object.hasOwn(streams, feature)) throw new RangeError(`there is no feature ${JSON.stringify(feature)}`);
      return streams[feature]();
    }),
  );
  return arrayOf(merged.dtype, merged.shape, merged.values);
}

function bonesOf(joints: Floats, layout: LayoutName): Floats {
  const graph = graphOf(layout);
  const { keypoints, channels } = poseSizes(joints, [2, 3]);
  if (keypoints !== graph.keypoints.length)
    throw new FormatError("mismatch", `${layout} has ${graph.keypoints.length} keypoints, ${keypoints} found`, {
      path: "keypoint",
    });
  const round = rounding(joints.dtype);
  const { values } = joints;
  const out = new Float32Array(values.length);
  for (let place = 0; place < values.length; place += keypoints * channels) {
    for (const [joint, parent] of graph.bonePairs) {
      const [a, b] = [place + joint * channels, place + parent * channels];
      for (let channel = 0; channel < channels; channel++)
        out[a + channel] = round((values[a + channel] as number) - (values[b + channel] as number));
      if (channels === 3 && graph.scored)
        out[a + 2] = round(round((values[a + 2] as number) + (values[b + 2] as number)) / 2);
    }
  }
  return { dtype: "float32", shape: joints.shape, values: out };
}

function motionOf(data: Floats, layout: LayoutName): Floats {
  const averaged = graphOf(layout).scored && layout !== "handmp";
  const { people, frames, keypoints, channels } = poseSizes(data, [2, 3]);
  const round = rounding(data.dtype);
  const { values } = data;
  const step = keypoints * channels;
  const out = room(data.dtype, values.length);
  for (let person = 0; person < people; person++) {
    const start = person * frames * step;
    const end = start + (frames - 1) * step;
    for (let at = start; at < end; at++) out[at] = round((values[at + step] as number) - (values[at] as number));
    if (channels !== 3 || !averaged) continue;
    for (let at = start + 2; at < end; at += 3)
      out[at] = round(round((values[at] as number) + (values[at + step] as number)) / 2);
  }
  return { dtype: data.dtype, shape: data.shape, values: out };
}

/** Streams of one shape joined along their last axis. */
function sideBySide(streams: readonly Floats[]): Floats {
  const [first] = streams as readonly [Floats];
  const dtype = streams.reduce<FloatName>((type, stream) => wider(type, stream.dtype), "float16");
  const channels = first.shape.at(-1) as number;
  const width = channels * streams.length;
  const out = room(dtype, first.values.length * streams.length);
  for (const [index, { values }] of streams.entries()) {
    for (let from = 0, to = index * channels; from < values.length; from += channels, to += width)
      for (let channel = 0; channel < channels; channel++) out[to + channel] = values[from + channel] as number;
  }
  return { dtype, shape: [...first.shape.slice(0, -1), width], values: out };
}
