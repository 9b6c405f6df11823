/**
 * What the engine needs and each platform does in its own way. Code imports it as `#platform`, which is `node.ts` under
 * the `node` export condition and `browser.ts` elsewhere; both export exactly these.
 */
export interface Platform {
  /**
   * Decompresses raw deflate data of known size. `input` is read piece by piece, at the pace of the decompression.
   * Rejects with `FormatError`: `corrupt` for invalid data, `truncated` when it ends early, `limit` as soon as it gives
   * more than `size` bytes. Runs on a thread of its own where the platform has them.
   */
  inflateRaw(input: AsyncIterable<Uint8Array>, size: number, options?: InflateOptions): Promise<Uint8Array>;
  /**
   * The same in pieces; a piece is valid until the next one is asked for. A caller that has enough may stop at any piece:
   * then nothing more is read or inflated, the input is closed and what the inflater held is freed, without an error.
   */
  inflateRawChunks(input: AsyncIterable<Uint8Array>, size: number, options?: InflateOptions): AsyncIterable<Uint8Array>;
  /** Decompresses the beginning of raw deflate data as far as `start` goes. Rejects with `FormatError` `corrupt`. */
  inflateRawStart(start: Uint8Array): Promise<Uint8Array>;
  /**
   * Decompresses gzip data of unknown size, all members of it, and compares their checksums. A piece is valid until the
   * next one is asked for; a caller that has enough may stop at any piece. Rejects with `FormatError`: `not-this-format`
   * where the data is no gzip, `truncated`, `corrupt`, `checksum`.
   */
  gunzip(input: AsyncIterable<Uint8Array>, options?: GunzipOptions): AsyncIterable<Uint8Array>;
  /**
   * Compresses to raw deflate data. Reads no further ahead than it must to keep all threads busy; a piece of `input` need
   * only be valid until the next one is asked for. `level` is zlib's, 1 to 9; platforms that have but one take that.
   */
  deflateRaw(input: AsyncIterable<Uint8Array>, options: DeflateOptions): AsyncIterable<Uint8Array>;
  /**
   * Decompresses zlib data (RFC 1950) that is in memory already and holds exactly `size` bytes, for blocks of a few
   * megabytes. Rejects as `inflateRaw` does, and with `checksum` or `corrupt` when its Adler-32 does not fit.
   */
  inflateZlib(input: Uint8Array, size: number): Promise<Uint8Array>;
  /** Compresses a block to zlib data. `level` is zlib's, 1 to 9; platforms that have but one take that. */
  deflateZlib(input: Uint8Array, level: number): Promise<Uint8Array>;
  /** CRC-32 as zip and gzip use it, continued from `previous`. */
  crc32(bytes: Uint8Array, previous?: number): number;
  /** Incremental SHA-256. */
  sha256(): Sha256;
  /**
   * A file of an installed package, such as `some-package/data/file.bin`; undefined when that is not installed, and where
   * packages are bundled and not installed.
   */
  optionalFile(name: string): Promise<Uint8Array | undefined>;
  /** How many blocks are worth compressing or decompressing at once. */
  readonly threads: number;
}

export interface InflateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Sees each piece of the result in order, while the next one is being made. For checksums and progress. */
  readonly onPiece?: ((piece: Uint8Array) => void) | undefined;
  /**
   * Whether the caller is likely to stop early: `lazy` takes in the next piece of input only when those before are used
   * up; `eager` (the default) has one at hand.
   */
  readonly feed?: "eager" | "lazy" | undefined;
}

export interface GunzipOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface DeflateOptions {
  readonly level: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal digits. */
  hex(): string;
}
