import { FormatError } from "../../errors.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { TypedArray } from "../../ndarray/elements.js";
import { decodeHalves } from "../../ndarray/float16.js";
import { type NdArray, zeros } from "../../ndarray/ndarray.js";
import { type AxisRuns, runsAlong } from "./steps.js";

export interface EncodeNumbersOptions {
  /** Along which axis differences are stored; none when left out. */
  readonly axis?: number | undefined;
  /** Steps in one unit; without one the values are integers as they are. */
  readonly factor?: number | undefined;
  /** dtype to store. */
  readonly as: DTypeName;
  readonly path: string;
}

/** 2^52 + 2^51: adding and taking it away rounds to the nearest whole number, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * The integers that stand for the elements of an array: multiplied by the factor, rounded to the nearest, ties to even, and
 * from each the one before it along the axis taken away. Elements of float32 and float16 arrays are multiplied, rounded and
 * subtracted in float32, all others in float64; that is what numpy does, whose writers wrote the files that there are.
 *
 * Throws `FormatError` `unwritable` with the indices of the first element that cannot be stored: NaN, infinity, and steps that
 * `as` cannot hold; and for arrays of anything but real numbers or without the axis.
 */
export function encodeNumbers(value: NdArray, options: EncodeNumbersOptions): NdArray {
  const { axis, factor = 1, as, path } = options;
  if (!/^(bool|u?int|float)/.test(value.dtype))
    throw new FormatError("unwritable", `real numbers are needed, ${value.dtype} elements given`, { path });
  const runs = runsAlong(value.shape, axis);
  if (!runs) throw new FormatError("unwritable", `${value.ndim} axes are too few for an axis ${axis}`, { path });
  const isSingle = value.dtype === "float32" || value.dtype === "float16";
  const numbers = realNumbers(value);
  const wholes = isSingle
    ? roundedSingle(numbers as Float32Array, Math.fround(factor))
    : rounded(numbers as ArrayLike<number | bigint>, factor);
  const target = zeros(as, value.shape) as NdArray;
  const failed = differences(wholes, runs, target);
  if (failed < 0) return target;
  throw new FormatError("unwritable", misfitText(Number(numbers[failed]), as), {
    path: `${path}${indicesText(failed, value.shape)}`,
  });
}

/** Elements in C order; float16 decoded. */
function realNumbers(value: NdArray): ArrayLike<number | bigint> {
  const packed = value.contiguous();
  const data = (packed.data as TypedArray).subarray(packed.offset, packed.offset + packed.size) as TypedArray;
  return value.dtype === "float16" ? decodeHalves(data as Uint16Array) : data;
}

function roundedSingle(values: Float32Array, factor: number): Float32Array {
  const wholes = new Float32Array(values.length);
  for (let i = 0; i < wholes.length; i++) {
    const product = Math.fround((values[i] as number) * factor);
    // A float32 from 2^24 on is whole; the trick would still be right up to 2^51.
    wholes[i] = product > -16777216 && product < 16777216 ? product + ROUNDER - ROUNDER : product;
  }
  return wholes;
}

function rounded(values: ArrayLike<number | bigint>, factor: number): Float64Array {
  const wholes = new Float64Array(values.length);
  for (let i = 0; i < wholes.length; i++) wholes[i] = roundHalfEven(Number(values[i]) * factor);
  return wholes;
}

function roundHalfEven(value: number): number {
  if (value > -(2 ** 51) && value < 2 ** 51) return value + ROUNDER - ROUNDER;
  const below = Math.floor(value);
  const rest = value - below;
  if (!(rest > 0)) return value;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** Fills `target`. Returns the position of the first element that it cannot hold, -1 when there is none. */
function differences(wholes: Float32Array | Float64Array, runs: AxisRuns, target: NdArray): number {
  const { outer, count, inner } = runs;
  const { data } = target as NdArray<"int32">;
  const put: { [index: number]: number | bigint } = data;
  const [least, most] = limitsOf(target.dtype);
  const isWide = target.dtype === "int64" || target.dtype === "uint64";
  const isSingle = wholes instanceof Float32Array;
  const rows = count * inner;
  for (let run = 0; run < outer; run++) {
    for (let at = run * rows; at < (run + 1) * rows; at++) {
      const whole = wholes[at] as number;
      const exact = at < run * rows + inner ? whole : whole - (wholes[at - inner] as number);
      const step = isSingle ? Math.fround(exact) : exact;
      if (!(step >= least && step <= most)) return at;
      put[at] = isWide ? BigInt(step) : step;
    }
  }
  return -1;
}

/** The least and the greatest number of an integer type that is also a float64. */
function limitsOf(type: DTypeName): readonly [least: number, most: number] {
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 1);
  const below = (power: number): number => (power > 53 ? 2 ** power - 2 ** (power - 53) : 2 ** power - 1);
  return type.startsWith("int") ? [-(2 ** (bits - 1)), below(bits - 1)] : [0, below(bits)];
}

function misfitText(value: number, as: DTypeName): string {
  if (!Number.isFinite(value)) return `${value} cannot be stored as ${as}`;
  return `${value} is too far from zero, or from the element before it, to be stored as ${as}`;
}

function indicesText(position: number, shape: readonly number[]): string {
  let rest = position;
  const indices = shape.toReversed().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return indices
    .toReversed()
    .map((index) => `[${index}]`)
    .join("");
}
