import type { ReadOptions } from "../../../source/source.js";
import type { Threads } from "../../../threads/threads.js";
import type { XzEngine } from "../lzma/decoders.js";

/** What may be decoded, and how. A file is taken for hostile: what it claims is believed only within these limits. */
export interface XzReadOptions extends ReadOptions {
  /** What decodes. Default `auto`: WebAssembly where it is allowed, else JavaScript. */
  readonly engine?: XzEngine | undefined;
  /**
   * The largest dictionary that is accepted, in bytes; memory is taken only as it fills. Default 1.5 GiB, which is what xz
   * makes at most.
   */
  readonly maxDictionaryBytes?: number | undefined;
  /** Bytes that may come out in all. Default: any number, as nothing is kept. */
  readonly maxOutputBytes?: number | undefined;
  /** The largest block, in bytes when decompressed, that is held in memory as a whole. Default 512 MiB. */
  readonly maxBlockBytes?: number | undefined;
  /** Threads that decode several blocks at once. Default: everything happens on the caller's own. */
  readonly threads?: Threads | undefined;
}

export interface XzLimits {
  readonly maxDictionaryBytes: number;
  readonly maxOutputBytes: number;
  readonly maxBlockBytes: number;
}

export function limitsOf(options: XzReadOptions): XzLimits {
  return {
    maxDictionaryBytes: options.maxDictionaryBytes ?? 1.5 * 2 ** 30,
    maxOutputBytes: options.maxOutputBytes ?? Number.POSITIVE_INFINITY,
    maxBlockBytes: options.maxBlockBytes ?? 2 ** 29,
  };
}

/** LZMA makes at most 7045 bytes of one: a match of 273 bytes takes 14 bits of 0.022 bits each. */
export const MOST_GROWTH = 7100;
