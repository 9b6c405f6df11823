import { Gunzip } from "fflate";
import { FormatError } from "../errors.js";
import { crc32 } from "./crc32.js";
import { giveWay } from "./give-way.js";
import type { GunzipOptions } from "./platform.js";

/** Compressed bytes per step: deflate can make at most 1032 times as many of them, which is what one step may hold. */
const STEP = 1 << 16;
/** Checksum and length behind each member. */
const TRAILER = 8;

/**
 * See `Platform.gunzip`. The browser's own `DecompressionStream` takes one member only, so fflate decompresses. That does
 * not compare checksums: this does.
 */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  options: GunzipOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const members = new Members();
  for await (const piece of input) {
    for (let at = 0; at < piece.byteLength; at += STEP) {
      await giveWay();
      options.signal?.throwIfAborted();
      yield* members.push(piece.subarray(at, at + STEP));
    }
  }
  yield* members.end();
}

class Members {
  readonly #inflater: Gunzip;
  #made: Uint8Array[] = [];
  /** The last bytes of input, in which the trailer of a member is when its end is found, and where they begin. */
  #recent: Uint8Array = new Uint8Array(0);
  #recentStart = 0;
  /** Checksum and length of what the member under way has given. */
  #sum = 0;
  #length = 0;

  constructor() {
    this.#inflater = new Gunzip((piece) => {
      if (piece.byteLength === 0) return;
      this.#sum = crc32(piece, this.#sum);
      this.#length += piece.byteLength;
      this.#made.push(piece);
    });
    this.#inflater.onmember = (start) => this.#compare(start);
  }

  push(piece: Uint8Array): Uint8Array[] {
    const kept = this.#recent.subarray(Math.max(0, this.#recent.byteLength - STEP));
    this.#recentStart += this.#recent.byteLength - kept.byteLength;
    this.#recent = joined(kept, piece);
    if (this.#recentStart === 0) this.#checkStart();
    this.#step(piece, false);
    return this.#take();
  }

  end(): Uint8Array[] {
    const end = this.#recentStart + this.#recent.byteLength;
    if (end < 18) this.#checkStart(true);
    this.#step(new Uint8Array(0), true);
    this.#compare(end);
    return this.#take();
  }

  #checkStart(isAll = false): void {
    const [first, second] = this.#recent;
    if ((first !== undefined && first !== 0x1f) || (second !== undefined && second !== 0x8b))
      throw new FormatError("not-this-format", "the data is no gzip", { offset: 0 });
    if (isAll)
      throw new FormatError("truncated", "the compressed data ends early", { offset: this.#recent.byteLength });
  }

  #step(piece: Uint8Array, last: boolean): void {
    try {
      this.#inflater.push(piece, last);
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      // fflate's own number for data that ends early.
      const early = (cause as { readonly code?: unknown }).code === 0;
      if (early) throw new FormatError("truncated", "the compressed data ends early", { cause });
      throw new FormatError("corrupt", "the compressed data is damaged", { cause });
    }
  }

  /** Compares the trailer that ends at `end` of the input with what the member gave. */
  #compare(end: number): void {
    const at = end - TRAILER - this.#recentStart;
    if (at < 0) throw new FormatError("corrupt", "the header of a gzip member is too long", { offset: end });
    const view = new DataView(this.#recent.buffer, this.#recent.byteOffset + at, TRAILER);
    if (view.getUint32(0, true) !== this.#sum >>> 0 || view.getUint32(4, true) !== this.#length % 2 ** 32) {
      throw new FormatError("checksum", "the decompressed data does not fit its checksum", { offset: end - TRAILER });
    }
    this.#sum = 0;
    this.#length = 0;
  }

  #take(): Uint8Array[] {
    const pieces = this.#made;
    this.#made = [];
    return pieces;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.byteLength + b.byteLength);
  whole.set(a);
  whole.set(b, a.byteLength);
  return whole;
}
