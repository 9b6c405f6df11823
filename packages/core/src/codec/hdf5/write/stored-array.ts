import { FormatError } from "../../../errors.js";
import { type DType, littleEndian } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { datatypeMessage, TEXT_SIZE, textMessage } from "./datatype.js";
import type { Output } from "./output.js";
import { writeTexts } from "./text-heap.js";

/** How the elements of an array are stored: their datatype message, and the bytes of one. */
export interface StoredType {
  readonly message: Uint8Array;
  readonly itemSize: number;
  readonly isText: boolean;
}

/** The type of numbers, text, …; text of any length where elements are strings. */
export function storedType(type: DType, path: string): StoredType {
  if (type.name === "string" || type.name === "object")
    return { message: textMessage(), itemSize: TEXT_SIZE, isText: true };
  return { message: datatypeMessage(type, path), itemSize: type.itemSize, isText: false };
}

/** The type that an array in memory is written in: its own where its bytes are at hand, else little-endian. */
export function typeToWrite(array: NdArray): DType {
  return array.storedBytes()?.order === "C" ? array.type : littleEndian(array.type);
}

/** The elements as they are stored, packed in C order. Texts are written to the file's heap on the way. */
export async function storedElements(output: Output, array: NdArray, path: string): Promise<Uint8Array> {
  if (array.dtype === "string" || array.dtype === "object") return writeTexts(output, texts(array, path));
  const stored = array.storedBytes();
  return stored?.order === "C" ? stored.bytes : array.toBytes();
}

function* texts(array: NdArray, path: string): Generator<string | Uint8Array, void, void> {
  for (const element of array as Iterable<unknown>) {
    const text = typeof element === "string" || element instanceof Uint8Array ? element : undefined;
    if (text === undefined) throw new FormatError("unwritable", "HDF5 holds objects only if they are text", { path });
    const inner = typeof text === "string" ? text.includes("\0") : text.includes(0);
    // HDF5 hands text out as what ends at the first zero.
    if (inner) throw new FormatError("unwritable", "text in HDF5 cannot hold a zero character", { path });
    yield text;
  }
}
