import { createHash } from "node:crypto";
import type { NdArray } from "@somakit/core";

/** An array as fixtures describe it. */
export interface ExpectedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the elements in C order, little endian. */
  readonly sha256: string;
}

/** The same of an array. */
export function digestOf(array: NdArray): ExpectedArray {
  const { descr } = array.type;
  return {
    dtype: typeof descr === "string" ? descr.replace(/^[=<](?=.*[2-9]$|.*1[6-9]$)/, "<") : "struct",
    shape: array.shape,
    sha256: createHash("sha256").update(array.contiguous().toBytes()).digest("hex"),
  };
}
