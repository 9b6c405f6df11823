/**
 * What RLE and ZIP do to bytes before they compress them: even positions go to the first half and odd ones to the
 * second, so that bytes of like meaning stand together, and each byte becomes the difference to the one before, plus 128.
 */
export function applyPredictor(raw: Uint8Array): Uint8Array {
  const { length } = raw;
  const half = (length + 1) >> 1;
  const out = new Uint8Array(length);
  let before = 128;
  for (let i = 0, o = 0; i < length; i += 2, o++) {
    const byte = raw[i] as number;
    out[o] = byte - before + 128;
    before = byte;
  }
  // Without a byte before it, the first one is stored as it is: 128 for `before` does that.
  for (let i = 1, o = half; i < length; i += 2, o++) {
    const byte = raw[i] as number;
    out[o] = byte - before + 128;
    before = byte;
  }
  return out;
}

/** The inverse of {@link applyPredictor}. */
export function undoPredictor(stored: Uint8Array): Uint8Array {
  const { length } = stored;
  const out = new Uint8Array(length);
  const half = (length + 1) >> 1;
  // Words of both halves at once where there are whole ones; a few bytes are left for the plain way.
  const words = (length - half) >> 2;
  const middle = sumOf(stored, half);
  const state: State = { even: 128, odd: middle };
  if (words > 0) undoWords(stored, half, words, out, state);
  let { even, odd } = state;
  for (let i = 4 * words; i < half; i++) {
    even = (even + (stored[i] as number) + 128) & 255;
    out[2 * i] = even;
  }
  for (let i = half + 4 * words, o = 8 * words + 1; i < length; i++, o += 2) {
    odd = (odd + (stored[i] as number) + 128) & 255;
    out[o] = odd;
  }
  return out;
}

/** The bytes that were made last, in either half. */
interface State {
  even: number;
  odd: number;
}

/** Every other byte of a word, so that sums of neighbours have room. */
const LANES = 0x00ff00ff;
const BIAS = 0x00800080;

/** What the last byte of the first half will be, modulo 256. */
function sumOf(stored: Uint8Array, half: number): number {
  const words = new Uint32Array(aligned(stored.subarray(0, half & ~3)).buffer, 0, half >> 2);
  let sum = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    sum = (sum + (word & LANES) + ((word >>> 8) & LANES)) & LANES;
  }
  let total = sum + (sum >>> 16);
  for (let i = half & ~3; i < half; i++) total += stored[i] as number;
  return (total + 128 * (half - 1)) & 255;
}

/**
 * Four bytes of each half make eight bytes of the result. The sums up to bytes 0 and 2 of a word are kept in one number,
 * those up to bytes 1 and 3 in another; 128 for each byte cancels out at every second one.
 */
function undoWords(stored: Uint8Array, half: number, count: number, out: Uint8Array, state: State): void {
  const first = new Uint32Array(aligned(stored.subarray(0, 4 * count)).buffer, 0, count);
  const second = new Uint32Array(aligned(stored.subarray(half, half + 4 * count)).buffer, 0, count);
  const target = new Uint32Array(out.buffer, 0, 2 * count);
  let even = state.even | (state.even << 16);
  let odd = state.odd | (state.odd << 16);
  for (let i = 0, o = 0; i < count; i++, o += 2) {
    const a = first[i] as number;
    const b = second[i] as number;
    const a02 = a & LANES;
    const a13 = (a >>> 8) & LANES;
    const b02 = b & LANES;
    const b13 = (b >>> 8) & LANES;
    const even02 = (a02 + ((a02 + a13) << 16) + even) | 0;
    const odd02 = (b02 + ((b02 + b13) << 16) + odd) | 0;
    const even13 = even02 + a13;
    const odd13 = odd02 + b13;
    const at02 = ((even02 + BIAS) & LANES) | (((odd02 + BIAS) & LANES) << 8);
    const at13 = (even13 & LANES) | ((odd13 & LANES) << 8);
    target[o] = (at02 & 0xffff) | (at13 << 16);
    target[o + 1] = (at02 >>> 16) | (at13 & 0xffff0000);
    const lastEven = (even13 >>> 16) & 255;
    const lastOdd = (odd13 >>> 16) & 255;
    even = lastEven | (lastEven << 16);
    odd = lastOdd | (lastOdd << 16);
  }
  state.even = even & 255;
  state.odd = odd & 255;
}

/** The bytes at the start of memory of their own. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 ? bytes : new Uint8Array(bytes);
}
