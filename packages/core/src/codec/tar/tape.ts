import type { ReadOptions } from "../../source/source.js";
import { type ByteReader, pieceReader, take } from "./bytes.js";

/** A content that lies somewhere in what a compressed archive unpacks to. */
export interface TapeEntry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

export interface TapeOptions {
  /** What the archive unpacks to, from its beginning. */
  readonly unpack: () => AsyncIterable<Uint8Array>;
  /** Contents in stored order. */
  readonly entries: readonly TapeEntry[];
  /** Bytes of contents that are kept, those used or passed last. */
  readonly maxBytes: number;
}

/** Bytes that somebody waits for. */
interface Wanted {
  readonly entry: TapeEntry;
  readonly start: number;
  readonly end: number;
  readonly promise: Promise<Uint8Array>;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
  /** How many wait. Nobody may, when all have stopped waiting. */
  waiting: number;
}

/**
 * Contents of an archive that cannot be entered in the middle. It is unpacked once from front to back as long as contents are asked for
 * in stored order, or nearly: what is passed shortly before is kept for a while. Going further back means unpacking from the beginning.
 * Of several contents that are asked for, the next on the way comes first.
 */
export class Tape {
  readonly #options: TapeOptions;
  readonly #wanted = new Map<string, Wanted>();
  /** Whole contents by their offset, in the order of their last use. */
  readonly #kept = new Map<number, Uint8Array>();
  #keptBytes = 0;
  #reader: ByteReader | undefined;
  /** The first entry whose content the reader has not come to. */
  #next = 0;
  #running: Promise<void> | undefined;

  constructor(options: TapeOptions) {
    this.#options = options;
  }

  /** Bytes of a content. Kept whole where it is not too large. Throws what unpacking throws. */
  async read(entry: TapeEntry, start: number, end: number, { signal }: ReadOptions = {}): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const kept = this.#keptOf(entry);
    if (kept) return kept.subarray(start, end);
    if (!this.#isKeepable(entry)) return this.#wait(entry, start, end, signal);
    return (await this.#wait(entry, 0, entry.size, signal)).subarray(start, end);
  }

  /** Stops unpacking. What is asked for afterwards unpacks from the beginning. */
  async close(): Promise<void> {
    await this.#running;
    await this.#rewind();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  /** Half of what may be kept: another content has to fit beside it. */
  #isKeepable({ size }: TapeEntry): boolean {
    return 2 * size <= this.#options.maxBytes;
  }

  async #wait(entry: TapeEntry, from: number, to: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const [start, end] = [entry.offset + from, entry.offset + to];
    const key = `${start}-${end}`;
    const wanted = this.#wanted.get(key) ?? newWanted(entry, start, end);
    this.#wanted.set(key, wanted);
    wanted.waiting++;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    try {
      return await orAborted(wanted.promise, signal);
    } finally {
      wanted.waiting--;
    }
  }

  async #run(): Promise<void> {
    // Those who ask at the same time are to be served on one way.
    await undefined;
    for (let wanted = this.#nearest(); wanted; wanted = this.#nearest()) {
      try {
        await this.#serve(wanted);
      } catch (error) {
        this.#settle(wanted, (one) => one.reject(error));
        await this.#rewind();
      }
    }
  }

  /** What comes first on the way, or behind the beginning. Drops what nobody waits for. */
  #nearest(): Wanted | undefined {
    const position = this.#reader?.position ?? 0;
    let ahead: Wanted | undefined;
    let first: Wanted | undefined;
    for (const [key, wanted] of this.#wanted) {
      if (wanted.waiting === 0) this.#wanted.delete(key);
      else {
        if (!first || wanted.start < first.start) first = wanted;
        if (wanted.start >= position && (!ahead || wanted.start < ahead.start)) ahead = wanted;
      }
    }
    return ahead ?? first;
  }

  async #serve(wanted: Wanted): Promise<void> {
    if (this.#reader && this.#reader.position > wanted.start) await this.#rewind();
    this.#reader ??= pieceReader(this.#options.unpack());
    const reader = this.#reader;
    const { entries, maxBytes } = this.#options;
    for (let entry = entries[this.#next]; entry && entry.offset < wanted.start; entry = entries[++this.#next]) {
      if (wanted.waiting === 0) return;
      await reader.skip(entry.offset - reader.position);
      const isNear = wanted.start - entry.offset <= maxBytes / 2;
      if (isNear && this.#isKeepable(entry) && entry.offset === reader.position && !this.#kept.has(entry.offset))
        await this.#pass(reader, entry);
    }
    const isWhole = wanted.end - wanted.start === wanted.entry.size && this.#isKeepable(wanted.entry);
    if (isWhole) await this.#pass(reader, wanted.entry);
    else {
      await reader.skip(wanted.start - reader.position);
      const bytes = await take(reader, wanted.end - wanted.start, `the content of ${wanted.entry.name}`);
      this.#settle(wanted, (one) => one.resolve(bytes));
    }
  }

  /** Reads a whole content, keeps it, and hands it to those who wait for it. */
  async #pass(reader: ByteReader, entry: TapeEntry): Promise<void> {
    await reader.skip(entry.offset - reader.position);
    const bytes = await take(reader, entry.size, `the content of ${entry.name}`);
    this.#keep(entry, bytes);
    const wanted = this.#wanted.get(`${entry.offset}-${entry.offset + entry.size}`);
    if (wanted) this.#settle(wanted, (one) => one.resolve(bytes));
  }

  #settle(wanted: Wanted, end: (one: Wanted) => void): void {
    this.#wanted.delete(`${wanted.start}-${wanted.end}`);
    end(wanted);
  }

  #keptOf({ offset }: TapeEntry): Uint8Array | undefined {
    const bytes = this.#kept.get(offset);
    if (!bytes) return undefined;
    this.#kept.delete(offset);
    this.#kept.set(offset, bytes);
    return bytes;
  }

  #keep({ offset, size }: TapeEntry, bytes: Uint8Array): void {
    this.#kept.set(offset, bytes);
    this.#keptBytes += size;
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#keptBytes <= this.#options.maxBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= byteLength;
    }
  }

  async #rewind(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#next = 0;
    await reader?.close();
  }
}

function newWanted(entry: TapeEntry, start: number, end: number): Wanted {
  let resolve: Wanted["resolve"] = () => undefined;
  let reject: Wanted["reject"] = () => undefined;
  const promise = new Promise<Uint8Array>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  // Those who wait see it; there may be none any more.
  promise.catch(() => undefined);
  return { entry, start, end, promise, resolve, reject, waiting: 0 };
}

/** What a promise gives, unless the signal comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
