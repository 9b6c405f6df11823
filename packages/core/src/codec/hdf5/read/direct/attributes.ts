import { FormatError } from "../../../../errors.js";
import { sizeOf } from "../../../../ndarray/strides.js";
import type { H5Type } from "../h5wasm.js";
import { type FileBytes, Piece, Unknown, unlessUnknown } from "./bytes.js";
import { MESSAGE, type ObjectHeader } from "./header.js";
import { nameIn } from "./names.js";
import { readText } from "./text.js";
import { readDataspace, readDatatype, storedSize } from "./types.js";

/** Attributes by name, as the library lists them; undefined for those that the library has to read. */
export type DirectAttributes = ReadonlyMap<string, DirectAttribute | undefined>;

export type DirectAttribute =
  | { readonly kind: "element"; readonly type: H5Type; readonly bytes: Uint8Array }
  /** Text of variable length. */
  | { readonly kind: "text"; readonly text: Uint8Array };

/**
 * Undefined when they are not all in the header, or one of them is out of the ordinary; an error where the library would make
 * something of a name that it is not.
 */
export function readAttributes(file: FileBytes, header: ObjectHeader): DirectAttributes | FormatError | undefined {
  try {
    return unlessUnknown(() => allAttributes(file, header));
  } catch (error) {
    if (error instanceof FormatError && error.code === "corrupt") return error;
    throw error;
  }
}

function allAttributes(file: FileBytes, { messages, ordered }: ObjectHeader): DirectAttributes {
  const info = messages.find(({ type }) => type === MESSAGE.attributeInfo);
  if (info) {
    const piece = new Piece(info.body);
    if (piece.u8() !== 0) throw new Unknown();
    if ((piece.u8() & 1) !== 0) piece.skip(2);
    if (piece.address() !== undefined) throw new Unknown();
  }
  const found = messages
    .filter(({ type }) => type === MESSAGE.attribute)
    .map(({ body, order }) => ({ ...readAttribute(file, new Piece(body)), order: order ?? 0 }));
  found.sort((a, b) => (ordered ? a.order - b.order : a.name < b.name ? -1 : 1));
  const attributes = new Map(found.map(({ name, value }) => [name, value]));
  if (attributes.size !== found.length) throw new Unknown();
  return attributes;
}

interface Named {
  readonly name: string;
  readonly value: DirectAttribute | undefined;
}

function readAttribute(file: FileBytes, piece: Piece): Named {
  const version = piece.u8();
  const flags = piece.u8();
  const [nameSize, typeSize, spaceSize] = [piece.u16(), piece.u16(), piece.u16()];
  const isUtf8 = version === 3 && piece.u8() === 1;
  // Parts that are shared with other objects are somewhere else.
  if (version < 1 || version > 3 || (version > 1 && flags !== 0)) throw new Unknown();
  // The first version fills each part up to a multiple of 8.
  const part = (size: number): Uint8Array => {
    const bytes = piece.take(size);
    if (version === 1) piece.skip((8 - (size % 8)) % 8);
    return bytes;
  };
  const letters = part(nameSize);
  const name = nameOf(letters, isUtf8);
  const [type, space] = [part(typeSize), part(spaceSize)];
  return { name, value: contentOf(file, piece, { element: readDatatype(type), shape: readDataspace(space) }) };
}

/** Names that end in a zero. Of those that are not stated to be UTF-8 only ASCII is sure. */
function nameOf(letters: Uint8Array, isUtf8: boolean): string {
  const end = letters.indexOf(0);
  const bytes = letters.subarray(0, Math.max(0, end));
  if (bytes.byteLength === 0 || end !== letters.byteLength - 1) throw new Unknown();
  const name = nameIn(bytes, "an attribute");
  if (!isUtf8 && bytes.some((byte) => byte > 127)) throw new Unknown();
  return name;
}

interface Elements {
  readonly element: H5Type;
  readonly shape: readonly number[];
}

/** Undefined for several elements, and for text that is not where it should be. */
function contentOf(file: FileBytes, piece: Piece, { element, shape }: Elements): DirectAttribute | undefined {
  const bytes = piece.take(storedSize(element) * sizeOf(shape));
  if (shape.length > 0) return undefined;
  if (element.vlen) {
    const text = unlessUnknown(() => readText(file, new Piece(bytes)));
    return text && { kind: "text", text };
  }
  // A copy: what was read of the file is not to stay because of a few bytes.
  return { kind: "element", type: element, bytes: bytes.slice() };
}
