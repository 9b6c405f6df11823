import { FormatError } from "../../errors.js";
import type { DTypeName } from "../../ndarray/dtype.js";
import type { TypedArray } from "../../ndarray/elements.js";
import { nearestFloat32 } from "../../ndarray/float32.js";
import { type NdArray, zeros } from "../../ndarray/ndarray.js";
import { type AxisRuns, runsAlong } from "./steps.js";

export interface DecodeNumbersOptions {
  /** Along which axis differences are stored; none when left out. */
  readonly axis?: number | undefined;
  /** Steps in one unit; without one the integers are the values. */
  readonly factor?: number | undefined;
  /** dtype of the values. */
  readonly result: DTypeName;
  readonly path: string;
}

/** Sums of so many 32-bit integers are exact in a float64. */
const EXACT_ROWS = 2 ** 21;

/**
 * The values behind stored integers: differences are added up in 64 bits, which wrap around, and the sums are divided by the
 * factor. For float32 results sum, factor and quotient are each rounded to float32; for float64 the quotient is that of
 * float64 numbers. Throws `mismatch` for an array of anything but integers or without the axis.
 */
export function decodeNumbers(stored: NdArray, options: DecodeNumbersOptions): NdArray {
  const { axis, factor, result, path } = options;
  if (!/^u?int/.test(stored.dtype))
    throw new FormatError("mismatch", `integers expected, ${stored.dtype} elements found`, { path });
  const runs = runsAlong(stored.shape, axis);
  if (!runs) throw new FormatError("mismatch", `${stored.ndim} axes are too few for an axis ${axis}`, { path });
  const packed = stored.contiguous();
  const data = (packed.data as TypedArray).subarray(packed.offset, packed.offset + packed.size) as TypedArray;
  const target = zeros(result, stored.shape) as NdArray;
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  if (isWide || (runs.count > EXACT_ROWS && data.BYTES_PER_ELEMENT === 4) || /int64$/.test(result))
    decodeWide(data, runs, target, factor);
  else if (result === "float32" && factor !== undefined)
    decodeSingle(data, runs, target.data as Float32Array, Math.fround(factor));
  else decodePlain(data, runs, target.data as Float64Array, factor ?? 1);
  return target;
}

function decodeSingle(
  data: ArrayLike<number>,
  { outer, count, inner }: AxisRuns,
  target: Float32Array,
  factor: number,
): void {
  const sums = new Float64Array(inner);
  let at = 0;
  for (let run = 0; run < outer; run++) {
    sums.fill(0);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < inner; column++, at++) {
        const sum = (sums[column] as number) + (data[at] as number);
        sums[column] = sum;
        target[at] = Math.fround(sum) / factor;
      }
    }
  }
}

function decodePlain(
  data: ArrayLike<number>,
  { outer, count, inner }: AxisRuns,
  target: { [index: number]: number },
  factor: number,
): void {
  const sums = new Float64Array(inner);
  let at = 0;
  for (let run = 0; run < outer; run++) {
    sums.fill(0);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < inner; column++, at++) {
        const sum = (sums[column] as number) + (data[at] as number);
        sums[column] = sum;
        target[at] = sum / factor;
      }
    }
  }
}

/** 64-bit integers, and sums that float64 cannot hold exactly. */
function decodeWide(data: TypedArray, runs: AxisRuns, target: NdArray, factor: number | undefined): void {
  const { outer, count, inner } = runs;
  const put = writerOf(target, factor);
  const sums: bigint[] = new Array<bigint>(inner).fill(0n);
  let at = 0;
  for (let run = 0; run < outer; run++) {
    sums.fill(0n);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < inner; column++, at++) {
        const sum = BigInt.asIntN(64, (sums[column] as bigint) + BigInt(data[at] as number | bigint));
        sums[column] = sum;
        put(at, sum);
      }
    }
  }
}

function writerOf(target: NdArray, factor: number | undefined): (at: number, sum: bigint) => void {
  const { data, dtype } = target;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return (at, sum) => {
      data[at] = sum;
    };
  const numbers = data as Float64Array;
  const isSingle = dtype === "float32";
  const divisor = isSingle ? Math.fround(factor ?? 1) : (factor ?? 1);
  return (at, sum) => {
    numbers[at] = (isSingle ? nearestFloat32(sum) : Number(sum)) / divisor;
  };
}
