import type { NdArray, ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { plain } from "@somakit/core/value";
import type { Without } from "./clip.js";
import type { KpKey } from "./kp-entry.js";
import type { KpStore } from "./store.js";

/** A clip with everything that the store has of it. */
export type LoadedClip<T> = Without<T, "keypoint"> & { readonly keypoint: NdArray };

/**
 * The clip with its keypoints from a store: a copy of the annotation, over which every member of the stored entry is put.
 *
 * Rejects with `FormatError` `missing` when the store has nothing of the clip, and as the store does.
 */
export async function loadPose<T extends KpKey>(
  clip: T,
  store: KpStore,
  options: ReadOptions = {},
): Promise<LoadedClip<T>> {
  const entry = await store.get(clip, options);
  if (!entry) throw new FormatError("missing", "the store has no keypoints of this clip", { path: clip.frame_dir });
  const members = Object.entries(entry).map(([key, value]) => [key, plain(value)] as const);
  return { ...clip, ...Object.fromEntries(members) } as unknown as LoadedClip<T>;
}
