import { type DType, type Field, littleEndian } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { scalarBytes } from "../../../value/scalar-bytes.js";
import type { NumpyScalar } from "../../../value/value.js";
import { swapWords } from "../array-layout.js";
import { Op } from "../opcodes.js";
import type { Emitter } from "./emit.js";

/** Every numpy loads this module without a word; the new name `numpy._core` fails before numpy 1.26. */
const MULTIARRAY = "numpy.core.multiarray";

/** An empty array, to be completed by BUILD. */
export function emitReconstruct(emitter: Emitter): void {
  emitter.global(MULTIARRAY, "_reconstruct");
  emitter.once("arguments of _reconstruct", () => {
    emitter.global("numpy", "ndarray");
    emitter.ints([0]);
    emitter.once("b'b'", () => emitter.bytes(Uint8Array.of(0x62)));
    emitter.tuple(3);
  });
  emitter.op(Op.REDUCE);
}

/** The state of an array up to its data; {@link emitStateEnd} follows the data. */
export function emitStateStart(emitter: Emitter, type: DType, shape: readonly number[], order: "C" | "F"): void {
  emitter.op(Op.MARK);
  emitter.int(1);
  emitter.ints(shape);
  emitDType(emitter, type);
  emitter.op(order === "F" ? Op.NEWTRUE : Op.NEWFALSE);
}

export function emitStateEnd(emitter: Emitter): void {
  emitter.op(Op.TUPLE);
  emitter.op(Op.BUILD);
}

/** An array in memory that holds no objects. `memoize` stores it before its state. */
export function emitArray(emitter: Emitter, array: NdArray, memoize: () => void): void {
  const { bytes, type, order } = packed(array);
  emitReconstruct(emitter);
  memoize();
  emitStateStart(emitter, type, array.shape, order);
  emitter.bytes(bytes);
  emitStateEnd(emitter);
}

/** Bytes as they are stored if the array is all of them, else in C order; the byte order is kept. */
function packed(array: NdArray): { readonly bytes: Uint8Array; readonly type: DType; readonly order: "C" | "F" } {
  const { type } = array;
  const stored = array.storedBytes();
  if (stored) return { ...stored, type };
  const bytes = array.toBytes();
  if (type.byteOrder !== ">") return { bytes, type: littleEndian(type), order: "C" };
  return { bytes: swapWords(bytes.slice(), type), type, order: "C" };
}

/** A dtype object, the second time from the memo. */
export function emitDType(emitter: Emitter, type: DType): void {
  emitter.once(`dtype ${JSON.stringify(type.descr)}`, () => emitNewDType(emitter, type));
}

function emitNewDType(emitter: Emitter, type: DType): void {
  emitter.global("numpy", "dtype");
  emitter.text(codeOf(type));
  emitter.op(Op.NEWFALSE);
  emitter.op(Op.NEWTRUE);
  emitter.tuple(3);
  emitter.op(Op.REDUCE);
  emitter.op(Op.MARK);
  const dates = type.name === "datetime64" || type.name === "timedelta64";
  emitter.int(dates ? 4 : 3);
  emitter.text(type.byteOrder);
  emitter.op(Op.NONE);
  if (type.fields) emitFields(emitter, type.fields);
  else {
    emitter.op(Op.NONE);
    emitter.op(Op.NONE);
  }
  for (const number of sizesOf(type)) emitter.int(number);
  if (dates) emitUnit(emitter, type.unit ?? "");
  emitter.op(Op.TUPLE);
  emitter.op(Op.BUILD);
}

/** numpy's short name: kind and size. */
function codeOf(type: DType): string {
  if (type.fields) return `V${type.itemSize}`;
  if (type.name === "object") return "O8";
  return (type.descr as string).replace(/^[<>|=]/, "").replace(/\[.*/, "");
}

/** Item size, alignment and flags as numpy stores them. */
function sizesOf(type: DType): readonly [number, number, number] {
  if (type.fields) return [type.itemSize, 1, 16];
  if (type.name === "string") return [type.itemSize, 4, 8];
  if (type.name === "bytes") return [type.itemSize, 1, 0];
  return [-1, -1, type.name === "object" ? 63 : 0];
}

function emitUnit(emitter: Emitter, unit: string): void {
  const [, count = "", name = ""] = /^(\d*)(.*)$/.exec(unit) ?? [];
  emitter.op(Op.EMPTY_DICT);
  emitter.op(Op.MARK);
  emitter.bytes(new TextEncoder().encode(name || "generic"));
  for (const number of [Number(count || 1), 1, 1]) emitter.int(number);
  emitter.op(Op.TUPLE);
  emitter.tuple(2);
}

/** Names as a tuple and a dict of `(dtype, offset)`. */
function emitFields(emitter: Emitter, fields: readonly Field[]): void {
  if (fields.length > 3) emitter.op(Op.MARK);
  for (const { name } of fields) emitter.text(name);
  emitter.tuple(fields.length);
  emitter.op(Op.EMPTY_DICT);
  emitter.op(Op.MARK);
  for (const field of fields) {
    emitter.text(field.name);
    if (field.shape.length > 0) emitSubarray(emitter, field);
    else emitDType(emitter, field.type);
    emitter.int(field.offset);
    emitter.tuple(2);
  }
  emitter.op(Op.SETITEMS);
}

/** A member that is an array has a dtype of its own kind. */
function emitSubarray(emitter: Emitter, { type, shape }: Field): void {
  const size = shape.reduce((product, length) => product * length, type.itemSize);
  emitter.global("numpy", "dtype");
  emitter.text(`V${size}`);
  emitter.op(Op.NEWFALSE);
  emitter.op(Op.NEWTRUE);
  emitter.tuple(3);
  emitter.op(Op.REDUCE);
  emitter.op(Op.MARK);
  emitter.int(3);
  emitter.text("|");
  emitDType(emitter, type);
  emitter.ints(shape);
  emitter.tuple(2);
  emitter.op(Op.NONE);
  emitter.op(Op.NONE);
  for (const number of [size, 1, 0]) emitter.int(number);
  emitter.op(Op.TUPLE);
  emitter.op(Op.BUILD);
}

/** `scalar(dtype, bytes)`. */
export function emitScalar(emitter: Emitter, scalar: NumpyScalar): void {
  const type = littleEndian(scalar.type);
  const bytes = scalarBytes(scalar);
  emitter.global(MULTIARRAY, "scalar");
  emitDType(emitter, type);
  emitter.bytes(bytes);
  emitter.tuple(2);
  emitter.op(Op.REDUCE);
}
