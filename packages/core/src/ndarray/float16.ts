/**
 * IEEE 754 binary16 by table: 65,536 float32 values, made on first use (0.3 MB). Measured as fast as the native
 * `Float16Array` of newer engines and about a hundred times faster than arithmetic decoding per value.
 */
let table: Float32Array | undefined;

function makeTable(): Float32Array {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) values[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else values[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** The value of the binary16 number whose bits are `bits`. */
export function fromHalf(bits: number): number {
  table ??= makeTable();
  return table[bits & 0xffff] as number;
}

/** Decodes `bits` into float32, value by value; NaN payloads are not kept. */
export function decodeHalves(bits: Uint16Array): Float32Array {
  table ??= makeTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i] as number] as number;
  return out;
}

const scratch = new Float64Array(1);
const scratchBits = new BigUint64Array(scratch.buffer);

/** The binary16 number nearest to `value`, ties to even, overflow to infinity (as numpy's cast from float64). */
export function toHalf(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0] as bigint;
  const sign = Number(bits >> 63n) << 15;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  // log2 may round up to the next power of two just below it.
  const power = 2 ** exponent > magnitude ? exponent - 1 : exponent;
  const fraction = roundHalfEven((magnitude / 2 ** power - 1) * 1024);
  return sign | (((power + 15) << 10) + fraction);
}

/** Scaling by powers of two is exact, so this rounds once. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}

/**
 * The binary16 bits of float32 numbers, rounded to the nearest, ties to even, overflow to infinity, as numpy's cast does.
 * Works on their bits: some twenty times as fast as {@link toHalf} on each.
 */
export function encodeHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfOfSingle(bits[i] as number);
  return out;
}

function halfOfSingle(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  // From 65520 on, half-way between the largest number and the next one there would be.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebiased = magnitude - 0x38000000;
    return sign | ((rebiased + 0x0fff + ((rebiased >>> 13) & 1)) >>> 13);
  }
  if (magnitude <= 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const floor = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor);
}
