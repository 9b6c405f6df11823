import { lookup3 } from "../../write/checksum.js";
import { type FileBytes, Piece, Unknown } from "./bytes.js";

export interface Checked {
  /** All of it, checksum included. */
  readonly length: number;
  /** Four letters, behind which there is a version, 0 throughout. */
  readonly signature: string;
  /** Where the checksum is, which is taken with zeros there; at the end of the rest when left out. */
  readonly sumAt?: number | "none";
}

/** A structure of the newer kinds, read on from behind its version. Throws `Unknown` for another one, and a wrong checksum. */
export function verified(file: FileBytes, address: number, { length, signature, sumAt }: Checked): Piece {
  const piece = file.at(address, length);
  piece.expect(signature);
  if (piece.u8() !== 0) throw new Unknown();
  if (sumAt !== "none") verify(piece.bytes, sumAt);
  return piece;
}

function verify(bytes: Uint8Array, sumAt: number | undefined): void {
  const at = sumAt ?? bytes.byteLength - 4;
  const stated = new Piece(bytes.subarray(at)).u32();
  if (sumAt === undefined) {
    if (lookup3(bytes.subarray(0, at)) !== stated) throw new Unknown();
    return;
  }
  const copy = bytes.slice();
  copy.fill(0, at, at + 4);
  if (lookup3(copy) !== stated) throw new Unknown();
}
