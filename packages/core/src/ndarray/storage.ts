import { FormatError } from "../errors.js";
import { HARMLESS } from "../source/allowance.js";
import type { DType, DTypeName, Field } from "./dtype.js";
import type { DataOf, TypedArray } from "./elements.js";

type View = (buffer: ArrayBuffer, byteOffset: number, length: number) => TypedArray;

/** How to look at packed native bytes; text, bytes, objects and structs have no such view. */
const VIEWS: Readonly<Partial<Record<DTypeName, { readonly bytes: number; readonly of: View }>>> = {
  bool: { bytes: 1, of: (b, o, n) => new Uint8Array(b, o, n) },
  int8: { bytes: 1, of: (b, o, n) => new Int8Array(b, o, n) },
  int16: { bytes: 2, of: (b, o, n) => new Int16Array(b, o, n) },
  int32: { bytes: 4, of: (b, o, n) => new Int32Array(b, o, n) },
  int64: { bytes: 8, of: (b, o, n) => new BigInt64Array(b, o, n) },
  uint8: { bytes: 1, of: (b, o, n) => new Uint8Array(b, o, n) },
  uint16: { bytes: 2, of: (b, o, n) => new Uint16Array(b, o, n) },
  uint32: { bytes: 4, of: (b, o, n) => new Uint32Array(b, o, n) },
  uint64: { bytes: 8, of: (b, o, n) => new BigUint64Array(b, o, n) },
  float16: { bytes: 2, of: (b, o, n) => new Uint16Array(b, o, n) },
  float32: { bytes: 4, of: (b, o, n) => new Float32Array(b, o, n) },
  float64: { bytes: 8, of: (b, o, n) => new Float64Array(b, o, n) },
  complex64: { bytes: 4, of: (b, o, n) => new Float32Array(b, o, n) },
  complex128: { bytes: 8, of: (b, o, n) => new Float64Array(b, o, n) },
  datetime64: { bytes: 8, of: (b, o, n) => new BigInt64Array(b, o, n) },
  timedelta64: { bytes: 8, of: (b, o, n) => new BigInt64Array(b, o, n) },
};

/** Native data over all of `buffer`; `undefined` for types without such a view. */
export function nativeView(name: DTypeName, buffer: ArrayBuffer): TypedArray | undefined {
  const view = VIEWS[name];
  return view?.of(buffer, 0, buffer.byteLength / view.bytes);
}

/** Native data over `bytes`: a view where they are native and aligned, else a copy. */
export function decodeElements(type: DType, bytes: Uint8Array, count: number): DataOf[DTypeName] {
  const view = VIEWS[type.name];
  if (view) {
    const swapped = type.byteOrder === ">";
    const aligned = !swapped && bytes.byteOffset % view.bytes === 0;
    // Not `slice`, which makes no copy of a Node Buffer.
    const home = aligned ? bytes : new Uint8Array(bytes);
    if (swapped) swapBytes(home, view.bytes);
    return view.of(home.buffer as ArrayBuffer, home.byteOffset, home.byteLength / view.bytes) as DataOf[DTypeName];
  }
  checkDecodable(type, count);
  const out = new Array(count);
  const size = type.itemSize;
  for (let i = 0; i < count; i++) out[i] = decodeElement(type, bytes.subarray(i * size, (i + 1) * size));
  return out;
}

/** Whether elements are made of their bytes one by one: text, bytes and structs. */
export function isDecodedSingly(type: DType): boolean {
  return type.name === "string" || type.name === "bytes" || type.name === "struct";
}

/** One element of a type that {@link isDecodedSingly}. */
export function decodeElement(type: DType, bytes: Uint8Array): string | Uint8Array {
  if (type.name === "string") return decodeText(bytes, type.byteOrder === ">");
  return type.name === "bytes" ? withoutTrailingZeros(bytes) : bytes;
}

/** What engines take for a view of bytes, and for a text beside its characters. */
const VIEW_COST = 112;
const TEXT_COST = 24;
const SLOT_COST = 8;
/** Objects may take this many times the memory of their bytes. */
const MAX_COST = 16;

/** Estimated memory of a list of all elements as objects of their own. */
function costOfElements(type: DType, count: number): number {
  if (type.name === "bytes" || type.name === "struct") return count * (SLOT_COST + VIEW_COST);
  if (type.name !== "string") return count * SLOT_COST;
  // Texts of one character are there already.
  return count * (type.itemSize <= 4 ? SLOT_COST : SLOT_COST + TEXT_COST + type.itemSize / 4);
}

