import { FormatError } from "@somakit/core/errors";
import { encodeHalves, NdArray } from "@somakit/core/ndarray";
import { Tuple } from "@somakit/core/value";

/** What the estimator found in a video. */
export interface EstimatedVideo {
  readonly frameDir: string;
  /** Left out for videos that are to be classified. */
  readonly label?: number | undefined;
  /** Height and width of its pictures. */
  readonly imgShape: readonly [height: number, width: number];
  /** Of each frame, a skeleton a detection: x, y in pixels and score. Rows of two frames need not be one person's. */
  readonly frames: readonly NdArray<"float32", readonly [number, 17, 3]>[];
}

interface Common {
  frame_dir: string;
  label?: number;
  img_shape: Tuple<number>;
  total_frames: number;
  /** The largest number of detections in a frame. */
  num_person_raw: number;
}

/** A video's skeletons by person and frame; zeros where a frame has fewer. No person at all is a shape of (0, T, 17, 2). */
export interface PlainAnnotation extends Common {
  keypoint: NdArray<"float16", readonly [number, number, 17, 2]>;
  keypoint_score: NdArray<"float16", readonly [number, number, 17]>;
}

/** A video's skeletons one after the other, and the frame that each belongs to, from 0. */
export interface CompressedAnnotation extends Common {
  keypoint: NdArray<"float16", readonly [number, 17, 3]>;
  frame_inds: NdArray<"int16", readonly [number]>;
}

/** Joints of a COCO skeleton, and numbers of each. */
const JOINTS = 17;
const COLUMNS = 3;
const SKELETON = JOINTS * COLUMNS;

/** What `custom_2d_skeleton` stores for a video. Throws `RangeError` for skeletons of another shape than [n, 17, 3]. */
export function plainAnnotation(video: EstimatedVideo): PlainAnnotation {
  const frames = skeletonsOf(video);
  const persons = mostIn(frames);
  const points = new Float32Array(persons * frames.length * JOINTS * 2);
  const scores = new Float32Array(persons * frames.length * JOINTS);
  for (const [frame, skeletons] of frames.entries()) {
    for (let at = 0; at < skeletons.length; at += COLUMNS) {
      const [person, joint] = [Math.floor(at / SKELETON), (at % SKELETON) / COLUMNS];
      const place = (person * frames.length + frame) * JOINTS + joint;
      points[2 * place] = skeletons[at] as number;
      points[2 * place + 1] = skeletons[at + 1] as number;
      scores[place] = skeletons[at + 2] as number;
    }
  }
  return {
    ...commonOf(video, persons),
    keypoint: NdArray.from("float16", encodeHalves(points), [persons, frames.length, JOINTS, 2]),
    keypoint_score: NdArray.from("float16", encodeHalves(scores), [persons, frames.length, JOINTS]),
  };
}

/** Frame numbers are stored as int16. */
const MAX_FRAMES = 2 ** 15;

/**
 * What `custom_2d_skeleton --compress` stores for a video: neither box scores nor counts of valid frames. Throws
 * `RangeError` as above; `FormatError`: `missing` for a video without any person, which that form has no place for, `limit`
 * for more than 32768 frames.
 */
export function compressedAnnotation(video: EstimatedVideo): CompressedAnnotation {
  const frames = skeletonsOf(video);
  if (frames.length > MAX_FRAMES) throw new FormatError("limit", `${frames.length} frames, at most ${MAX_FRAMES}`);
  const total = frames.reduce((sum, skeletons) => sum + skeletons.length, 0);
  if (total === 0) throw new FormatError("missing", "nobody is in the video", { path: video.frameDir });
  const points = new Float32Array(total);
  const inds = new Int16Array(total / SKELETON);
  let at = 0;
  for (const [frame, skeletons] of frames.entries()) {
    inds.fill(frame, at / SKELETON, (at + skeletons.length) / SKELETON);
    points.set(skeletons, at);
    at += skeletons.length;
  }
  return {
    ...commonOf(video, mostIn(frames)),
    keypoint: NdArray.from("float16", encodeHalves(points), [inds.length, JOINTS, COLUMNS]),
    frame_inds: NdArray.from("int16", inds, [inds.length]),
  };
}

/** Keys in the order in which they are stored. */
function commonOf({ frameDir, label, imgShape, frames }: EstimatedVideo, persons: number): Common {
  return {
    frame_dir: frameDir,
    ...(label !== undefined && { label }),
    img_shape: Tuple.of(...imgShape),
    total_frames: frames.length,
    num_person_raw: persons,
  };
}

function mostIn(frames: readonly Float32Array[]): number {
  return frames.reduce((most, skeletons) => Math.max(most, skeletons.length / SKELETON), 0);
}

/** The numbers of each frame in C order. */
function skeletonsOf({ frames }: EstimatedVideo): readonly Float32Array[] {
  return frames.map((skeletons) => {
    const [, joints, columns] = skeletons.shape as readonly number[];
    if (skeletons.ndim !== 3 || joints !== JOINTS || columns !== COLUMNS)
      throw new RangeError(`skeletons of shape (${(skeletons.shape as readonly number[]).join(", ")})`);
    const { data, offset, size } = skeletons.contiguous();
    return data.subarray(offset, offset + size);
  });
}
