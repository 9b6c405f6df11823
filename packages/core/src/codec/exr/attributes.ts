import { FormatError } from "../../errors.js";
import type { ExrAttribute } from "./model.js";

/** What an attribute says: one number or several, text or a list of texts; bytes for types without a simple value. */
export type ExrValue = number | string | readonly number[] | readonly string[] | Uint8Array;

type NumberKind = "Int32" | "Uint32" | "Float32" | "Float64" | "Uint8";

/** Types that are a fixed count of numbers. Windows are xMin, yMin, xMax, yMax; matrices are row by row. */
const NUMBERS: ReadonlyMap<string, readonly [kind: NumberKind, count: number]> = new Map([
  ["int", ["Int32", 1]],
  ["float", ["Float32", 1]],
  ["double", ["Float64", 1]],
  ["v2i", ["Int32", 2]],
  ["v2f", ["Float32", 2]],
  ["v2d", ["Float64", 2]],
  ["v3i", ["Int32", 3]],
  ["v3f", ["Float32", 3]],
  ["v3d", ["Float64", 3]],
  ["box2i", ["Int32", 4]],
  ["box2f", ["Float32", 4]],
  ["m33f", ["Float32", 9]],
  ["m33d", ["Float64", 9]],
  ["m44f", ["Float32", 16]],
  ["m44d", ["Float64", 16]],
  ["chromaticities", ["Float32", 8]],
  ["keycode", ["Int32", 7]],
  ["timecode", ["Uint32", 2]],
  ["compression", ["Uint8", 1]],
  ["lineOrder", ["Uint8", 1]],
  ["envmap", ["Uint8", 1]],
]);

const SIZES: Readonly<Record<NumberKind, number>> = { Int32: 4, Uint32: 4, Float32: 4, Float64: 8, Uint8: 1 };

/** The bytes that an attribute of such a type has; `undefined` where they may vary. */
export function fixedSize(type: string): number | undefined {
  const numbers = NUMBERS.get(type);
  if (numbers) return SIZES[numbers[0]] * numbers[1];
  return type === "rational" ? 8 : undefined;
}

/**
 * The value of an attribute: a number for `int`, `float`, `double`, `compression`, `lineOrder`, `envmap` and `rational`;
 * numbers for vectors, windows and matrices; text for `string`; texts for `stringvector`; the bytes of any other type.
 * Throws `FormatError` `corrupt` when they do not fit the type.
 */
export function exrValue({ type, bytes }: ExrAttribute): ExrValue {
  const size = fixedSize(type);
  if (size !== undefined && bytes.byteLength !== size)
    throw new FormatError("corrupt", `${bytes.byteLength} bytes for an attribute of type ${type}, which has ${size}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = NUMBERS.get(type);
  if (numbers) {
    const [kind, count] = numbers;
    const values = Array.from({ length: count }, (_, i) => view[`get${kind}`](i * SIZES[kind], true));
    return count === 1 ? (values[0] as number) : values;
  }
  if (type === "rational") return view.getInt32(0, true) / view.getUint32(4, true);
  if (type === "string") return new TextDecoder().decode(bytes);
  return type === "stringvector" ? textsOf(view) : bytes;
}

function textsOf(view: DataView): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < view.byteLength; ) {
    const length = at + 4 <= view.byteLength ? view.getInt32(at, true) : -1;
    if (length < 0 || at + 4 + length > view.byteLength)
      throw new FormatError("corrupt", "a text of an attribute of type stringvector does not end");
    texts.push(new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, length)));
    at += 4 + length;
  }
  return texts;
}

/**
 * An attribute to be written: `exrAttribute("float", 72)`, `exrAttribute("v2f", [0, 0])`. Types that are not numbers or
 * text take their bytes. Throws `FormatError` `unwritable` when the value is none of such a type.
 */
export function exrAttribute(type: string, value: ExrValue): ExrAttribute {
  const numbers = NUMBERS.get(type);
  if (numbers) return { type, bytes: bytesOfNumbers(type, numbers, value) };
  if (type === "string" && typeof value === "string") return { type, bytes: new TextEncoder().encode(value) };
  if (type === "stringvector" && Array.isArray(value)) return { type, bytes: bytesOfTexts(value as string[]) };
  if (value instanceof Uint8Array && (fixedSize(type) ?? value.byteLength) === value.byteLength)
    return { type, bytes: value };
  throw new FormatError("unwritable", `this is no value for an attribute of type ${type}`);
}

function bytesOfNumbers(type: string, [kind, count]: readonly [NumberKind, number], value: ExrValue): Uint8Array {
  const values = typeof value === "number" ? [value] : (value as readonly unknown[]);
  if (!Array.isArray(values) || values.length !== count || values.some((item) => typeof item !== "number"))
    throw new FormatError("unwritable", `an attribute of type ${type} takes ${count} numbers`);
  const bytes = new Uint8Array(SIZES[kind] * count);
  const view = new DataView(bytes.buffer);
  values.forEach((item: number, i) => {
    view[`set${kind}`](i * SIZES[kind], item, true);
  });
  return bytes;
}

function bytesOfTexts(texts: readonly string[]): Uint8Array {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    new DataView(bytes.buffer).setInt32(at, part.byteLength, true);
    bytes.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return bytes;
}
