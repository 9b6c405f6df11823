import { decodeLatin1 } from "../latin1.js";
import { blobBytes, blobSize, NOT_LATIN1 } from "./blob.js";
import { type Input, Need } from "./input.js";
import { Blob, type Encoding } from "./slots.js";

/** What becomes of bytes and of text that stands for bytes: three ways to read share one parser. */
export interface Payloads {
  /** Up to this length the window may be stretched to hold a payload. */
  readonly near: number;
  /**
   * Takes the `length` bytes at the input's position, which `what` declares. Where they are copied, it is to a multiple
   * of 16; bytes that are at a multiple of `alignment` need not be.
   */
  take(input: Input, length: number, what: string, alignment?: number): Blob;
  /** Takes `length` bytes of text as the bytes it stands for. They are known to be in the stream. */
  takeText(input: Input, length: number, encoding: Encoding): Blob;
}

/** The whole stream is in memory: nothing is copied. */
export class WholePayloads implements Payloads {
  readonly near: number = Number.POSITIVE_INFINITY;
  readonly #checks: boolean;

  /** `checks` tells whether text must prove that it stands for bytes, whoever may want them. */
  constructor(checks: boolean) {
    this.#checks = checks;
  }

  take(input: Input, length: number, what: string): Blob {
    input.require(length, what);
    return this.takeText(input, length, "raw");
  }

  takeText(input: Input, length: number, encoding: Encoding): Blob {
    const blob = new Blob(input.bytes, input.pos, length, encoding);
    if (this.#checks) blobSize(blob);
    input.pos += length;
    return blob;
  }
}

const SMALL = 1024;
const SLAB = 1 << 16;
const ALIGNMENT = 16;

/** Memory for small pieces, each aligned for any element type. */
class Slab {
  #memory: Uint8Array = new Uint8Array(0);
  #used = 0;

  place(length: number): { readonly home: Uint8Array; readonly at: number } {
    if (this.#used + length > this.#memory.length) {
      this.#memory = new Uint8Array(Math.max(SLAB, length));
      this.#used = 0;
    }
    const at = this.#used;
    this.#used = align(at + length);
    return { home: this.#memory, at };
  }

  copy(bytes: Uint8Array, start: number, length: number): Blob {
    const { home, at } = this.place(length);
    home.set(bytes.subarray(start, start + length), at);
    return new Blob(home, at, length, "raw");
  }
}

function align(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

/** Text in the window as the bytes it stands for, in memory of its own. */
function decodeNow(input: Input, length: number, encoding: Encoding): Blob {
  input.require(length);
  const stored = input.bytes.slice(input.pos, input.pos + length);
  input.pos += length;
  const bytes = blobBytes(new Blob(stored, 0, length, encoding));
  return new Blob(bytes, 0, bytes.length, "raw");
}

/**
 * The stream comes in windows that are never reused: payloads stay where they were read, moved down a few bytes so that
 * they are aligned and typed arrays can be views of them. What is larger than `near` is read into memory of its own.
 */
export class KeptPayloads implements Payloads {
  readonly #slab = new Slab();
  readonly near: number;
  /** The window that the next fields are about. */
  #window: Uint8Array | undefined;
  /** How many payloads live in it, and where the next one may go. */
  #kept = 0;
  #free = 0;

  constructor(near: number) {
    this.near = near;
  }

  /** Whether payloads live in `window`, so that it must not be written to. */
  holds(window: Uint8Array): boolean {
    return this.#window === window && this.#kept > 0;
  }

  take(input: Input, length: number, what: string, alignment: number = ALIGNMENT): Blob {
    if (length > input.left) input.missing(length, what);
    if (length > this.near) return this.#large(input, length);
    input.require(length);
    if (length <= SMALL) {
      input.pos += length;
      return this.#slab.copy(input.bytes, input.pos - length, length);
    }
    const room = this.#room(input);
    if (room < 0) return decodeNow(input, length, "raw");
    const at = input.pos % alignment === 0 ? input.pos : room;
    if (at !== input.pos) input.bytes.copyWithin(at, input.pos, input.pos + length);
    return this.#keep(input, at, length, length);
  }

  takeText(input: Input, length: number, encoding: Encoding): Blob {
    if (length > this.near) {
      const blob = this.#large(input, length);
      const bytes = blob.home as Uint8Array;
      if (encoding !== "utf8") return new Blob(bytes, 0, length, encoding);
      const size = decodeLatin1(bytes, 0, length, bytes, 0);
      return new Blob(bytes, 0, checked(input, size), "raw");
    }
    input.require(length);
    const at = encoding === "utf8" ? this.#room(input) : -1;
    if (at < 0) return decodeNow(input, length, encoding);
    const size = decodeLatin1(input.bytes, input.pos, input.pos + length, input.bytes, at);
    return this.#keep(input, at, checked(input, size), length);
  }

  /** Where the next payload goes in the window; -1 when that is behind its place in the stream. */
  #room(input: Input): number {
    if (this.#window !== input.bytes) {
      this.#window = input.bytes;
      this.#kept = 0;
      this.#free = input.first;
    }
    const at = align(this.#free);
    return at <= input.pos ? at : -1;
  }

  #keep(input: Input, at: number, size: number, length: number): Blob {
    this.#free = at + size;
    this.#kept++;
    input.pos += length;
    return new Blob(input.bytes, at, size, "raw");
  }

  #large(input: Input, length: number): Blob {
    const at = input.offset;
    const fetched = input.fetchedPayload;
    if (fetched?.at !== at || fetched.bytes.byteLength !== length) throw new Need({ kind: "payload", at, length });
    input.fetchedPayload = undefined;
    input.pos += length;
    return new Blob(fetched.bytes, 0, length, "raw");
  }
}

function checked(input: Input, size: number): number {
  if (size < 0) throw input.error("corrupt", NOT_LATIN1);
  return size;
}

/** Payloads stay in the file, but for small ones: those cost less to copy than to remember. */
export class LeftPayloads implements Payloads {
  readonly near: number;
  readonly #slab = new Slab();

  constructor(near: number) {
    this.near = near;
  }

  take(input: Input, length: number, what: string): Blob {
    if (length > input.left) input.missing(length, what);
    if (length > SMALL / 2) return leave(input, length, "raw");
    input.require(length);
    input.pos += length;
    return this.#slab.copy(input.bytes, input.pos - length, length);
  }

  takeText(input: Input, length: number, encoding: Encoding): Blob {
    return length > SMALL / 2 ? leave(input, length, encoding) : decodeNow(input, length, encoding);
  }
}

function leave(input: Input, length: number, encoding: Encoding): Blob {
  const blob = new Blob(undefined, input.offset, length, encoding);
  input.pos += length;
  return blob;
}
