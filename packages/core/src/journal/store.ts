import type { ReadOptions } from "../source/source.js";

/**
 * Bytes that are appended to and read back, and that outlive the process where they are kept in a file: what a
 * `Journal` needs. One writer at a time.
 */
export interface JournalStore {
  /** What messages call it. */
  readonly name: string;
  /** Bytes in it now. */
  readonly byteLength: number;
  /** The bytes from `start` up to `end`. */
  read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
  /** Resolves when the caller may reuse `bytes`. */
  append(bytes: Uint8Array): Promise<void>;
  /** Drops everything from `byteLength` on. */
  truncate(byteLength: number): Promise<void>;
  close(): Promise<void>;
  /** Closes it and throws its content away. */
  remove(): Promise<void>;
}
