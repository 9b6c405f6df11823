import type { Source, WorkOptions } from "../../../source/source.js";
import { decodeStored } from "./blob.js";
import type { Input, Wanted } from "./input.js";
import type { Machine } from "./machine.js";
import { run } from "./run.js";
import type { Blob } from "./slots.js";

/** Reading starts small, for files that are small or are mostly skipped, and doubles while it goes straight on. */
const FIRST_CHUNK = 1 << 18;
const MAX_PIECE = 1 << 26;

export interface FeederOptions extends WorkOptions {
  /** How much is read at a time. */
  readonly chunk: number;
  /** How many chunks are read ahead of the parser. */
  readonly ahead: number;
  /** Whether a window still holds payloads, so that it cannot be used again. */
  readonly holds: (window: Uint8Array) => boolean;
}

/** Bytes `start` to `end` of the source, in `buffer` from the headroom on. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly buffer: Uint8Array;
  readonly done: Promise<void>;
}

/** Moves the parser's window over a source, reading ahead while the parser works. */
export class Feeder {
  readonly #source: Source;
  readonly #input: Input;
  readonly #options: FeederOptions;
  readonly #chunk: number;
  /** Free space in front of a chunk for what the parser has not finished of the one before. */
  readonly #headroom: number;
  #size: number;
  #ahead: Chunk[] = [];
  readonly #spare: Uint8Array[] = [];

  constructor(source: Source, input: Input, near: number, options: FeederOptions) {
    this.#source = source;
    this.#input = input;
    this.#options = options;
    this.#chunk = Math.max(1, Math.min(options.chunk, input.total));
    this.#headroom = Math.min(near, input.total) + 256;
    this.#size = Math.min(FIRST_CHUNK, this.#chunk);
  }

