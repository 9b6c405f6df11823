import type { CsrAppenderOptions } from "@somakit/core";

/** How the keypoints of a person are stored. */
export interface PoseStorage {
  /** zlib's level, 1 to 9; 0 for none. Default 4: every HDF5 library reads it, unlike the Blosc of SkelShop. */
  readonly gzip?: number | undefined;
  /** Sorts bytes by their place in a number before they are compressed. Default: when they are. */
  readonly shuffle?: boolean | undefined;
  /** Keypoints that are stored and compressed as one. Default: SkelShop's, {@link chunkOf}. */
  readonly chunk?: number | undefined;
}

/** Three arrays for each person: x, y and confidence of keypoints that have a confidence, their columns, and ends of rows. */
export const poseLayout: CsrAppenderOptions["layout"] = {
  parts: { data: "data", indices: "indices", indptr: "indptr" },
  dtype: ["float32"],
  written: { indices: "uint16", indptr: "uint32" },
  decides: 2,
};

/** Keypoints of a chunk: those of 15 full poses, within bounds. (skelshop/io.py at 08336c7.) */
export function chunkOf(limbs: number): number {
  return Math.min(Math.max(15 * limbs, 1170), 37449);
}

/** Row ends of a chunk, which are never compressed. */
const ROWS = 1024;

export function csrOptions(limbs: number, storage: PoseStorage, growing: boolean): CsrAppenderOptions {
  const { gzip = 4, shuffle, chunk = chunkOf(limbs) } = storage;
  if (!(Number.isInteger(chunk) && chunk > 0)) throw new RangeError(`chunks of ${chunk} keypoints`);
  const filters = { gzip, shuffle };
  return {
    layout: poseLayout,
    columns: limbs,
    element: [3],
    growing,
    storage: {
      data: { chunks: [chunk, 3], ...filters },
      indices: { chunks: [chunk], ...filters },
      indptr: { chunks: [ROWS], gzip: 0, shuffle: false },
    },
  };
}
