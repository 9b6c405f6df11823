import { FormatError } from "../../../errors.js";
import type { DType } from "../../../ndarray/dtype.js";
import type { DataOf } from "../../../ndarray/elements.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { swapBytes } from "../../../ndarray/storage.js";
import type { Value } from "../../../value/value.js";
import type { ElementType } from "./datatype.js";
import type { H5wasm } from "./h5wasm.js";

/** The array of bytes that the library gave. Shares them, in stored byte order again. */
export function arrayOfBytes(element: ElementType, shape: readonly number[], bytes: Uint8Array): NdArray {
  toStoredOrder(element, bytes);
  return NdArray.fromBytes(element.type, [...shape, ...element.shape], bytes);
}

/** Turns bytes round that the library has turned to little-endian. */
export function toStoredOrder({ type, swapped }: ElementType, bytes: Uint8Array): void {
  const complex = type.name === "complex64" || type.name === "complex128";
  if (swapped) swapBytes(bytes, complex ? type.itemSize / 2 : type.itemSize);
}

/** The array of values that have no fixed size. */
export function arrayOfValues(type: DType, shape: readonly number[], values: readonly Value[]): NdArray {
  return NdArray.from<"object">(type, values as DataOf["object"], shape) as NdArray;
}

/** Counts what values of no fixed size take, so that few bytes of a file cannot fill all memory. */
export interface Budget {
  left: number;
}

/** `count` values of no fixed size that the library has put at `address`: text, or an array each. */
export function varyingValues(
  module: H5wasm,
  element: ElementType,
  address: number,
  count: number,
  budget: Budget,
): Value[] {
  const heap = module.HEAPU8;
  const view = new DataView(heap.buffer, heap.byteOffset + address, count * element.size);
  const values: Value[] = [];
  const take = (byteLength: number): void => {
    budget.left -= byteLength + OVERHEAD;
    if (budget.left < 0) throw new FormatError("limit", "its elements take more memory than is to be used at once");
  };
  for (let index = 0; index < count; index++) {
    const at = index * element.size;
    if (element.varying === "text") {
      const bytes = terminated(heap, view.getUint32(at, true));
      take(bytes.byteLength);
      values.push(textOf(bytes));
    } else if (element.varying) {
      const { items } = element.varying;
      const length = view.getUint32(at, true);
      const start = view.getUint32(at + 4, true);
      take(length * items.size);
      // A copy: the library takes its memory back.
      const bytes = new Uint8Array(heap.subarray(start, start + length * items.size));
      values.push(arrayOfBytes(items, [length], bytes));
    }
  }
  return values;
}

/** What an element takes besides its bytes. */
const OVERHEAD = 16;

/** Bytes up to the first zero; none at a null address. */
function terminated(heap: Uint8Array, start: number): Uint8Array {
  return start === 0 ? heap.subarray(0, 0) : heap.subarray(start, heap.indexOf(0, start));
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text, or the bytes themselves where they are no UTF-8. */
export function textOf(bytes: Uint8Array): string | Uint8Array {
  // A copy, as decoders refuse memory that may be shared or grow.
  const own = new Uint8Array(bytes);
  try {
    return strict.decode(own);
  } catch {
    return own;
  }
}
