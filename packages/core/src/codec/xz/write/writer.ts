import { MemorySink } from "../../../source/sink-memory.js";
import type { ReadOptions, Sink } from "../../../source/source.js";
import type { Threads } from "../../../threads/threads.js";
import { CHECK_IDS, type XzCheck } from "../container/check.js";
import { footerBytes, HEADER_BYTES, headerBytes } from "../container/flags.js";
import { IndexBuilder, type IndexRecord } from "../container/index-field.js";
import { BlockBuffer } from "./block-buffer.js";
import { type EncodedBlock, runEncodeJob } from "./block-job.js";
import { type EncoderSettings, expectWithin, settingsOf, type XzPreset, type XzTuning } from "./settings.js";

export interface XzWriteOptions extends ReadOptions {
  /** Default 6. */
  readonly preset?: XzPreset | undefined;
  /** Settings in place of those of the preset. */
  readonly tuning?: XzTuning | undefined;
  /** Default `crc64`, as xz has it. */
  readonly check?: XzCheck | undefined;
  /**
   * Bytes after which a block ends by itself. Blocks are what can be decoded alone and side by side; small ones cost size.
   * Default: three times the dictionary and at least 1 MiB, as xz does it with several threads.
   */
  readonly blockBytes?: number | undefined;
  /** Threads that encode several blocks at once. Default: everything happens on the caller's own. */
  readonly threads?: Threads | undefined;
}

export interface EndBlockOptions {
  /** `period` of {@link XzTuning} for this block alone, in place of the one that the writer was made with. */
  readonly period?: number | undefined;
}

/** What a stream became. */
export interface XzSummary {
  /** Bytes of the stream in the file; a multiple of 4. */
  readonly byteLength: number;
  readonly contentBytes: number;
  readonly blockCount: number;
}

/** The longest block that fits into the memory of WebAssembly together with the encoder's tables. */
const MOST_BLOCK_BYTES = 2 ** 30;

/**
 * Writes one .xz stream behind what the sink holds already. The sink stays the caller's: `close` ends the stream but commits
 * nothing, and neither commits nor aborts the sink. So one sink may take several streams, with zero bytes in fours between
 * them, and a file is continued by writing another stream behind its last one.
 *
 * Memory: each thread holds a block, what it becomes, and the tables of the match finder (up to 12 times the dictionary, or
 * the block if that is smaller); besides, one block more than there are threads may wait.
 */
