/** One member of an archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflate; others cannot be read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Where its local header begins, counted from the start of the source. */
  readonly headerOffset: number;
  /** Where the next member, or the directory, begins: its data ends before that. */
  readonly limit: number;
  /** The name's bytes, which the local header repeats. */
  readonly rawName: Uint8Array;
}

export const STORED: number = 0;
export const DEFLATE: number = 8;

export const LOCAL_HEADER: number = 0x04034b50;
export const LOCAL_HEADER_BYTES: number = 30;
export const DATA_DESCRIPTOR: number = 0x08074b50;
export const DIRECTORY_HEADER: number = 0x02014b50;
export const DIRECTORY_HEADER_BYTES: number = 46;
export const END: number = 0x06054b50;
export const END_BYTES: number = 22;
export const END64: number = 0x06064b50;
export const END64_BYTES: number = 56;
export const END64_LOCATOR: number = 0x07064b50;
export const END64_LOCATOR_BYTES: number = 20;

export const FLAG_ENCRYPTED: number = 1;
export const FLAG_DESCRIPTOR: number = 1 << 3;
export const FLAG_UTF8: number = 1 << 11;

/** Extra field that holds 64-bit sizes, and the 32-bit value that says so. */
export const ZIP64_EXTRA: number = 1;
export const IN_ZIP64: number = 0xffffffff;

/** No deflate stream expands more than this: 258 bytes for two bits. */
export const MAX_EXPANSION: number = 1032;

const METHODS: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "lzma",
  93: "zstd",
  95: "xz",
  98: "ppmd",
  99: "AES encryption",
};

/** What messages and listings call a compression method. */
export function methodName(method: number): string {
  if (method === STORED) return "stored";
  if (method === DEFLATE) return "deflate";
  return METHODS[method] ?? `method ${method}`;
}
