import { sizeOf } from "../../../../ndarray/strides.js";
import { Piece, Unknown } from "./bytes.js";

/** Where the elements of a data set are. */
export type Storage =
  /** One behind the other; without an address when nothing was ever written. */
  | { readonly kind: "contiguous"; readonly address: number | undefined }
  /** In the header itself. */
  | { readonly kind: "compact"; readonly bytes: Uint8Array }
  /** Pieces of so many rows; other axes are not cut. */
  | {
      readonly kind: "chunked";
      readonly tree: number | undefined;
      readonly rows: number;
      readonly chunk: readonly number[];
    }
  /** In a way that only the library knows. */
  | { readonly kind: "other" };

export interface Described {
  readonly storage: Storage;
  /** Sizes of chunks; null where there are none. */
  readonly chunks: readonly number[] | null;
}

interface Elements {
  readonly shape: readonly number[];
  readonly itemSize: number;
}

/** Chunks are smaller than this, by the library's own rule. */
const LARGEST_CHUNK = 2 ** 32;
/** Ways in which chunks are found, from version 4 on. */
const INDEXES = 5;

/** The layout message. Specification IV.A.2.i. Throws `Unknown` for data that are in other files, and old versions. */
export function readLayout(body: Uint8Array, elements: Elements): Described {
  const piece = new Piece(body);
  const version = piece.u8();
  if (version !== 3 && version !== 4) throw new Unknown();
  const kind = piece.u8();
  if (kind === 2) return version === 3 ? oldChunks(piece, elements) : newChunks(piece, elements);
  const byteLength = sizeOf(elements.shape) * elements.itemSize;
  if (kind === 0) {
    if (piece.u16() !== byteLength) throw new Unknown();
    // A copy: what was read of the file is not to stay because of it.
    return { storage: { kind: "compact", bytes: piece.take(byteLength).slice() }, chunks: null };
  }
  if (kind !== 1) throw new Unknown();
  const address = piece.address();
  if (piece.u64() !== byteLength) throw new Unknown();
  return { storage: { kind: "contiguous", address }, chunks: null };
}

function oldChunks(piece: Piece, elements: Elements): Described {
  const { shape } = elements;
  if (piece.u8() !== shape.length + 1) throw new Unknown();
  const tree = piece.address();
  const chunk = chunkSizes(elements, () => piece.u32());
  const [rows = 0, ...others] = chunk;
  const isWhole = others.every((size, axis) => size === shape[axis + 1]);
  return { storage: isWhole ? { kind: "chunked", tree, rows, chunk } : { kind: "other" }, chunks: chunk };
}

function newChunks(piece: Piece, elements: Elements): Described {
  if (piece.u8() > 3 || piece.u8() !== elements.shape.length + 1) throw new Unknown();
  const width = piece.u8();
  if (![1, 2, 4, 8].includes(width)) throw new Unknown();
  const chunk = chunkSizes(elements, () => piece.uint(width));
  const index = piece.u8();
  if (index === 0 || index > INDEXES) throw new Unknown();
  return { storage: { kind: "other" }, chunks: chunk };
}

/** Behind the sizes of a chunk stands that of an element. */
function chunkSizes({ shape, itemSize }: Elements, next: () => number): readonly number[] {
  const chunk = shape.map(next);
  const isPossible = shape.length > 0 && !chunk.includes(0) && sizeOf(chunk) * itemSize < LARGEST_CHUNK;
  if (!isPossible || next() !== itemSize) throw new Unknown();
  return chunk;
}
