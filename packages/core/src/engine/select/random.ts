/** A stream of random 32-bit whole numbers, each from 0 to 2^32 - 1. */
export type Random = () => number;

/**
 * xoshiro128** 1.1 (Blackman, Vigna), its four words of state taken from two outputs of splitmix64 that starts at `seed`,
 * lower halves first. Whole-number arithmetic alone, so the stream is the same everywhere. Not for secrets. Throws
 * `RangeError` for a seed that is no whole number from 0 to 2^53 - 1.
 */
export function randomFrom(seed: number): Random {
  if (!(Number.isSafeInteger(seed) && seed >= 0))
    throw new RangeError(`a seed is a whole number from 0 to 2^53 - 1, ${seed} given`);
  const first = splitmix64(BigInt(seed), 1n);
  const second = splitmix64(BigInt(seed), 2n);
  return xoshiro128([low(first), high(first), low(second), high(second)]);
}

/** xoshiro128** from a state of four words, not all of them 0. */
export function xoshiro128(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

/** The `nth` output of splitmix64, counted from 1. */
export function splitmix64(seed: bigint, nth: bigint): bigint {
  let z = BigInt.asUintN(64, seed + nth * 0x9e3779b97f4a7c15n);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

/** The numbers from 0 to `size - 1` in random order: Fisher-Yates from the end, every order equally likely. */
export function permutation(size: number, random: Random): Float64Array {
  const order = new Float64Array(size).map((_, index) => index);
  for (let last = size - 1; last > 0; last--) {
    const other = below(last + 1, random);
    const value = order[last] as number;
    order[last] = order[other] as number;
    order[other] = value;
  }
  return order;
}

/** A number below `bound` (at most 2^32): draws from the incomplete last multiple of it are thrown away. */
export function below(bound: number, random: Random): number {
  const usable = 2 ** 32 - (2 ** 32 % bound);
  let drawn = random();
  while (drawn >= usable) drawn = random();
  return drawn % bound;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function low(word: bigint): number {
  return Number(word & 0xffffffffn);
}

function high(word: bigint): number {
  return Number(word >> 32n);
}
