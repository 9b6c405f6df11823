import { sha256 } from "#platform";
import { type Descr, type DType, type DTypeName, dtype, littleEndian } from "../ndarray/dtype.js";
import { fromHalf } from "../ndarray/float16.js";
import { NdArray } from "../ndarray/ndarray.js";
import { swapBytes } from "../ndarray/storage.js";
import { sizeOf } from "../ndarray/strides.js";
import type { WorkOptions } from "../source/source.js";
import { datetimeText, timedeltaText } from "../value/datetime-text.js";
import { complexText, floatText } from "../value/python-text.js";
import type { ArrayNode } from "./node.js";

/** How many elements are shown. */
const FIRST = 8;
/** Bytes that are summed up at once: few enough that sums of 32-bit halves stay exact. */
const BLOCK = 1 << 20;

const FLOATS: readonly DTypeName[] = ["float16", "float32", "float64"];
const INTS: readonly DTypeName[] = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

/** Digest of an array in memory, of any type but objects. */
export function digestArray(array: NdArray): Record<string, unknown> {
  const { type, shape } = array;
  if (type.name === "bytes")
    return { ...headOf(type, shape), values: Array.from(array as NdArray<"bytes">, bytesJson) };
  const values = type.name === "string" ? { values: [...array] } : {};
  const summary = new Summary(littleEndian(type));
  for (const run of runs(array)) summary.add(run.toBytes());
  return { ...headOf(type, shape), ...values, ...summary.result() };
}

/** Digest of an array that is still in a file: numbers are read piece by piece, the rest is loaded. */
export async function digestArrayNode(node: ArrayNode, options: WorkOptions): Promise<Record<string, unknown>> {
  const { type, shape, chunks } = node;
  const numeric = FLOATS.includes(type.name) || INTS.includes(type.name);
  if (!chunks || !numeric || node.order === "F") return digestArray(await node.load(options));
  const summary = new Summary(littleEndian(type));
  // Pieces end anywhere, elements do not; the rest of one piece waits for the next.
  const block = new Uint8Array(BLOCK);
  let used = 0;
  const flush = (): void => {
    if (type.byteOrder === ">") swapBytes(block.subarray(0, used), type.itemSize);
    summary.add(block.subarray(0, used));
    used = 0;
  };
  for await (const piece of chunks.call(node, options)) {
    for (let at = 0; at < piece.byteLength; ) {
      const part = piece.subarray(at, at + BLOCK - used);
      block.set(part, used);
      used += part.byteLength;
      at += part.byteLength;
      if (used === BLOCK) flush();
    }
  }
  flush();
  return { ...headOf(type, shape), ...summary.result() };
}

function headOf(type: DType, shape: readonly number[]): { readonly dtype: unknown; readonly shape: readonly number[] } {
  return { dtype: descrJson(type.descr), shape };
}

/** `dtype.str`, or the fields of a structured type as lists. */
export function descrJson(descr: Descr): unknown {
  if (typeof descr === "string") return /V/.test(descr) ? descr : dtype(descr).descr;
  return descr.map(([name, type, shape]) => (shape ? [name, descrJson(type), shape] : [name, descrJson(type)]));
}

