import { FormatError } from "../../../errors.js";
import { ByteWriter } from "./bytes.js";
import { lookup3 } from "./checksum.js";
import type { Message } from "./messages.js";

/** Messages state their length in 16 bits. */
const MOST = 0xffff;
const TRACKED = 4;
const INDEXED = 8;
const WIDE = 2;

export interface HeaderOptions {
  /** Attributes have an order of creation. */
  readonly ordered: boolean;
  readonly path: string;
}

/**
 * An object's header, version 2, in one piece and without times, so that the same content is the same bytes. Throws
 * `FormatError` `unwritable` for a message that is too long, which only an attribute can be.
 */
export function objectHeader(messages: readonly Message[], { ordered, path }: HeaderOptions): Uint8Array {
  const body = new ByteWriter();
  for (const [index, { type, body: bytes }] of messages.entries()) {
    if (bytes.byteLength > MOST)
      throw new FormatError("unwritable", `attributes of more than ${MOST} bytes have to be data sets`, { path });
    body.u8(type).u16(bytes.byteLength).u8(0);
    if (ordered) body.u16(index);
    body.bytes(bytes);
  }
  const out = new ByteWriter().text("OHDR").u8(2);
  out.u8(WIDE | (ordered ? TRACKED | INDEXED : 0)).u32(body.length);
  out.bytes(body.done());
  return out.u32(lookup3(out.done())).done();
}