export class XzWriter {
  readonly #sink: Pick<Sink, "append">;
  readonly #check: XzCheck;
  /** Settings of a block with a period, or with that of the tuning; `undefined` stores. */
  readonly #settings: (period?: number) => EncoderSettings | undefined;
  readonly #threads: Threads | undefined;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #buffer: BlockBuffer;
  readonly #index = new IndexBuilder();
  /** Blocks being encoded, in order. */
  readonly #pending: Promise<EncodedBlock>[] = [];
  #byteLength = 0;
  #contentBytes = 0;
  #state: "open" | "closed" | "aborted" = "open";
  /** What went wrong; whatever is called later fails for the same reason. */
  #failure: { readonly error: unknown } | undefined;
  /** One call at a time: the next one begins when the last one has ended. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Throws `RangeError` for options that cannot be. */
  constructor(sink: Pick<Sink, "append">, options: XzWriteOptions = {}) {
    const { preset = 6, check = "crc64" } = options;
    if (!(check in CHECK_IDS)) throw new RangeError(`${check} is no check`);
    this.#sink = sink;
    this.#check = check;
    const { tuning } = options;
    this.#settings = (period = tuning?.period) =>
      preset === "store" ? undefined : settingsOf(preset, { ...tuning, period });
    const usual = Math.min(MOST_BLOCK_BYTES, Math.max(2 ** 20, 3 * (this.#settings()?.dictionaryBytes ?? 0)));
    const blockBytes = options.blockBytes ?? usual;
    expectWithin("blockBytes", blockBytes, 1, MOST_BLOCK_BYTES);
    this.#buffer = new BlockBuffer(blockBytes);
    this.#threads = options.threads;
    this.#signal = options.signal;
  }

  get check(): XzCheck {
    return this.#check;
  }

  /**
   * Takes `bytes`, which the caller may reuse once this resolves. Waits while enough is under way. Rejects with what the sink
   * throws, the signal's reason, or a `FormatError` (`unsupported` without WebAssembly, `limit` without memory).
   */
  write(bytes: Uint8Array): Promise<void> {
    return this.#next(async () => {
      for (let at = 0; at < bytes.byteLength; ) {
        at += this.#buffer.put(bytes.subarray(at));
        if (this.#buffer.full) await this.#flush();
      }
    });
  }

  /** Ends the block, so that what comes next can be decoded without what was before. Without content there is no block. */
  endBlock({ period }: EndBlockOptions = {}): Promise<void> {
    return this.#next(() => this.#flush(period));
  }

  /**
   * Takes over a block of another stream as it is stored: header, data, padding and check, which is to be of this stream's
   * kind. `unpaddedBytes` and `uncompressedBytes` are what the other stream's index says of it.
   */
  copyBlock(bytes: Uint8Array, record: IndexRecord): Promise<void> {
    return this.#next(async () => {
      await this.#flush();
      while (this.#pending.length > 0) await this.#writeNext();
      await this.#begin();
      await this.#append(bytes);
      this.#index.add(record);
      this.#contentBytes += record.uncompressedBytes;
    });
  }

  /** Ends the stream: last block, index, footer. */
  close(): Promise<XzSummary> {
    return this.#next(async () => {
      await this.#flush();
      while (this.#pending.length > 0) await this.#writeNext();
      await this.#begin();
      const index = this.#index.field();
      await this.#append(index);
      await this.#append(footerBytes({ check: this.#check, indexBytes: index.byteLength }));
      this.#state = "closed";
      return { byteLength: this.#byteLength, contentBytes: this.#contentBytes, blockCount: this.#index.count };
    });
  }

  /** Gives up: nothing is under way any more when this resolves. What the sink has got is the caller's to throw away. */
  async abort(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "aborted";
    this.#stop.abort(new Error("writing was given up"));
    await this.#turn.catch(() => undefined);
    await Promise.allSettled(this.#pending);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      if (this.#failure) throw this.#failure.error;
      if (this.#state !== "open") throw new Error(`the stream is ${this.#state}`);
      try {
        this.#signal?.throwIfAborted();
        return await work();
      } catch (error) {
        this.#failure = { error };
        this.#stop.abort(error);
        await Promise.allSettled(this.#pending);
        throw error;
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Hands the buffered block over to be encoded. Waits for the oldest ones if there are too many. */
  async #flush(period?: number): Promise<void> {
    const settings = this.#settings(period);
    const bytes = this.#buffer.take();
    if (bytes.byteLength === 0) return;
    const signal = this.#signal ? AbortSignal.any([this.#signal, this.#stop.signal]) : this.#stop.signal;
    const job = runEncodeJob({ bytes, check: this.#check, settings }, { threads: this.#threads, signal });
    // A failure is reported when the block's turn comes.
    job.catch(() => undefined);
    this.#pending.push(job);
    while (this.#pending.length > (this.#threads?.count ?? 0)) await this.#writeNext();
  }

  async #writeNext(): Promise<void> {
    const { bytes, record } = await (this.#pending[0] as Promise<EncodedBlock>);
    void this.#pending.shift();
    await this.#begin();
    await this.#append(bytes);
    this.#index.add(record);
    this.#contentBytes += record.uncompressedBytes;
  }

  async #begin(): Promise<void> {
    if (this.#byteLength < HEADER_BYTES) await this.#append(headerBytes(this.#check));
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#sink.append(bytes);
    this.#byteLength += bytes.byteLength;
  }
}

/** One stream of `bytes`, in memory. Rejects as {@link XzWriter} does. */
export async function encodeXz(bytes: Uint8Array, options: XzWriteOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  const writer = new XzWriter(sink, options);
  await writer.write(bytes);
  await writer.close();
  await sink.commit();
  return sink.bytes();
}
