/**
 * Integers of variable length, 7 bits a byte, low ones first (section 1.2 of the .xz file format). They may have up to 63
 * bits; here up to 53, which is more than any file has bytes.
 */

export interface Vli {
  readonly value: number;
  /** Where what follows begins. */
  readonly end: number;
}

const MOST_BYTES = 9;

/**
 * The integer at `at`, or what is wrong with it: `cut-off` when `bytes` ends inside it, `invalid` when it is longer than
 * needed or than allowed, or too large.
 */
export function readVli(bytes: Uint8Array, at: number): Vli | "cut-off" | "invalid" {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < MOST_BYTES; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return "cut-off";
    value += (byte & 0x7f) * scale;
    if (byte < 0x80)
      return (byte === 0 && i > 0) || value > Number.MAX_SAFE_INTEGER ? "invalid" : { value, end: at + i + 1 };
    scale *= 128;
  }
  return "invalid";
}

/** The bytes of an integer below 2^53. */
export function vliBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
