import { dtype } from "../../../../ndarray/dtype.js";
import { datatypeMessage } from "../../write/datatype.js";
import { type H5Type, TYPE_CLASSES } from "../h5wasm.js";
import { Piece, Unknown } from "./bytes.js";

/** Sizes along the axes; none for a single value. */
export function readDataspace(body: Uint8Array): readonly number[] {
  const piece = new Piece(body);
  const version = piece.u8();
  const rank = piece.u8();
  const flags = piece.u8();
  if (version === 1) piece.skip(5);
  // A space without any elements is the library's.
  else if (version !== 2 || piece.u8() > 1) throw new Unknown();
  const shape = Array.from({ length: rank }, () => piece.u64());
  // Largest sizes, and an order of axes that nobody writes.
  if ((flags & 1) !== 0) piece.skip(8 * rank);
  if ((flags & 2) !== 0 || piece.left >= 8) throw new Unknown();
  return shape;
}

/** A type that is an ordinary number, in the terms of the library. */
export function readDatatype(body: Uint8Array): H5Type {
  const piece = new Piece(body);
  const kind = piece.u8() & 15;
  const bits = piece.u8();
  piece.skip(2);
  const size = piece.u32();
  if ((kind !== TYPE_CLASSES.integer && kind !== TYPE_CLASSES.float) || ![1, 2, 4, 8].includes(size))
    throw new Unknown();
  const littleEndian = (bits & 1) === 0;
  const signed = kind === TYPE_CLASSES.float || (bits & 8) !== 0;
  const letter = kind === TYPE_CLASSES.float ? "f" : signed ? "i" : "u";
  if (letter === "f" && size === 1) throw new Unknown();
  const usual = datatypeMessage(dtype(`${littleEndian ? "<" : ">"}${letter}${size}`), "");
  // All but the version of the message, and bytes that fill it up.
  if (!usual.every((byte, at) => at === 0 || byte === body[at])) throw new Unknown();
  return { type: kind, size, signed, littleEndian, vlen: false };
}
