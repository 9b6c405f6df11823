import { FormatError } from "../../../errors.js";
import type { DType, Field } from "../../../ndarray/dtype.js";
import { ByteWriter } from "./bytes.js";

/** Classes of HDF5's datatype message. */
const CLASS = { integer: 0, float: 1, string: 3, compound: 6, enum: 8, vlen: 9, array: 10 } as const;

/** Where sign, exponent and mantissa of IEEE numbers are: by bytes. */
const FLOATS: Readonly<
  Record<number, readonly [exponentAt: number, exponent: number, mantissa: number, bias: number]>
> = { 2: [10, 5, 10, 15], 4: [23, 8, 23, 127], 8: [52, 11, 52, 1023] };

/**
 * The datatype message for elements of `type`, as h5py writes it: `bool` is the enum of FALSE and TRUE, complex numbers
 * are compounds of `r` and `i`, `bytes` is text of fixed length. Throws `FormatError` `unwritable` for types that HDF5
 * has no agreed form of.
 */
export function datatypeMessage(type: DType, path: string): Uint8Array {
  const out = new ByteWriter();
  writeType(out, type, path);
  return out.done();
}

/** The message for UTF-8 text of variable length. Its elements are references into a heap, of {@link TEXT_SIZE} bytes. */
export function textMessage(): Uint8Array {
  const out = new ByteWriter();
  // Type 1 is text; padding 0 ends it by a zero; character set 1 is UTF-8.
  head(out, 1, CLASS.vlen, 1 | (1 << 8), TEXT_SIZE);
  head(out, 1, CLASS.string, 1 << 4, 1);
  return out.done();
}

export const TEXT_SIZE = 16;

function head(out: ByteWriter, version: number, type: number, bits: number, size: number): void {
  out
    .u8((version << 4) | type)
    .u8(bits & 0xff)
    .u16(bits >>> 8)
    .u32(size);
}

function writeType(out: ByteWriter, type: DType, path: string): void {
  const { name, itemSize } = type;
  const big = type.byteOrder === ">" ? 1 : 0;
  if (name === "bool") writeBoolean(out);
  else if (/^u?int/.test(name)) writeInteger(out, itemSize, { big, signed: !name.startsWith("u") });
  else if (/^float/.test(name)) writeFloat(out, itemSize, big);
  else if (name === "complex64" || name === "complex128") writeComplex(out, itemSize, big);
  else if (name === "bytes") {
    if (itemSize === 0) throw new FormatError("unwritable", "HDF5 has no text of length 0", { path });
    // Padded with zeros, ASCII: what h5py writes for numpy's bytes.
    head(out, 1, CLASS.string, 1, itemSize);
  } else if (type.fields) writeCompound(out, type, type.fields, path);
  else throw new FormatError("unwritable", `HDF5 has no form of ${name} that others read`, { path });
}

function writeInteger(out: ByteWriter, size: number, { big, signed }: { big: number; signed: boolean }): void {
  head(out, 1, CLASS.integer, big | (signed ? 8 : 0), size);
  out.u16(0).u16(8 * size);
}

function writeFloat(out: ByteWriter, size: number, big: number): void {
  const [exponentAt, exponent, mantissa, bias] = FLOATS[size] as (typeof FLOATS)[number];
  // Mantissa without its leading 1; the sign is the highest bit.
  head(out, 1, CLASS.float, big | 0x20 | ((8 * size - 1) << 8), size);
  out
    .u16(0)
    .u16(8 * size)
    .u8(exponentAt)
    .u8(exponent)
    .u8(0)
    .u8(mantissa)
    .u32(bias);
}

function writeBoolean(out: ByteWriter): void {
  head(out, 1, CLASS.enum, 2, 1);
  writeInteger(out, 1, { big: 0, signed: true });
  out.text("FALSE").zeros(3).text("TRUE").zeros(4).u8(0).u8(1);
}

function writeComplex(out: ByteWriter, size: number, big: number): void {
  head(out, 3, CLASS.compound, 2, size);
  for (const [index, name] of ["r", "i"].entries()) {
    out
      .text(name)
      .u8(0)
      .u8((index * size) / 2);
    writeFloat(out, size / 2, big);
  }
}

function writeCompound(out: ByteWriter, type: DType, fields: readonly Field[], path: string): void {
  head(out, 3, CLASS.compound, fields.length, type.itemSize);
  // Offsets take as many bytes as the size of the whole needs.
  const width = Math.max(1, Math.ceil(Math.log2(type.itemSize + 1) / 8));
  for (const { name, type: member, shape, offset } of fields) {
    if (name === "" || name.includes("\0"))
      throw new FormatError("unwritable", `a member cannot be called ${JSON.stringify(name)}`, { path });
    out.text(name).u8(0);
    for (let byte = 0; byte < width; byte++) out.u8(Math.floor(offset / 256 ** byte) & 0xff);
    if (shape.length > 0) {
      head(out, 3, CLASS.array, 0, member.itemSize * shape.reduce((product, size) => product * size, 1));
      out.u8(shape.length);
      for (const size of shape) out.u32(size);
    }
    writeType(out, member, path);
  }
}
