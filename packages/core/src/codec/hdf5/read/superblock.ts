import { FormatError } from "../../../errors.js";
import { truncated } from "../../../source/bounds.js";
import type { ReadOptions, Source } from "../../../source/source.js";
import { hasSignature, SIGNATURE } from "../signature.js";
import { lookup3 } from "../write/checksum.js";
import { Piece, Unknown, unlessUnknown } from "./direct/bytes.js";

/** As long as any superblock, up to the address of the root group. */
const HEAD = 104;

/**
 * Looks at the first structure of a file: HDF5 itself does not say why it cannot open one. Throws `FormatError`:
 * `truncated` for files that are empty or shorter than they say, `not-this-format` without the signature.
 */
export async function checkSuperblock(source: Source, options: ReadOptions = {}): Promise<Superblock> {
  const size = source.byteLength;
  for (let start = 0; start + SIGNATURE.length <= size; start = start === 0 ? 512 : 2 * start) {
    const head = await source.read(start, Math.min(size, start + HEAD), options);
    if (!hasSignature(head)) continue;
    const end = endOfFile(head);
    if (end === undefined) throw truncated(source, start + HEAD, size);
    if (end > size) throw truncated(source, end, size);
    return { root: start === 0 ? rootIn(head) : undefined };
  }
  const head = await source.read(0, Math.min(size, SIGNATURE.length), options);
  if (size < SIGNATURE.length && [...head].every((byte, at) => byte === SIGNATURE[at]))
    throw truncated(source, SIGNATURE.length, size);
  throw new FormatError("not-this-format", "this is no HDF5 file: its signature is not there", { offset: 0 });
}

export interface Superblock {
  /**
   * Where the root group is, in files that can be read without the library: their addresses have 8 bytes and count from the
   * beginning of the file, and nothing is out of the ordinary.
   */
  readonly root: RootAddress | undefined;
}

export interface RootAddress {
  readonly header: number;
  /** Of a group of the old kind: its B-tree and its heap, which the superblock may repeat. */
  readonly repeated: readonly [tree: number, heap: number] | undefined;
}

function rootIn(head: Uint8Array): RootAddress | undefined {
  return unlessUnknown(() => {
    const piece = new Piece(head);
    piece.skip(SIGNATURE.length);
    const version = piece.u8();
    if (version < 2) return oldRoot(piece, version);
    return version < 4 ? newRoot(piece) : undefined;
  });
}

/** Versions 0 and 1. Specification, II.A. */
function oldRoot(piece: Piece, version: number): RootAddress {
  expect(piece, [0, 0]);
  piece.skip(1);
  expect(piece, [0, 8, 8]);
  piece.skip(1);
  // Sizes of nodes, and flags of a file that is being written.
  const [leaves, children] = [piece.u16(), piece.u16()];
  if (leaves === 0 || children === 0 || piece.u32() !== 0) throw new Unknown();
  if (version === 1 && (piece.u16() === 0 || piece.u16() !== 0)) throw new Unknown();
  const base = piece.u64();
  const [space, , driver] = [piece.address(), piece.u64(), piece.address()];
  if (base !== 0 || space !== undefined || driver !== undefined) throw new Unknown();
  piece.skip(8);
  const header = piece.u64();
  const kind = piece.u32();
  piece.skip(4);
  if (kind > 1) throw new Unknown();
  return { header, repeated: kind === 1 ? [piece.u64(), piece.u64()] : undefined };
}

/** Versions 2 and 3. Specification, II.B. */
function newRoot(piece: Piece): RootAddress {
  expect(piece, [8, 8, 0]);
  const [base, extension] = [piece.u64(), piece.address()];
  piece.skip(8);
  const header = piece.u64();
  const { bytes, position } = piece;
  if (base !== 0 || extension !== undefined || lookup3(bytes.subarray(0, position)) !== piece.u32())
    throw new Unknown();
  return { header, repeated: undefined };
}

function expect(piece: Piece, bytes: readonly number[]): void {
  for (const byte of bytes) if (piece.u8() !== byte) throw new Unknown();
}

/** The length of the file that a superblock states, 0 where it cannot be told; undefined when its bytes end before. */
function endOfFile(head: Uint8Array): number | undefined {
  const version = head[8] ?? 0;
  const old = version < 2;
  const width = head[old ? 13 : 9] ?? 8;
  if (version > 3 || ![2, 4, 8].includes(width)) return 0;
  const addresses = old ? (version === 0 ? 24 : 28) : 12;
  const at = addresses + 2 * width;
  if (at + width > head.byteLength) return undefined;
  let end = 0;
  for (let byte = width - 1; byte >= 0; byte--) end = end * 256 + (head[at + byte] as number);
  return Number.isSafeInteger(end) ? end : 0;
}