function checkDecodable(type: DType, count: number): void {
  if (costOfElements(type, count) <= Math.max(HARMLESS, MAX_COST * count * type.itemSize)) return;
  throw new FormatError("limit", `${count} elements of ${type.itemSize} bytes take too much memory all at once`);
}

/** Packed bytes of native `data`, in the byte order of `type`. `stored` is the type that struct elements are in. */
export function encodeElements(type: DType, stored: DType, data: DataOf[DTypeName]): Uint8Array {
  const view = VIEWS[type.name];
  if (view) {
    const typed = data as TypedArray;
    const bytes = new Uint8Array(typed.buffer as ArrayBuffer, typed.byteOffset, typed.byteLength);
    if (type.byteOrder !== ">") return bytes;
    const copy = bytes.slice();
    swapBytes(copy, view.bytes);
    return copy;
  }
  if (type.name === "object") throw new FormatError("unwritable", "object elements have no bytes of their own");
  const out = new Uint8Array(data.length * type.itemSize);
  for (let i = 0; i < data.length; i++) {
    const place = out.subarray(i * type.itemSize, (i + 1) * type.itemSize);
    if (type.name === "string") encodeText(data[i] as string, place, type.byteOrder === ">");
    else if (type.name === "bytes") place.set((data[i] as Uint8Array).subarray(0, type.itemSize));
    else packStruct(type, stored, data[i] as Uint8Array, place);
  }
  return out;
}

/** Copies one structured element member by member, each in the byte order of `type`; padding stays zero. */
export function packStruct(type: DType, stored: DType, element: Uint8Array, place: Uint8Array): void {
  for (const [index, field] of (type.fields ?? []).entries()) {
    const source = (stored.fields as readonly Field[])[index] as Field;
    const count = field.shape.reduce((product, size) => product * size, 1);
    const size = field.type.itemSize;
    if (size === 0) continue;
    for (let i = 0; i < count; i++) {
      const from = element.subarray(source.offset + i * size, source.offset + (i + 1) * size);
      const to = place.subarray(field.offset + i * size, field.offset + (i + 1) * size);
      if (field.type.fields) packStruct(field.type, source.type, from, to);
      else {
        to.set(from);
        if (source.type.byteOrder !== field.type.byteOrder) swapBytes(to, wordSize(source.type));
      }
    }
  }
}

function wordSize(type: DType): number {
  return type.name === "string" ? 4 : (VIEWS[type.name]?.bytes ?? 1);
}

/** Reverses the bytes of each word in place. */
export function swapBytes(bytes: Uint8Array, word: number): void {
  for (let start = 0; start + word <= bytes.length; start += word) {
    for (let low = start, high = start + word - 1; low < high; low++, high--) {
      const byte = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = byte;
    }
  }
}

/** UTF-16 units of text that is being put together: as one string each, not as a chain of single characters. */
const UNITS = new Uint16Array(1024);

/** UCS-4 text; trailing NULs are padding, inner ones belong to the text. Values beyond Unicode become U+FFFD. */
function decodeText(bytes: Uint8Array, big: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.byteLength;
  while (end > 0 && view.getUint32(end - 4) === 0) end -= 4;
  let text = "";
  let used = 0;
  for (let at = 0; at < end; at += 4) {
    const point = view.getUint32(at, !big);
    if (point < 0x10000) UNITS[used++] = point;
    else if (point > 0x10ffff) UNITS[used++] = 0xfffd;
    else {
      UNITS[used++] = 0xd7c0 + (point >> 10);
      UNITS[used++] = 0xdc00 | (point & 0x3ff);
    }
    if (used < UNITS.length - 1) continue;
    text += String.fromCharCode.apply(null, UNITS.subarray(0, used) as unknown as number[]);
    used = 0;
  }
  return text + String.fromCharCode.apply(null, UNITS.subarray(0, used) as unknown as number[]);
}

function encodeText(text: string, place: Uint8Array, big: boolean): void {
  const view = new DataView(place.buffer, place.byteOffset, place.byteLength);
  let at = 0;
  for (const character of text) {
    if (at >= place.byteLength)
      throw new FormatError("unwritable", `text is longer than ${place.byteLength / 4} code points`);
    view.setUint32(at, character.codePointAt(0) as number, !big);
    at += 4;
  }
}

function withoutTrailingZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
