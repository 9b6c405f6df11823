import { ByteWriter, utf8Bytes } from "./bytes.js";

/** A part of an object's header: HDF5 File Format Specification, IV.A.2. */
export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

/** How a data set's elements are stored. */
export type Storage =
  | { readonly kind: "compact"; readonly bytes: Uint8Array }
  | { readonly kind: "contiguous"; readonly address: number | undefined; readonly byteLength: number }
  | {
      readonly kind: "chunked";
      readonly index: number | undefined;
      readonly chunks: readonly number[];
      readonly itemSize: number;
    };

export interface Filters {
  readonly shuffle: boolean;
  /** zlib's level; 0 for none. */
  readonly gzip: number;
}

const TYPES = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValue: 0x05,
  link: 0x06,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  symbolTable: 0x11,
} as const;

/** Shape of the elements; null for a data set without any. */
export function dataspaceBody(
  shape: readonly number[] | null,
  options: { readonly growing?: boolean } = {},
): Uint8Array {
  const out = new ByteWriter();
  const kind = shape === null ? 2 : shape.length === 0 ? 0 : 1;
  out
    .u8(2)
    .u8(shape?.length ?? 0)
    .u8(options.growing ? 1 : 0)
    .u8(kind);
  for (const size of shape ?? []) out.u64(size);
  if (options.growing) for (const [axis, size] of (shape ?? []).entries()) out.address(axis === 0 ? undefined : size);
  return out.done();
}

export function dataspace(shape: readonly number[] | null, options: { readonly growing?: boolean } = {}): Message {
  return { type: TYPES.dataspace, body: dataspaceBody(shape, options) };
}

export function datatype(body: Uint8Array): Message {
  return { type: TYPES.datatype, body };
}

/** No fill value of its own: what was never written is zeros. Space is taken as the storage is. */
export function fillValue({ kind }: Storage): Message {
  const taken = { compact: 1, contiguous: 2, chunked: 3 }[kind];
  const ifSet = 2;
  return { type: TYPES.fillValue, body: Uint8Array.of(3, taken | (ifSet << 2)) };
}

export function layout(storage: Storage): Message {
  const out = new ByteWriter().u8(3);
  if (storage.kind === "compact") out.u8(0).u16(storage.bytes.byteLength).bytes(storage.bytes);
  else if (storage.kind === "contiguous") out.u8(1).address(storage.address).u64(storage.byteLength);
  else {
    out
      .u8(2)
      .u8(storage.chunks.length + 1)
      .address(storage.index);
    for (const size of storage.chunks) out.u32(size);
    out.u32(storage.itemSize);
  }
  return { type: TYPES.layout, body: out.done() };
}

const SHUFFLE = 2;
const DEFLATE = 1;
const OPTIONAL = 1;

export function filterPipeline({ shuffle, gzip }: Filters, itemSize: number): Message {
  const filters: (readonly [id: number, value: number])[] = [];
  if (shuffle) filters.push([SHUFFLE, itemSize]);
  if (gzip > 0) filters.push([DEFLATE, gzip]);
  const out = new ByteWriter().u8(2).u8(filters.length);
  for (const [id, value] of filters) out.u16(id).u16(OPTIONAL).u16(1).u32(value);
  return { type: TYPES.filters, body: out.done() };
}

export interface AttributeParts {
  readonly name: string;
  readonly datatype: Uint8Array;
  readonly dataspace: Uint8Array;
  readonly data: Uint8Array;
}

export function attribute({ name, datatype: type, dataspace: space, data }: AttributeParts): Message {
  const called = utf8Bytes(name);
  const out = new ByteWriter()
    .u8(3)
    .u8(0)
    .u16(called.byteLength + 1)
    .u16(type.byteLength)
    .u16(space.byteLength)
    .u8(1);
  out.bytes(called).u8(0).bytes(type).bytes(space).bytes(data);
  return { type: TYPES.attribute, body: out.done() };
}

/** What a group keeps of its links beside them; with `ordered`, that they have an order of creation. */
export function linkInfo(count: number, options: { readonly ordered: boolean }): Message {
  const out = new ByteWriter().u8(0).u8(options.ordered ? 3 : 0);
  if (options.ordered) out.u64(count);
  // Neither heap nor index: the links are in the header.
  out.address(undefined).address(undefined);
  if (options.ordered) out.address(undefined);
  return { type: TYPES.linkInfo, body: out.done() };
}

export function groupInfo(): Message {
  return { type: TYPES.groupInfo, body: Uint8Array.of(0, 0) };
}

/** A link to an object; `order` is its number in an ordered group. */
export function link(name: string, address: number, order: number | undefined): Message {
  const called = utf8Bytes(name);
  const wide = called.byteLength > 0xff;
  const utf8 = 1 << 4;
  const out = new ByteWriter().u8(1).u8((wide ? 1 : 0) | (order === undefined ? 0 : 1 << 2) | utf8);
  if (order !== undefined) out.u64(order);
  out.u8(1);
  if (wide) out.u16(called.byteLength);
  else out.u8(called.byteLength);
  out.bytes(called).address(address);
  return { type: TYPES.link, body: out.done() };
}

export function symbolTable(tree: number, heap: number): Message {
  return { type: TYPES.symbolTable, body: new ByteWriter().address(tree).address(heap).done() };
}
