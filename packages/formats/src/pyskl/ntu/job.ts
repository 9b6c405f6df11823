import type { ThreadResult } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { encodeHalves } from "@somakit/core/ndarray";
import { placedClip } from "./annotation.js";
import { type BodyTrack, bodyTracksOf } from "./tracks.js";

/** A clip as it is stored: its keypoints, or that there is nobody in it. */
export interface StoredClip {
  readonly persons: 0 | 1 | 2;
  readonly frames: number;
  /** Bits of float16: [persons, frames, 25, 3]. */
  readonly keypoint: Uint16Array<ArrayBuffer>;
}

export interface ClipJob {
  /** What messages call the file. */
  readonly name: string;
  readonly text: Uint8Array<ArrayBuffer>;
}

export interface ClipDone {
  readonly clip: StoredClip;
  /** Memory of the text, for the next one. */
  readonly memory: ArrayBuffer;
}

/** Preprocesses the text of one clip; a task for threads. Throws what `parseSkeleton` and `ntuAnnotation` throw. */
export function preprocessClip({ name, text }: ClipJob): ThreadResult<ClipDone> {
  const clip = storedClip(bodyTracksOf(text, name), name);
  const memory = text.buffer;
  return { output: { clip, memory }, transfer: [clip.keypoint.buffer, memory] };
}

export function storedClip(bodies: readonly BodyTrack[], name: string): StoredClip {
  try {
    const placed = placedClip(bodies);
    if (!placed) return { persons: 0, frames: 0, keypoint: new Uint16Array(0) };
    const { persons, frames, poses } = placed;
    return { persons, frames, keypoint: encodeHalves(poses) };
  } catch (error) {
    throw error instanceof FormatError && error.path === "" ? error.within(name) : error;
  }
}
