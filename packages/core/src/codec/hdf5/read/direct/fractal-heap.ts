import { bytesFor, type FileBytes, Piece, Unknown } from "./bytes.js";
import { verified } from "./checked.js";

/** A heap in which the links of a large group are: its objects by what refers to them. */
export interface FractalHeap {
  /** Bytes of a reference to an object. */
  readonly idSize: number;
  /** Throws `Unknown` for a reference to nothing that is in the heap's own blocks. */
  object(id: Uint8Array): Uint8Array;
}

interface Block {
  /** Where the block begins in the heap's own count. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The doubling table: rows of equally many blocks, which from the second row on are twice as large each. */
interface Table {
  readonly header: number;
  readonly width: number;
  readonly smallest: number;
  /** The largest block that holds objects. */
  readonly largest: number;
  /** Bytes of a place in the heap. */
  readonly offsetSize: number;
  readonly isChecked: boolean;
}

/** Blocks that hold objects are no larger; a heap of links has up to 64 KiB. */
const LARGEST = 1 << 20;

/**
 * The heap at an address. Every block carries a checksum. Specification III.G. Throws `Unknown` for heaps whose blocks are
 * compressed.
 */
export function readFractalHeap(file: FileBytes, address: number): FractalHeap {
  const head = verified(file, address, { length: 146, signature: "FRHP" });
  const [idSize, filters, flags, mostObject] = [head.u16(), head.u16(), head.u8(), head.u32()];
  if (filters !== 0) throw new Unknown();
  // What is counted: objects elsewhere, free space, numbers of objects.
  head.skip(12 * 8);
  const [width, smallest, largest, bits] = [head.u16(), head.u64(), head.u64(), head.u16()];
  head.skip(2);
  const [root, rows] = [head.u64(), head.u16()];
  const isPossible = isPower(width) && isPower(smallest) && isPower(largest) && smallest <= largest;
  if (!isPossible || largest > LARGEST || bits > 48) throw new Unknown();
  const offsetSize = Math.ceil(bits / 8);
  const table: Table = { header: address, width, smallest, largest, offsetSize, isChecked: (flags & 2) !== 0 };
  const lengthSize = Math.min(bytesFor(largest - 1), bytesFor(mostObject));
  const blocks = new BlockFinder(file, table, { root, rows });
  return {
    idSize,
    object(id) {
      const piece = new Piece(id);
      // Version 0, and an object in a block: neither one by itself nor one in the reference.
      if (piece.u8() !== 0) throw new Unknown();
      const offset = piece.number(offsetSize);
      const length = piece.number(lengthSize);
      const { start, bytes } = blocks.at(offset);
      // Behind the head of the block, and inside of it.
      if (length === 0 || offset - start + length > bytes.byteLength) throw new Unknown();
      return bytes.subarray(offset - start, offset - start + length);
    },
  };
}

/** Blocks that hold objects, which are read once each. */
class BlockFinder {
  readonly #file: FileBytes;
  readonly #table: Table;
  readonly #root: { readonly root: number; readonly rows: number };
  readonly #blocks = new Map<number, Block>();
  readonly #indirect = new Map<number, Piece>();
  #last: Block | undefined;

  constructor(file: FileBytes, table: Table, root: { readonly root: number; readonly rows: number }) {
    this.#file = file;
    this.#table = table;
    this.#root = root;
  }

  /** The block that has a place of the heap. */
  at(offset: number): Block {
    const last = this.#last;
    if (last && offset >= last.start && offset < last.start + last.bytes.byteLength) return last;
    const { root, rows } = this.#root;
    this.#last =
      rows === 0 ? this.#direct(root, 0, this.#table.smallest) : this.#below({ address: root, start: 0, rows }, offset);
    return this.#last;
  }

  /** Goes down from an indirect block, which has so many rows and begins at `start`. */
  #below({ address, start, rows }: Indirect, offset: number): Block {
    const { width, smallest, largest } = this.#table;
    const place = offset - start;
    // The first two rows have the smallest blocks.
    const row = place < width * smallest ? 0 : Math.floor(Math.log2(place / (width * smallest))) + 1;
    const size = row === 0 ? smallest : smallest * 2 ** (row - 1);
    const first = row === 0 ? 0 : width * smallest * 2 ** (row - 1);
    const column = Math.floor((place - first) / size);
    if (row >= rows || column >= width) throw new Unknown();
    const child = this.#childAt({ address, start, rows }, row * width + column);
    const at = start + first + column * size;
    if (size <= largest) return this.#direct(child, at, size);
    // Each indirect block is smaller than the one that it is in.
    return this.#below({ address: child, start: at, rows: Math.log2(size / (width * smallest)) + 1 }, offset);
  }

  #childAt({ address, start, rows }: Indirect, index: number): number {
    let piece = this.#indirect.get(address);
    if (!piece) {
      const { header, width, offsetSize } = this.#table;
      if (rows * width > MOST_CHILDREN) throw new Unknown();
      const length = 5 + 8 + offsetSize + 8 * rows * width + 4;
      piece = verified(this.#file, address, { length, signature: "FHIB" });
      if (piece.u64() !== header || piece.number(offsetSize) !== start) throw new Unknown();
      this.#indirect.set(address, piece);
    }
    const { offsetSize } = this.#table;
    return new Piece(piece.bytes.subarray(5 + 8 + offsetSize + 8 * index)).u64();
  }

  #direct(address: number, start: number, size: number): Block {
    const known = this.#blocks.get(address);
    if (known) {
      if (known.start !== start) throw new Unknown();
      return known;
    }
    const { header, offsetSize, isChecked } = this.#table;
    // The checksum stands behind the head, and counts as zeros itself.
    const sumAt = isChecked ? 5 + 8 + offsetSize : "none";
    const piece = verified(this.#file, address, { length: size, signature: "FHDB", sumAt });
    if (piece.u64() !== header || piece.number(offsetSize) !== start) throw new Unknown();
    const block = { start, bytes: piece.bytes };
    this.#blocks.set(address, block);
    return block;
  }
}

interface Indirect {
  readonly address: number;
  readonly start: number;
  readonly rows: number;
}

const MOST_CHILDREN = 1 << 14;

function isPower(number: number): boolean {
  return number > 0 && Number.isInteger(Math.log2(number));
}
