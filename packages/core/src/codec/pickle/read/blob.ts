import { FormatError } from "../../../errors.js";
import { ByteArray } from "../../../value/value.js";
import { countLatin1, decodeLatin1 } from "../latin1.js";
import { EscapeError, unescapeBytes } from "./escapes.js";
import { Need } from "./input.js";
import type { Blob, Encoding } from "./slots.js";

export const NOT_LATIN1 = "bytes are stored as text that is not Latin-1";

/** A plain view, so that a Buffer does not leak its own methods into values. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The decoded form of `stored`: the same memory where nothing is to be decoded. Throws `FormatError` `corrupt`. */
export function decodeStored(stored: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === "raw") return stored;
  if (encoding === "utf8") {
    const size = countLatin1(stored, 0, stored.length);
    if (size < 0) throw new FormatError("corrupt", NOT_LATIN1);
    const bytes = new Uint8Array(size);
    decodeLatin1(stored, 0, stored.length, bytes, 0);
    return bytes;
  }
  try {
    return unescapeBytes(stored);
  } catch (error) {
    if (error instanceof EscapeError) throw new FormatError("corrupt", error.message);
    throw error;
  }
}

/** The bytes of a blob. Throws {@link Need} when they are in the file. */
export function blobBytes(blob: Blob): Uint8Array {
  if (blob.bytes === undefined) {
    if (!blob.home) throw new Need({ kind: "blob", blob });
    blob.bytes = decodeStored(blob.home.subarray(blob.at, blob.at + blob.length), blob.encoding);
  }
  return blob.bytes;
}

/** The bytes of a blob as a value, always the same object. */
export function blobValue(blob: Blob): Uint8Array {
  if (blob.value === undefined) {
    const bytes = blobBytes(blob);
    blob.value = blob.mutable ? new ByteArray(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength) : bytes;
  }
  return blob.value;
}

/**
 * How many bytes a blob stands for; undefined for text that is still in the file. Throws `FormatError` `corrupt` when
 * the text stands for none.
 */
export function blobSize(blob: Blob): number | undefined {
  if (blob.bytes) return blob.bytes.byteLength;
  if (blob.encoding === "raw") return blob.length;
  if (!blob.home) return undefined;
  blob.size ??= blob.encoding === "utf8" ? countText(blob.home, blob.at, blob.length) : blobBytes(blob).byteLength;
  return blob.size;
}

function countText(bytes: Uint8Array, at: number, length: number): number {
  const size = countLatin1(bytes, at, at + length);
  if (size < 0) throw new FormatError("corrupt", NOT_LATIN1);
  return size;
}
