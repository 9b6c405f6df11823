import { type DType, dtype } from "../../../ndarray/dtype.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { DTypeValue, NumpyScalar, type Value } from "../../../value/value.js";
import { arrayOf } from "../array-layout.js";
import { latin1Bytes } from "../utf8.js";
import { blobBytes, blobSize } from "./blob.js";
import { COST } from "./cost.js";
import { shapeText } from "./layouts.js";
import type { Machine } from "./machine.js";
import { safe } from "./numbers.js";
import { type ArrayLayout, Blob, DTypeShell, Global, LazyArray, labelOf, type Slot, TupleSlot } from "./slots.js";

/** Whether `args` are those of every `_reconstruct` call: `(numpy.ndarray, (0,), b"b")`. */
export function isReconstruction(args: readonly Slot[]): boolean {
  const [type, shape] = args;
  const isEmpty = shape instanceof TupleSlot && shape.items.length === 1 && shape.items[0] === 0;
  return args.length === 3 && type instanceof Global && type.kind === "ndarray" && isEmpty;
}

/** The array whose state is `(version, shape, dtype, is_fortran, data)`; very old numpy left the version out. */
export function buildArray(m: Machine, state: readonly Slot[]): NdArray | LazyArray {
  if (state.length !== 5 && state.length !== 4)
    throw m.error("corrupt", `ndarray state has ${state.length} items, 5 expected`);
  const first = state.length - 4;
  if (first === 1 && state[0] !== 1) throw m.error("unsupported", `version ${String(state[0])} of ndarray pickles`);
  const sizes = sizesOf(state[first]);
  const type = typeOf(m, state[first + 1] as Slot);
  const layout = m.layouts.of(type, sizes, sizes.length, state[first + 2] ? "F" : "C", true);
  const data = state[first + 3] as Slot;
  return type.name === "object" ? objectArray(m, layout, data) : numericArray(m, layout, dataBlob(m, data));
}

/** `_frombuffer(buffer, dtype, shape, order[, axis_order])`: arrays of protocol 5. */
export function arrayFromBuffer(m: Machine, args: readonly Slot[]): Slot {
  const [data, code, shape, order, axes = null] = args;
  if (args.length < 4 || args.length > 5) throw m.error("corrupt", `_frombuffer with ${args.length} arguments`);
  if (order !== "C" && order !== "F" && order !== "K") throw m.error("unsupported", `array in order ${String(order)}`);
  const type = typeOf(m, code as Slot);
  if (type.name === "object") throw m.error("refused", "refused: _frombuffer of object dtype");
  const sizes = sizesOf(shape);
  const layout = m.layouts.of(type, sizes, sizes.length, order === "F" ? "F" : "C", false);
  m.charge(COST.array);
  const blob = dataBlob(m, data as Slot);
  return numericArray(m, axes === null ? layout : { ...layout, axes: axisOrder(m, layout.shape, axes) }, blob);
}

/** `scalar(dtype, bytes)`. */
export function scalar(m: Machine, args: readonly Slot[]): Slot {
  const [code, data] = args;
  if (args.length !== 2) throw m.error("corrupt", `scalar with ${args.length} arguments`);
  const type = typeOf(m, code as Slot);
  if (type.name === "object") throw m.error("refused", "refused: scalar of object dtype");
  const layout = m.layouts.of(type, [], 0, "C", true);
  const bytes = blobBytes(dataBlob(m, data as Slot));
  if (bytes.length !== layout.byteLength) {
    throw m.error("corrupt", `numpy ${type.name} needs ${layout.byteLength} bytes, ${bytes.length} given`);
  }
  m.charge(COST.object);
  const value: unknown = arrayOf(layout, bytes).get();
  return new NumpyScalar(layout.type, typeof value === "bigint" ? safe(value) : (value as NumpyScalar["value"]));
}

/** The array of that layout over the bytes of `blob`. Throws `FormatError` unless they are exactly as many as it needs. */
export function numericArray(m: Machine, layout: ArrayLayout, blob: Blob): NdArray | LazyArray {
  const needed = layout.byteLength;
  const given = blobSize(blob);
  if (given === undefined ? !textMayHold(blob, needed) : given !== needed) throw wrongSize(m, layout, blob, given);
  m.chargeCopy(needed);
  if (m.lazy) return new LazyArray(layout, blob);
  const { home, at, length } = blob;
  if (home === undefined || blob.encoding !== "raw") return arrayOf(layout, () => blobBytes(blob));
  return arrayOf(layout, new Uint8Array(home.buffer, home.byteOffset + at, length));
}

/** Whether text that is still in the file can stand for `size` bytes. */
function textMayHold(blob: Blob, size: number): boolean {
  return blob.length >= size && (blob.encoding !== "utf8" || blob.length <= 2 * size);
}

function wrongSize(m: Machine, { type, shape, byteLength }: ArrayLayout, blob: Blob, given: number | undefined): Error {
  const code = byteLength > Math.max(m.input.total, blob.length) ? "limit" : "corrupt";
  const needs = `array ${shapeText(shape)} of ${type.name} needs ${BigInt(byteLength)} bytes`;
  return m.error(code, `${needs}, ${given ?? `text of ${blob.length}`} given`);
}

function objectArray(m: Machine, { type, shape, order }: ArrayLayout, data: Slot): NdArray {
  if (!Array.isArray(data)) throw m.error("corrupt", `object array with a ${labelOf(data)} for its items`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw m.error("corrupt", `object array ${shapeText(shape)} needs ${count} items, ${data.length} given`);
  }
  m.chargeCopy(8 * count);
  return NdArray.from(type, data.slice() as Value[], shape, { order }) as unknown as NdArray;
}

function dataBlob(m: Machine, data: Slot): Blob {
  if (data instanceof Blob) return data;
  const bytes = typeof data === "string" ? latin1Bytes(data) : undefined;
  if (!bytes) throw m.error("corrupt", `array or scalar with a ${labelOf(data)} for its bytes`);
  m.chargeCopy(bytes.length);
  return new Blob(bytes, 0, bytes.length, "raw");
}

function sizesOf(shape: Slot | undefined): readonly Slot[] {
  return shape instanceof TupleSlot ? shape.items : [shape ?? null];
}

function axisOrder(m: Machine, shape: readonly number[], slot: Slot): readonly number[] {
  const axes = slot instanceof TupleSlot ? slot.items : [];
  const isOrder = axes.length === shape.length && shape.every((_, axis) => axes.includes(axis));
  if (!isOrder) throw m.error("corrupt", `axis order of ${axes.length} items for ${shape.length} axes`);
  return axes.slice() as number[];
}

/** The element type that a dtype slot stands for. */
export function typeOf(m: Machine, slot: Slot): DType {
  const found = slot instanceof DTypeShell ? (slot.value ?? new DTypeValue(dtype(slot.code))) : slot;
  if (found instanceof DTypeValue) return found.type;
  throw m.error("corrupt", `a ${labelOf(found)} where a dtype was expected`);
}
