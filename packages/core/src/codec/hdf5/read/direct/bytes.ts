import { ByteCursor } from "../../../../source/cursor.js";
import type { ReadyBytes } from "../pages.js";

/** Thrown for a structure that is not one of the common ones, or is damaged: the library is to look at it. */
export class Unknown extends Error {}

/** What `work` gives, undefined where it throws {@link Unknown}. */
export function unlessUnknown<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

/** Thrown when bytes are not at hand yet. */
export class NotReady extends Error {}

/** What HDF5 writes for an address that there is not. */
const NOWHERE = 2 ** 53;

const PAGE = 2048;
/** Pages that are kept; those that were read first go first. */
const KEPT = 512;
/** Pages that are read at once at most, where the file is read from front to back. */
const MOST_AHEAD = 64;
/** Larger pieces are read by themselves. */
const SMALL = 1 << 13;

/** Bytes of a file, for code that follows its addresses. */
export class FileBytes {
  readonly size: number;
  readonly #bytes: ReadyBytes;
  readonly #pages = new Map<number, Uint8Array>();
  /** The page behind those that were read last, how many were, and how often it went on from there. */
  #next = -1;
  #ahead = 1;
  #steps = 0;

  constructor(bytes: ReadyBytes, size: number) {
    this.#bytes = bytes;
    this.size = size;
  }

  /** The bytes from `start` on. Throws {@link Unknown} outside the file, {@link NotReady} when they have to be waited for. */
  at(start: number, length: number): Piece {
    this.expectInside(start, length);
    const number = Math.floor(start / PAGE);
    const offset = start - number * PAGE;
    if (offset + length <= PAGE) return new Piece(this.#page(number).subarray(offset, offset + length));
    const target = new Uint8Array(length);
    this.#copy(target, start);
    return new Piece(target);
  }

  /** Throws {@link Unknown} unless all of these bytes are in the file. */
  expectInside(start: number, length: number): void {
    if (!(start >= 0 && length >= 0 && start + length <= this.size)) throw new Unknown();
  }

  /** Up to so many bytes, fewer where the file ends before. */
  upTo(start: number, length: number): Piece {
    return this.at(start, Math.max(0, Math.min(length, this.size - start)));
  }

  /** Fills `target`; see {@link FileBytes.at}. */
  into(target: Uint8Array, start: number): void {
    this.expectInside(start, target.byteLength);
    this.#copy(target, start);
  }

  #copy(target: Uint8Array, start: number): void {
    const end = start + target.byteLength;
    if (target.byteLength > (this.#bytes.readsAhead ? SMALL : PAGE)) {
      if (!this.#bytes.fill(target, start)) throw new NotReady();
      return;
    }
    for (let at = start; at < end; ) {
      const number = Math.floor(at / PAGE);
      const page = this.#page(number);
      const from = at - number * PAGE;
      const part = page.subarray(from, Math.min(page.byteLength, from + end - at));
      target.set(part, at - start);
      at += part.byteLength;
    }
  }

  /**
   * What belongs together lies together: most structures are in a page that is there already. Where pages are asked for one
   * behind the other, more and more of them are read at once, from the third on: structures of two pages are no such thing.
   */
  #page(number: number): Uint8Array {
    const known = this.#pages.get(number);
    if (known) return known;
    const goesOn = this.#bytes.readsAhead && number >= this.#next && number <= this.#next + this.#ahead;
    this.#steps = goesOn ? this.#steps + 1 : 0;
    const ahead = this.#steps > 1 ? Math.min(MOST_AHEAD, 2 * this.#ahead) : 1;
    const start = number * PAGE;
    const piece = new Uint8Array(Math.min(ahead * PAGE, this.size - start));
    if (!this.#bytes.fill(piece, start)) throw new NotReady();
    [this.#next, this.#ahead] = [number + ahead, ahead];
    for (let at = 0; at < piece.byteLength; at += PAGE) this.#keep(number + at / PAGE, piece.subarray(at, at + PAGE));
    return this.#pages.get(number) as Uint8Array;
  }

  #keep(number: number, page: Uint8Array): void {
    if (this.#pages.size >= KEPT) this.#pages.delete(this.#pages.keys().next().value as number);
    this.#pages.set(number, page);
  }
}

/** A few bytes, read from front to back. Throws {@link Unknown} past their end. */
export class Piece extends ByteCursor {
  /** A size or an address. */
  u64(): number {
    const value = this.u32() + this.u32() * 2 ** 32;
    if (value >= NOWHERE) throw new Unknown();
    return value;
  }

  /** The same, undefined where there is none. */
  address(): number | undefined {
    const at = this.position;
    const isNone = this.bytes.subarray(at, at + 8).every((byte) => byte === 0xff);
    if (!isNone) return this.u64();
    this.skip(8);
    return undefined;
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  uint(width: number): number {
    return width === 1 ? this.u8() : width === 2 ? this.u16() : width === 4 ? this.u32() : this.u64();
  }

  /** A number of any number of bytes, which should be one that JavaScript counts up to. */
  number(length: number): number {
    return this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  /** Throws {@link Unknown} unless these letters come next. */
  expect(letters: string): void {
    for (const letter of letters) if (this.u8() !== letter.charCodeAt(0)) throw new Unknown();
  }

  protected override pastEnd(): Unknown {
    return new Unknown();
  }
}

/** Bytes that a number up to `most` takes. */
export function bytesFor(most: number): number {
  return Math.floor(Math.log2(Math.max(1, most)) / 8) + 1;
}
