import type { FormatError } from "../../../../errors.js";
import type { H5Filter, H5Metadata } from "../h5wasm.js";
import type { RootAddress } from "../superblock.js";
import { type DirectAttributes, readAttributes } from "./attributes.js";
import { type FileBytes, Unknown } from "./bytes.js";
import { readFilters } from "./filters.js";
import { MESSAGE, readHeader } from "./header.js";
import { readLayout, type Storage } from "./layout.js";
import { type Links, readLinks } from "./links.js";
import { readSymbolTable, type SymbolTable, symbolTableOf } from "./symbol-table.js";
import { readDataspace, readDatatype, storedSize } from "./types.js";

/** A group or a data set as its header describes it. */
export type DirectObject = DirectGroup | DirectDataset;

export interface DirectGroup {
  readonly kind: "group";
  readonly links: Links;
  /** Of the old kind: where its B-tree and its heap are. */
  readonly table: SymbolTable | undefined;
  /** Undefined when they are not all in the header, or only the library knows them; an error where one has no name. */
  readonly attributes: DirectAttributes | FormatError | undefined;
}

export interface DirectDataset {
  readonly kind: "dataset";
  readonly header: H5Metadata;
  readonly filters: readonly H5Filter[];
  readonly storage: Storage;
  readonly attributes: DirectAttributes | FormatError | undefined;
}

/** The root group. Throws `Unknown` as {@link readObject} does. */
export function readRoot(file: FileBytes, { header, repeated }: RootAddress): DirectGroup {
  const object = readObject(file, header);
  // Where the superblock repeats what the header says, they are the same.
  if (object.kind !== "group" || (repeated && repeated.join() !== object.table?.join())) throw new Unknown();
  return object;
}

/** The object at an address. Throws `Unknown` for one with anything that is out of the ordinary, which the library reads. */
export function readObject(file: FileBytes, address: number): DirectObject {
  const header = readHeader(file, address);
  const table = symbolTableOf(header);
  const links = table ? readSymbolTable(file, table) : readLinks(file, header);
  const attributes = readAttributes(file, header);
  if (links) return { kind: "group", links, table, attributes };
  const body = (type: number): Uint8Array | undefined => header.messages.find((message) => message.type === type)?.body;
  const [space, type, layout] = [body(MESSAGE.dataspace), body(MESSAGE.datatype), body(MESSAGE.layout)];
  if (!space || !type || !layout || body(MESSAGE.external)) throw new Unknown();
  const shape = readDataspace(space);
  const element = readDatatype(type);
  const filters = readFilters(body(MESSAGE.filters));
  const { storage, chunks } = readLayout(layout, { shape, itemSize: storedSize(element) });
  return { kind: "dataset", header: { ...element, shape, chunks }, filters, storage, attributes };
}
