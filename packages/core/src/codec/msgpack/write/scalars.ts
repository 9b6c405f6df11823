import { FormatError } from "../../../errors.js";
import { type ExtValue, type Float, NanFloat, type Timestamp } from "../../../value/value.js";
import { Tag, TIMESTAMP } from "../format.js";
import { shortenNan } from "../nan.js";
import type { Output } from "./output.js";

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();
const MAX_LENGTH = 2 ** 32 - 1;

/** An int in the fewest bytes, unsigned where it is not negative. Throws `FormatError` `unwritable` beyond 64 bits. */
export function writeInt(out: Output, value: number | bigint): void {
  if (value >= -(2 ** 31) && value < 2 ** 32) writeShortInt(out, Number(value));
  else {
    const wide = BigInt(value);
    if (wide < -(2n ** 63n) || wide >= 2n ** 64n)
      throw new FormatError("unwritable", `the int ${wide} does not fit into 64 bits`);
    out.u8(wide < 0n ? Tag.int64 : Tag.uint64);
    out.u64(BigInt.asUintN(64, wide));
  }
}

function writeShortInt(out: Output, value: number): void {
  if (value >= -0x20 && value < 0x80) out.u8(value & 0xff);
  else if (value >= -0x80 && value < 0x100) {
    out.u8(value < 0 ? Tag.int8 : Tag.uint8);
    out.u8(value & 0xff);
  } else if (value >= -0x8000 && value < 0x10000) {
    out.u8(value < 0 ? Tag.int16 : Tag.uint16);
    out.u16(value & 0xffff);
  } else {
    out.u8(value < 0 ? Tag.int32 : Tag.uint32);
    out.u32(value >>> 0);
  }
}

/** A float of 8 bytes; of 4, rounded, where `as` says so: then numbers that are too large for them are `unwritable`. */
export function writeFloat(out: Output, value: number | Float, as: "float64" | "float32"): void {
  const number = Number(value);
  if (as === "float64") {
    out.u8(Tag.float64);
    if (value instanceof NanFloat) out.u64(value.bits);
    else out.f64(number);
    return;
  }
  if (Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
    throw new FormatError("unwritable", `${number} does not fit into a float32`);
  out.u8(Tag.float32);
  if (value instanceof NanFloat) out.u32(shortenNan(value.bits));
  else out.f32(number);
}

/** Text as UTF-8. Throws `FormatError` `unwritable` for lone surrogates, which UTF-8 has no form for. */
export function writeText(out: Output, text: string): void {
  if (text.length < 32 && isAscii(text)) {
    out.u8(Tag.text + text.length);
    out.ascii(text);
    return;
  }
  const bytes = encoder.encode(text);
  if (bytes.length !== text.length && LONE_SURROGATE.test(text))
    throw new FormatError("unwritable", "text with a lone surrogate has no UTF-8 form");
  if (bytes.length < 32) out.u8(Tag.text + bytes.length);
  else writeLength(out, Tag.text8, bytes.length, "text");
  out.bytes(bytes);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

export function writeBytes(out: Output, bytes: Uint8Array): void {
  writeLength(out, Tag.bin8, bytes.length, "bytes");
  out.bytes(bytes);
}

/** What announces a list or map of `count` items. */
export function writeCount(out: Output, is: "list" | "map", count: number): void {
  const [short, long] = is === "list" ? [Tag.list, Tag.list16] : [Tag.map, Tag.map16];
  if (count < 16) out.u8(short + count);
  else if (count < 0x10000) {
    out.u8(long);
    out.u16(count);
  } else {
    out.u8(long + 1);
    out.u32(count);
  }
}

export function writeExt(out: Output, { code, data }: Pick<ExtValue, "code" | "data">): void {
  const power = [1, 2, 4, 8, 16].indexOf(data.length);
  if (power >= 0) out.u8(Tag.fixext1 + power);
  else writeLength(out, Tag.ext8, data.length, "extension data");
  out.u8(code & 0xff);
  out.bytes(data);
}

/** A moment in the shortest of its three forms: 4, 8 or 12 bytes. */
export function writeTimestamp(out: Output, { seconds, nanoseconds }: Timestamp): void {
  const data = new DataView(new ArrayBuffer(12));
  let length = 12;
  if (seconds < 0 || seconds >= 2 ** 34) {
    data.setUint32(0, nanoseconds);
    data.setBigInt64(4, BigInt(seconds));
  } else if (nanoseconds === 0 && seconds < 2 ** 32) {
    data.setUint32(0, Number(seconds));
    length = 4;
  } else {
    data.setBigUint64(0, (BigInt(nanoseconds) << 34n) | BigInt(seconds));
    length = 8;
  }
  writeExt(out, { code: TIMESTAMP, data: new Uint8Array(data.buffer, 0, length) });
}

/** A length in one, two or four bytes, whose tags follow each other. */
function writeLength(out: Output, tag8: number, length: number, what: string): void {
  if (length > MAX_LENGTH)
    throw new FormatError("unwritable", `${length} bytes of ${what} are more than msgpack holds`);
  if (length < 0x100) {
    out.u8(tag8);
    out.u8(length);
  } else if (length < 0x10000) {
    out.u8(tag8 + 1);
    out.u16(length);
  } else {
    out.u8(tag8 + 2);
    out.u32(length);
  }
}
