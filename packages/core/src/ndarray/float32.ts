/**
 * The float32 nearest to a number of any size, ties to even. Rounds once: a bigint by way of float64, where its low bits count
 * as one that tells that there were some.
 */
export function nearestFloat32(value: number | bigint): number {
  if (typeof value === "number" || Number.isSafeInteger(Number(value))) return Math.fround(Number(value));
  const high = (value >> 11n) | ((value & 0x7ffn) === 0n ? 0n : 1n);
  return Math.fround(Number(high) * 2048);
}
