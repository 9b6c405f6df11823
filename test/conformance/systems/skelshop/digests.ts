import { createHash } from "node:crypto";
import type { NdArray } from "@somakit/core";

/** Numbers as float64, little endian: what digests of dense values are of. */
export function widened(array: NdArray): Uint8Array {
  const { data, offset, size } = array.contiguous() as NdArray<"float64">;
  const numbers = Float64Array.from({ length: size }, (_, index) => data[offset + index] as number);
  return new Uint8Array(numbers.buffer);
}

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** What stands for a row: the beginning of its digest. */
export const sha16 = (array: NdArray): string => sha256(widened(array)).slice(0, 16);