/** How many elements of an array stand in its digest, all of them where a checksum would tell nobody anything. */
export function spelledOut({ type, shape }: { readonly type: DType; readonly shape: readonly number[] }): number {
  return type.name === "string" || type.name === "bytes" ? sizeOf(shape) : 0;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function bytesJson(bytes: Uint8Array): { readonly bytes: string } {
  let hex = "";
  for (let at = 0; at < bytes.byteLength; at += 4096)
    hex += Array.from(bytes.subarray(at, at + 4096), (byte) => HEX[byte]).join("");
  return { bytes: hex };
}

/** The array in runs along its first axis that are small enough to be copied. */
function* runs(array: NdArray): Generator<NdArray, void, void> {
  const [rows] = array.shape;
  if (array.byteLength <= BLOCK || rows === undefined || array.dtype === "struct") yield array;
  else if (array.byteLength / rows > BLOCK) for (let row = 0; row < rows; row++) yield* runs(array.slice(row));
  else {
    const step = Math.floor((BLOCK * rows) / array.byteLength);
    for (let row = 0; row < rows; row += step) yield array.slice([row, row + step]);
  }
}

/** Checksum, first elements and sum of packed little-endian elements that come piece by piece. */
class Summary {
  readonly #type: DType;
  readonly #hash = sha256();
  readonly #first: unknown[] = [];
  #floats = 0;
  /** What rounding has taken from the sum of floats so far. */
  #lost = 0;
  #ints = 0n;

  constructor(type: DType) {
    this.#type = type;
  }

  /** Takes whole elements. */
  add(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#hash.update(bytes);
    const { name, itemSize } = this.#type;
    if (name === "string" || name === "struct" || itemSize === 0) return;
    const { data } = NdArray.fromBytes(this.#type, [bytes.byteLength / itemSize], bytes);
    const perElement = name === "complex64" || name === "complex128" ? 2 : 1;
    for (let at = 0; this.#first.length < FIRST && at < data.length; at += perElement)
      this.#first.push(this.#show(data, at));
    if (INTS.includes(name)) this.#addInts(name, data as Int8Array | BigInt64Array);
    else if (FLOATS.includes(name)) this.#addFloats(name, data as Float64Array | Uint16Array);
  }

  result(): Record<string, unknown> {
    const { name } = this.#type;
    const common = { sha256: this.#hash.hex() };
    if (name === "string") return common;
    if (name === "struct") return { ...common, sum: null };
    const total = this.#floats + this.#lost;
    const sum = INTS.includes(name)
      ? Number(this.#ints)
      : FLOATS.includes(name) && Number.isFinite(total)
        ? total
        : null;
    return { ...common, first: this.#first, sum };
  }

  #show(data: NdArray["data"], at: number): unknown {
    const { name, unit = "" } = this.#type;
    const value = data[at] as number | bigint;
    if (name === "bool") return value !== 0;
    if (name === "float16") return numberJson(fromHalf(value as number));
    if (name === "complex64" || name === "complex128")
      return { py: complexText(value as number, data[at + 1] as number) };
    if (name === "datetime64") return datetimeText(value as bigint, unit);
    if (name === "timedelta64") return timedeltaText(value as bigint, unit);
    return numberJson(value);
  }

  #addInts(name: DTypeName, data: Int8Array | BigInt64Array): void {
    if (name === "int64" || name === "uint64") {
      // Summed in 32-bit halves, which is many times faster than adding bigints.
      const low = new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
      const high = name === "int64" ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
      let lows = 0;
      let highs = 0;
      for (let i = 0; i < low.length; i += 2) {
        lows += low[i] as number;
        highs += high[i + 1] as number;
      }
      this.#ints += BigInt(lows) + (BigInt(highs) << 32n);
      return;
    }
    let sum = 0;
    if (name === "bool") for (let i = 0; i < data.length; i++) sum += data[i] ? 1 : 0;
    else for (let i = 0; i < data.length; i++) sum += data[i] as number;
    this.#ints += BigInt(sum);
  }

  #addFloats(name: DTypeName, data: Float64Array | Uint16Array): void {
    for (let from = 0; from < data.length; from += 4096) {
      const to = Math.min(data.length, from + 4096);
      let sum = 0;
      if (name === "float16") for (let i = from; i < to; i++) sum += fromHalf(data[i] as number);
      else for (let i = from; i < to; i++) sum += data[i] as number;
      this.#accumulate(sum);
    }
  }

  /** Neumaier's summation. */
  #accumulate(value: number): void {
    const total = this.#floats + value;
    const lost =
      Math.abs(this.#floats) >= Math.abs(value) ? this.#floats - total + value : value - total + this.#floats;
    this.#lost += lost;
    this.#floats = total;
  }
}

/** Finite numbers that JSON readers agree on, others as Python writes them. */
export function numberJson(value: number | bigint): unknown {
  if (typeof value === "bigint") {
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : { py: String(value) };
  }
  return Number.isFinite(value) ? value : { py: floatText(value) };
}
