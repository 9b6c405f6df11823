import type { Sink, Source, WorkOptions } from "../../source/source.js";
import type { Threads } from "../../threads/threads.js";
import type { XzPreset, XzTuning } from "../xz/index.js";

export type WrapName = "none" | "gzip" | "xz";

export interface WrapReadOptions extends WorkOptions {
  /** Threads that decompress several blocks at once. */
  readonly threads?: Threads | undefined;
  /** `verified` hands out nothing of a block before its checksum has matched, where there are blocks. Default `decoded`. */
  readonly release?: "decoded" | "verified" | undefined;
  /** Number of the stream that begins there, for messages. */
  readonly firstStream?: number | undefined;
  /** Bytes to ask the source for at first, for callers that may stop soon. */
  readonly firstBytes?: number | undefined;
}

export interface WrapWriteOptions extends WorkOptions {
  readonly preset?: XzPreset | undefined;
  readonly tuning?: XzTuning | undefined;
  readonly threads?: Threads | undefined;
  /** Whether only {@link WrapWriter.endBlock} ends a block. Default: blocks end by themselves at a size that suits. */
  readonly blocks?: "given" | "usual" | undefined;
}

/** How files are compressed as a whole: as streams, one behind the other. */
export interface Wrap {
  readonly name: WrapName;
  /** Whether zero bytes in fours may stand between streams. */
  readonly hasPadding: boolean;
  /** Whether a file that begins with `head` may be compressed like this. */
  matches(head: Uint8Array): boolean;
  /**
   * What the streams from byte `start` on hold, to the end of the file, all of which is checked. The pieces are the caller's.
   * Throws `FormatError`, after all content before the damage.
   */
  pieces(source: Source, start: number, options?: WrapReadOptions): AsyncIterable<Uint8Array>;
  /** The content of all streams for random access. Throws `FormatError` where the file does not end as it should. */
  open?(source: Source, options?: WrapReadOptions): Promise<WrappedContent>;
  /**
   * Copies blocks to a stream as they are stored, beginning with the first of the stream at byte `start` of a file: so many,
   * or all. False, and nothing done, where these blocks cannot be part of that stream.
   */
  copyBlocks?(writer: WrapWriter, from: BlocksOf, options?: WorkOptions): Promise<boolean>;
  /** Begins a stream behind what the sink holds. */
  stream(sink: Pick<Sink, "append">, options?: WrapWriteOptions): Promise<WrapWriter>;
}

export interface BlocksOf {
  readonly source: Source;
  readonly start: number;
  /** All when left out. */
  readonly count?: number | undefined;
}

/** What a compressed file holds. */
export interface WrappedContent {
  readonly byteLength: number;
  /** Where in the content that of the stream begins which is at a byte of the file; undefined when none is. */
  contentOffset(start: number): number | undefined;
  /** The content from `start` on, up to the end unless told. Its pieces are the caller's. */
  pieces(start: number, end?: number, options?: WrapReadOptions): AsyncIterable<Uint8Array>;
  /** Where in the content each block begins, in order; undefined where there are no blocks. */
  readonly blocks?: {
    readonly count: number;
    start(index: number): number;
    /** The block that holds a byte of the content. */
    at(position: number): number;
  };
}

/** Writes one stream. Ends neither commit nor abort the sink. */
export interface WrapWriter {
  /** Takes `bytes`, which the caller may reuse once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Ends a block, so that what comes next can be read without what was before. Means nothing where there are no blocks.
   * `period`: bytes after which the block resembles itself, so that compressing is quicker.
   */
  endBlock(options?: { readonly period?: number | undefined }): Promise<void>;
  close(): Promise<{ readonly byteLength: number; readonly contentBytes: number }>;
  abort(): Promise<void>;
}
