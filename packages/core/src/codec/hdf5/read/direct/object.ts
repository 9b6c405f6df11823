import type { H5Metadata, H5Type } from "../h5wasm.js";
import { type FileBytes, Piece, Unknown } from "./bytes.js";
import { MESSAGE, type ObjectHeader, readHeader } from "./header.js";
import { type Links, readLinks } from "./links.js";
import { readLayout, type Storage } from "./storage.js";
import { readDataspace, readDatatype } from "./types.js";

/** A group or a data set as its header describes it. */
export type DirectObject =
  | { readonly kind: "group"; readonly links: Links; readonly attributes: DirectAttributes | undefined }
  | {
      readonly kind: "dataset";
      readonly header: H5Metadata;
      readonly storage: Storage;
      readonly attributes: DirectAttributes | undefined;
    };

/** Attributes by name, as the library lists them; undefined for those that are no single ordinary numbers. */
export type DirectAttributes = ReadonlyMap<string, DirectAttribute | undefined>;

export interface DirectAttribute {
  readonly type: H5Type;
  readonly bytes: Uint8Array;
}

/**
 * The object at an address: groups whose links are in their header or in a symbol table, and data sets of ordinary numbers that
 * are stored without filters. Throws `Unknown` for all others, which the library reads.
 */
export function readObject(file: FileBytes, address: number): DirectObject {
  const header = readHeader(file, address);
  const links = readLinks(file, header);
  const attributes = readAttributes(header);
  if (links) return { kind: "group", links, attributes };
  const body = (type: number): Uint8Array | undefined => header.messages.find((message) => message.type === type)?.body;
  const [space, type, layout] = [body(MESSAGE.dataspace), body(MESSAGE.datatype), body(MESSAGE.layout)];
  if (!space || !type || !layout || body(MESSAGE.filters) || body(MESSAGE.external)) throw new Unknown();
  const shape = readDataspace(space);
  const element = readDatatype(type);
  if (shape.length === 0) throw new Unknown();
  const storage = readLayout(layout, shape, element.size);
  const chunks = storage.kind === "chunked" ? storage.chunk : null;
  return { kind: "dataset", header: { ...element, shape, chunks }, storage, attributes };
}

/** Undefined when they are not all in the header. */
function readAttributes({ messages, ordered }: ObjectHeader): DirectAttributes | undefined {
  const info = messages.find(({ type }) => type === MESSAGE.attributeInfo);
  if (info) {
    const piece = new Piece(info.body);
    if (piece.u8() !== 0) return undefined;
    if ((piece.u8() & 1) !== 0) piece.skip(2);
    if (piece.address() !== undefined) return undefined;
  }
  const found = messages
    .filter(({ type }) => type === MESSAGE.attribute)
    .map(({ body, order }) => ({ ...readAttribute(new Piece(body)), order: order ?? 0 }));
  found.sort((a, b) => (ordered ? a.order - b.order : a.name < b.name ? -1 : 1));
  return new Map(found.map(({ name, value }) => [name, value]));
}

function readAttribute(piece: Piece): { readonly name: string; readonly value: DirectAttribute | undefined } {
  const version = piece.u8();
  const flags = piece.u8();
  const [nameSize, typeSize, spaceSize] = [piece.u16(), piece.u16(), piece.u16()];
  const isUtf8 = version === 3 && piece.u8() === 1;
  if (version < 1 || version > 3) throw new Unknown();
  // The first version fills each part up to a multiple of 8.
  const part = (size: number): Uint8Array => {
    const bytes = piece.take(size);
    if (version === 1) piece.skip((8 - (size % 8)) % 8);
    return bytes;
  };
  const letters = part(nameSize);
  const name = nameOf(letters, isUtf8);
  const [type, space] = [part(typeSize), part(spaceSize)];
  const value = version > 1 && flags !== 0 ? undefined : unlessUnknown(() => singleNumber(piece, type, space));
  return { name, value };
}

/** Names that end in a zero. Of those that are not stated to be UTF-8 only ASCII is sure. */
function nameOf(letters: Uint8Array, isUtf8: boolean): string {
  const end = letters.indexOf(0);
  const bytes = end < 0 ? letters : letters.subarray(0, end);
  if (bytes.byteLength === 0 || (!isUtf8 && bytes.some((byte) => byte > 127))) throw new Unknown();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Unknown();
  }
}

function singleNumber(piece: Piece, type: Uint8Array, space: Uint8Array): DirectAttribute {
  if (readDataspace(space).length > 0) throw new Unknown();
  const element = readDatatype(type);
  return { type: element, bytes: piece.take(element.size) };
}

function unlessUnknown<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}