  /** The first bytes of the source, which are the first window. */
  async head(): Promise<Uint8Array> {
    if (this.#input.total > 0) await this.#moveTo(0, 1);
    const { bytes, pos, end } = this.#input;
    return bytes.subarray(pos, Math.min(end, pos + 64));
  }

  /** Runs the machine to its end. */
  async drive(machine: Machine): Promise<void> {
    for (let wanted = run(machine); wanted; wanted = run(machine)) {
      this.#options.signal?.throwIfAborted();
      await this.#serve(wanted);
    }
  }

  /** Waits for reads that nobody needs any more, so that the source can be closed. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#ahead.map((chunk) => chunk.done));
  }

  async #serve(wanted: Wanted): Promise<void> {
    switch (wanted.kind) {
      case "window":
        return this.#moveTo(this.#input.opStart, wanted.until);
      case "ahead": {
        const bytes = await this.#source.read(wanted.at, wanted.at + wanted.length, this.#options);
        this.#input.fetchedAhead = { at: wanted.at, bytes };
        return;
      }
      case "payload": {
        const bytes = await this.#payload(wanted.at, wanted.length);
        this.#input.fetchedPayload = { at: wanted.at, bytes };
        return;
      }
      case "blob":
        return this.#blob(wanted.blob);
    }
  }

  /** Makes the window reach from `from` to `until` at least. */
  async #moveTo(from: number, until: number): Promise<void> {
    const input = this.#input;
    const chunk = await this.#chunkAt(Math.max(from, input.base + input.end));
    // What was read ahead may begin before the end of a window that was stretched.
    const rest = Math.max(0, chunk.start - from);
    if (rest > this.#headroom || chunk.end < until) return this.#stretchTo(from, until, chunk);
    const old = input.bytes;
    const start = from - input.base;
    if (rest > 0) chunk.buffer.set(old.subarray(start, start + rest), this.#headroom - rest);
    const base = chunk.start - this.#headroom;
    input.move(chunk.buffer, base, chunk.end - base, from);
    this.#recycle(old);
    this.#readAhead(chunk.end);
    this.#options.onProgress?.({ stage: "read pickle", done: chunk.end, total: input.total });
  }

  /** The same for a single opcode that is larger than a chunk: a long line or text. */
  async #stretchTo(from: number, until: number, chunk: Chunk): Promise<void> {
    const input = this.#input;
    const windowEnd = input.base + input.end;
    const rest = Math.max(0, windowEnd - from);
    // Doubling keeps the search for a line's end from starting over too often.
    const end = Math.min(input.total, Math.max(until, from + 2 * (chunk.end - from)));
    const buffer = this.#allocate(end - from);
    buffer.set(input.bytes.subarray(input.end - rest, input.end));
    const read = Math.max(from, windowEnd);
    buffer.set(this.#dataOf(chunk).subarray(read - chunk.start), read - from);
    await this.#fill(buffer.subarray(chunk.end - from), chunk.end);
    this.#recycle(chunk.buffer);
    input.move(buffer, from, buffer.length, from);
    this.#readAhead(end);
  }

  #dataOf(chunk: Chunk): Uint8Array {
    return chunk.buffer.subarray(this.#headroom, this.#headroom + chunk.end - chunk.start);
  }

  /** A chunk that holds byte `position`: the next one that was read ahead, or after a jump a new one. */
  async #chunkAt(position: number): Promise<Chunk> {
    for (let next = this.#ahead.shift(); next; next = this.#ahead.shift()) {
      await next.done;
      if (next.start <= position && position < next.end) return next;
      this.#recycle(next.buffer);
    }
    if (position > 0) this.#size = Math.min(FIRST_CHUNK, this.#chunk);
    const chunk = this.#read(position);
    await chunk.done;
    return chunk;
  }

  #readAhead(end: number): void {
    // Where the parser may jump, what was read ahead is wasted: there is more of it only once it goes straight on.
    const most = this.#size < this.#chunk ? 1 : this.#options.ahead;
    for (let start = this.#ahead.at(-1)?.end ?? end; this.#ahead.length < most; ) {
      if (start >= this.#input.total) return;
      const chunk = this.#read(start);
      this.#ahead.push(chunk);
      start = chunk.end;
    }
  }

  #read(start: number): Chunk {
    const end = Math.min(this.#input.total, start + this.#size);
    this.#size = Math.min(this.#chunk, 2 * this.#size);
    const buffer = this.#spare.pop() ?? this.#allocate(this.#headroom + this.#chunk);
    const done = this.#fill(buffer.subarray(this.#headroom, this.#headroom + end - start), start);
    // Whoever needs the chunk awaits it; a failure that nobody needs is none.
    done.catch(() => undefined);
    return { start, end, buffer, done };
  }

  #recycle(buffer: Uint8Array): void {
    const isChunk = buffer.length === this.#headroom + this.#chunk;
    if (isChunk && this.#spare.length <= this.#options.ahead && !this.#options.holds(buffer)) this.#spare.push(buffer);
  }

  /** The bytes from `at` on, in memory of their own: from the window, from what was read ahead, and from the source. */
  async #payload(at: number, length: number): Promise<Uint8Array> {
    const input = this.#input;
    const target = this.#allocate(length);
    let done = Math.max(0, Math.min(length, input.base + input.end - at));
    target.set(input.bytes.subarray(at - input.base, at - input.base + done));
    while (done < length && this.#ahead[0]?.start === at + done) {
      const chunk = this.#ahead[0];
      await chunk.done;
      const part = this.#dataOf(chunk).subarray(0, length - done);
      target.set(part, done);
      done += part.length;
      if (at + done < chunk.end) return target;
      this.#ahead.shift();
      this.#recycle(chunk.buffer);
    }
    await this.#fill(target.subarray(done), at + done);
    return target;
  }

  async #blob(blob: Blob): Promise<void> {
    const stored = this.#allocate(blob.length);
    await this.#fill(stored, blob.at);
    blob.bytes = decodeStored(stored, blob.encoding);
  }

  #allocate(length: number): Uint8Array {
    try {
      return new Uint8Array(length);
    } catch (error) {
      throw this.#input.error("limit", `${length} bytes do not fit into memory`, this.#input.opStart, error);
    }
  }

  async #fill(target: Uint8Array, start: number): Promise<void> {
    await readFully(this.#source, target, start, this.#options);
  }
}

/** Fills `target` from byte `start` of the source on, in pieces that platforms can read. */
export async function readFully(
  source: Source,
  target: Uint8Array,
  start: number,
  options: WorkOptions,
): Promise<void> {
  for (let done = 0; done < target.length; done += MAX_PIECE) {
    options.signal?.throwIfAborted();
    const piece = target.subarray(done, done + MAX_PIECE);
    if (source.readInto) await source.readInto(piece, start + done, options);
    else piece.set(await source.read(start + done, start + done + piece.length, options));
  }
}
