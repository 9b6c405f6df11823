import { checkBounds } from "./bounds.js";
import type { ReadOptions, Source } from "./source.js";

/** Bytes that are read at once, and the reads that are worth it. */
const WINDOW = 1 << 19;
const SMALL = 1 << 16;
/** What a reader may leave out and still be one that goes straight on. */
const MAX_GAP = 1 << 18;
/** Reads in a row that show where a reader is going. */
const ENOUGH = 2;

/** Bytes from `start` on that were asked for. */
interface Window {
  readonly start: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * `source` for readers that fetch many small pieces one after the other, such as the arrays of a list that is copied: once
 * they are seen to go forward, what lies ahead is read with what they ask for. Other reads go to `source` as they are.
 */
export function readAhead(source: Source): Source {
  if (source.view) return source;
  const reader = new AheadReader(source);
  const { pieceSize, readNow } = source;
  return {
    byteLength: source.byteLength,
    name: source.name,
    ...(pieceSize !== undefined && { pieceSize }),
    ...(readNow && { readNow: readNow.bind(source) }),
    read: (start, end, options) => reader.read(start, end, options),
    async readInto(target, start, options) {
      if (source.readInto && target.byteLength > SMALL) await source.readInto(target, start, options);
      else target.set(await reader.read(start, start + target.byteLength, options));
    },
    close: async () => source.close?.(),
  };
}

class AheadReader {
  readonly #source: Source;
  #window: Window | undefined;
  #last = 0;
  #inRow = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  async read(start: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
    if (end - start > SMALL) return this.#source.read(start, end, options);
    checkBounds(this.#source, start, end);
    const window = this.#windowFor(start, end, options);
    if (!window) return this.#source.read(start, end, options);
    const bytes = await window.bytes;
    options.signal?.throwIfAborted();
    return bytes.subarray(start - window.start, end - window.start);
  }

  /** The window that has these bytes; undefined when they are to be read alone. */
  #windowFor(start: number, end: number, options: ReadOptions): Window | undefined {
    const goesOn = start >= this.#last && start - this.#last <= MAX_GAP;
    this.#inRow = goesOn ? this.#inRow + 1 : 0;
    this.#last = end;
    const known = this.#window;
    if (known && start >= known.start && end <= known.end) return known;
    if (this.#inRow < ENOUGH) return undefined;
    const until = Math.min(this.#source.byteLength, start + WINDOW);
    const made: Window = { start, end: until, bytes: this.#source.read(start, until, options) };
    this.#window = made;
    // A read that failed, or was aborted by one of those who wait for it, is tried again by the next.
    made.bytes.catch(() => {
      if (this.#window === made) this.#window = undefined;
    });
    return made;
  }
}
