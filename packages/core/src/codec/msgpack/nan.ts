/** The NaN that a JavaScript number is. */
export const USUAL_NAN = 0x7ff8000000000000n;

/** The binary64 form of a binary32 NaN, as processors convert it: sign and payload stay, and it becomes a quiet one. */
export function expandNan(bits: number): bigint {
  const sign = BigInt(bits >>> 31) << 63n;
  return sign | USUAL_NAN | (BigInt(bits & 0x7fffff) << 29n);
}

/** The binary32 form of a binary64 NaN. */
export function shortenNan(bits: bigint): number {
  const sign = bits >> 63n === 1n ? 0x80000000 : 0;
  return (sign | 0x7fc00000 | Number((bits >> 29n) & 0x7fffffn)) >>> 0;
}
