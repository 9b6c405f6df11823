import { lookup3 } from "../../write/checksum.js";
import { type FileBytes, Piece, Unknown } from "./bytes.js";

/** One message of an object header. */
export interface HeaderMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Where the order in which attributes were made is tracked: its place in it. */
  readonly order: number | undefined;
}

/** What an object says of itself. */
export interface ObjectHeader {
  readonly messages: readonly HeaderMessage[];
  /** Whether attributes are listed in the order in which they were made. */
  readonly ordered: boolean;
}

/** Numbers of messages. */
export const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  external: 7,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  attributeInfo: 21,
} as const;

/** Bytes that are read of a header at once: most fit. */
const USUAL = 512;
/** Bytes and pieces that a header may have here; larger ones are the library's. */
const LARGEST = 1 << 24;
const MOST_PIECES = 64;

/** The message is somewhere else, and shared. */
const SHARED = 2;

interface Block {
  readonly start: number;
  readonly length: number;
}

/** The object header at an address. HDF5 File Format Specification, IV.A. Throws `Unknown`. */
export function readHeader(file: FileBytes, address: number): ObjectHeader {
  const head = file.upTo(address, USUAL);
  return head.bytes[0] === 1 ? readOld(file, address, head) : readNew(file, address, head);
}

function readOld(file: FileBytes, address: number, head: Piece): ObjectHeader {
  head.skip(2);
  const count = head.u16();
  head.skip(4);
  const length = head.u32();
  const messages: HeaderMessage[] = [];
  const blocks: Block[] = [{ start: address + 16, length }];
  for (let index = 0; index < blocks.length; index++) {
    const { start, length: bytes } = admitted(blocks, index);
    const piece = index === 0 ? within(file, { head, offset: 16 }, blocks[0] as Block) : file.at(start, bytes);
    while (piece.left >= 8) {
      const type = piece.u16();
      const size = piece.u16();
      if (size % 8 !== 0) throw new Unknown();
      const flags = piece.u8();
      piece.skip(3);
      add(messages, blocks, { type, flags, body: piece.take(size), order: undefined });
    }
  }
  if (messages.length !== count) throw new Unknown();
  return { messages, ordered: false };
}

function readNew(file: FileBytes, address: number, head: Piece): ObjectHeader {
  head.expect("OHDR");
  if (head.u8() !== 2) throw new Unknown();
  const flags = head.u8();
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const length = head.uint(1 << (flags & 3));
  const offset = head.position;
  const tracked = (flags & 4) !== 0;
  const messages: HeaderMessage[] = [];
  // What is checked: everything but the checksum at the end.
  const blocks: Block[] = [{ start: address, length: offset + length + 4 }];
  for (let index = 0; index < blocks.length; index++) {
    const block = admitted(blocks, index);
    const piece = index === 0 ? within(file, { head, offset: 0 }, block) : file.at(block.start, block.length);
    verify(piece);
    if (index === 0) piece.skip(offset);
    else piece.expect("OCHK");
    while (piece.left - 4 >= (tracked ? 6 : 4)) {
      const type = piece.u8();
      const size = piece.u16();
      const messageFlags = piece.u8();
      const order = tracked ? piece.u16() : undefined;
      if (size > piece.left - 4) throw new Unknown();
      add(messages, blocks, { type, flags: messageFlags, body: piece.take(size), order });
    }
  }
  return { messages, ordered: (flags & 8) !== 0 };
}

function admitted(blocks: readonly Block[], index: number): Block {
  const block = blocks[index] as Block;
  if (index >= MOST_PIECES || block.length > LARGEST || block.length < 8) throw new Unknown();
  return block;
}

/** The first block, of which the beginning has been read. */
function within(
  file: FileBytes,
  { head, offset }: { readonly head: Piece; readonly offset: number },
  block: Block,
): Piece {
  if (offset + block.length <= head.bytes.byteLength)
    return new Piece(head.bytes.subarray(offset, offset + block.length));
  return file.at(block.start, block.length);
}

function verify({ bytes }: Piece): void {
  const end = bytes.byteLength - 4;
  const stated = new Piece(bytes.subarray(end)).u32();
  if (lookup3(bytes.subarray(0, end)) >>> 0 !== stated) throw new Unknown();
}

function add(
  messages: HeaderMessage[],
  blocks: Block[],
  { type, flags, body, order }: HeaderMessage & { readonly flags: number },
): void {
  if ((flags & SHARED) !== 0) throw new Unknown();
  if (type === MESSAGE.continuation) {
    const piece = new Piece(body);
    blocks.push({ start: piece.u64(), length: piece.u64() });
  }
  messages.push({ type, body, order });
}
