import type { H5Filter } from "../h5wasm.js";
import { Piece, Unknown } from "./bytes.js";

/** HDF5's own filters, as the library calls them. */
const NAMES: Readonly<Record<number, string>> = {
  1: "deflate",
  2: "shuffle",
  3: "fletcher32",
  4: "szip",
  5: "nbit",
  6: "scaleoffset",
};

/** A pipeline has at most so many. */
const MOST = 32;

const ascii = new TextDecoder();

/** The filters of the filter pipeline message, in the order in which they were applied. Specification IV.A.2.l. */
export function readFilters(body: Uint8Array | undefined): readonly H5Filter[] {
  if (!body) return [];
  const piece = new Piece(body);
  const version = piece.u8();
  const count = piece.u8();
  if ((version !== 1 && version !== 2) || count === 0 || count > MOST) throw new Unknown();
  if (version === 1) piece.skip(6);
  return Array.from({ length: count }, () => readFilter(piece, version));
}

function readFilter(piece: Piece, version: number): H5Filter {
  const id = piece.u16();
  const nameSize = version === 1 || id >= 256 ? piece.u16() : 0;
  const flags = piece.u16();
  const count = piece.u16();
  if (flags > 1 || (version === 1 && nameSize % 8 !== 0)) throw new Unknown();
  const letters = piece.take(nameSize);
  const end = letters.indexOf(0);
  if (nameSize > 0 && end < 0) throw new Unknown();
  const stated = ascii.decode(letters.subarray(0, Math.max(0, end)));
  const cd_values = Array.from({ length: count }, () => piece.u32());
  if (version === 1 && count % 2 === 1) piece.skip(4);
  return { id, name: stated || (NAMES[id] ?? ""), cd_values };
}
