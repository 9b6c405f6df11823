import { crc32 } from "#platform";
import { littleEndian } from "./check.js";
import { vliBytes } from "./vli.js";

/** What the index at a stream's end says about one block (section 4.3 of the .xz file format). */
export interface IndexRecord {
  /** Bytes of header, data and check, without the padding between data and check. */
  readonly unpaddedBytes: number;
  readonly uncompressedBytes: number;
}

/** Bytes that a block takes in the file. */
export function paddedBytes(unpaddedBytes: number): number {
  return Math.ceil(unpaddedBytes / 4) * 4;
}

/** The least that a block may have: header, an LZMA2 end mark. */
export const LEAST_UNPADDED = 5;

/** Collects records in their stored form, so that a file of many blocks takes few bytes for each. */
export class IndexBuilder {
  #bytes = new Uint8Array(64);
  #used = 0;
  #count = 0;

  add({ unpaddedBytes, uncompressedBytes }: IndexRecord): void {
    const bytes = [...vliBytes(unpaddedBytes), ...vliBytes(uncompressedBytes)];
    if (this.#used + bytes.length > this.#bytes.byteLength) {
      const grown = new Uint8Array(2 * this.#bytes.byteLength);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** The records alone. */
  records(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  /** The whole field: indicator, number of records, records, padding, CRC-32. */
  field(): Uint8Array<ArrayBuffer> {
    const start = [0, ...vliBytes(this.#count)];
    const content = new Uint8Array(paddedBytes(start.length + this.#used));
    content.set(start);
    content.set(this.records(), start.length);
    const field = new Uint8Array(content.byteLength + 4);
    field.set(content);
    field.set(littleEndian(crc32(content)), content.byteLength);
    return field;
  }
}
