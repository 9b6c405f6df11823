import type { ReadyBytes } from "../pages.js";

/** Thrown for a structure that is not one of the common ones, or is damaged: the library is to look at it. */
export class Unknown extends Error {}

/** Thrown when bytes are not at hand yet. */
export class NotReady extends Error {}

/** What HDF5 writes for an address that there is not. */
const NOWHERE = 2 ** 53;

const PAGE = 2048;
/** Pages that are kept; the one that was read first goes first. */
const KEPT = 64;

/** Bytes of a file, for code that follows its addresses. */
export class FileBytes {
  readonly size: number;
  readonly #bytes: ReadyBytes;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(bytes: ReadyBytes, size: number) {
    this.#bytes = bytes;
    this.size = size;
  }

  /** The bytes from `start` on. Throws {@link Unknown} outside the file, {@link NotReady} when they have to be waited for. */
  at(start: number, length: number): Piece {
    if (!(start >= 0 && length >= 0 && start + length <= this.size)) throw new Unknown();
    const number = Math.floor(start / PAGE);
    const offset = start - number * PAGE;
    if (offset + length <= PAGE) return new Piece(this.#page(number).subarray(offset, offset + length));
    const target = new Uint8Array(length);
    if (!this.#bytes.fill(target, start)) throw new NotReady();
    return new Piece(target);
  }

  /** What belongs together lies together: most structures are in a page that is there already. */
  #page(number: number): Uint8Array {
    const known = this.#pages.get(number);
    if (known) return known;
    const start = number * PAGE;
    const page = new Uint8Array(Math.min(PAGE, this.size - start));
    if (!this.#bytes.fill(page, start)) throw new NotReady();
    if (this.#pages.size >= KEPT) this.#pages.delete(this.#pages.keys().next().value as number);
    this.#pages.set(number, page);
    return page;
  }

  /** Up to so many bytes, fewer where the file ends before. */
  upTo(start: number, length: number): Piece {
    return this.at(start, Math.max(0, Math.min(length, this.size - start)));
  }

  /** Fills `target`; see {@link FileBytes.at}. */
  into(target: Uint8Array, start: number): void {
    if (!(start >= 0 && start + target.byteLength <= this.size)) throw new Unknown();
    if (!this.#bytes.fill(target, start)) throw new NotReady();
  }
}

/** A few bytes, read from front to back. Throws {@link Unknown} past their end. */
export class Piece {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.byteLength - this.position;
  }

  skip(length: number): void {
    this.#take(length);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A size or an address. */
  u64(): number {
    const at = this.#take(8);
    const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
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

  take(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Throws {@link Unknown} unless these letters come next. */
  expect(letters: string): void {
    for (const letter of letters) if (this.u8() !== letter.charCodeAt(0)) throw new Unknown();
  }

  #take(length: number): number {
    const at = this.position;
    if (!(length >= 0 && at + length <= this.bytes.byteLength)) throw new Unknown();
    this.position += length;
    return at;
  }
}
