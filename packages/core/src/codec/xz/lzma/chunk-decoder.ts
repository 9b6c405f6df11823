/** How the decoding of a chunk ended. Whatever it is, the window holds what could be decoded. */
export type ChunkResult = "done" | "damaged" | "cut-off";

export interface Properties {
  /** How many high bits of the byte before select the probabilities of a literal. */
  readonly lc: number;
  /** How many low bits of the position select the probabilities of a literal; `lc + lp` is at most 4. */
  readonly lp: number;
  /** How many low bits of the position select the probabilities of everything else; at most 4. */
  readonly pb: number;
}

export interface BeginOptions {
  readonly dictionaryBytes: number;
  /** Whether the CRC-64 of what is decoded will be asked for. */
  readonly crc64: boolean;
}

/**
 * What decodes the chunks of LZMA2, one by one, into a window that reaches back as far as the dictionary. It checks all that
 * a chunk holds; that chunks follow each other as they may is the caller's business.
 */
export interface ChunkDecoder {
  /** Starts a block. */
  begin(options: BeginOptions): void;
  /** Forgets the window, of which nothing may be left to take. */
  clear(): void;
  setProperties(properties: Properties): void;
  resetState(): void;
  /** Makes room for a chunk's content of `byteLength` bytes. Throws `FormatError` `limit` when there is no memory for it. */
  reserve(byteLength: number): void;
  /** Takes over content that is not compressed; at most 64 KiB. */
  append(bytes: Uint8Array): void;
  /**
   * Decodes a chunk of `inputBytes` (at most 64 KiB) to `outputBytes` (at most 2 MiB). `input` is shorter than it should be
   * when the data is cut off.
   */
  decode(input: Uint8Array, inputBytes: number, outputBytes: number): ChunkResult;
  /** What came out since the last call. Valid until the next call of any method. */
  take(): Uint8Array;
  /** CRC-64 of all that was taken since `begin`, as it is stored. */
  crc64(): Uint8Array;
  /** Bytes of memory held. */
  readonly heldBytes: number;
}

/** Bytes that a window may have before its start is forgotten: enough beyond the dictionary that this happens seldom. */
export function windowCapacity(dictionaryBytes: number): number {
  return dictionaryBytes + Math.min(Math.max(dictionaryBytes / 2, 1 << 22), 1 << 26);
}
