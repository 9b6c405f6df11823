import { FormatError } from "../../../errors.js";
import type { Value } from "../../../value/value.js";
import type { MsgpackDecodeOptions, MsgpackLimits } from "../options.js";
import { Decoder } from "./decoder.js";
import { Scanner } from "./scanner.js";
import { cutShort, type SplitMsgpackOptions, splitMsgpack } from "./split.js";

export interface ReadMsgpackOptions extends MsgpackDecodeOptions, MsgpackLimits {
  /** Offset of the first byte, for messages. Default 0. */
  readonly baseOffset?: number | undefined;
}

export interface ReadMsgpackStreamOptions extends MsgpackDecodeOptions, SplitMsgpackOptions {}

/** One value of a stream, and where it stands. */
export interface MsgpackItem {
  readonly value: Value;
  readonly offset: number;
  readonly byteLength: number;
}

/**
 * The one value that `bytes` hold, exactly as Python's msgpack and msgpack-numpy stored it: `writeMsgpack` gives the same
 * bytes back. Lists and tuples are stored alike and become lists. Bytes and arrays are views of `bytes`.
 *
 * | stored                            | value                                                                            |
 * | --------------------------------- | -------------------------------------------------------------------------------- |
 * | int                               | number, bigint beyond 2^53 - 1                                                    |
 * | float                             | number, `Float` for whole ones, `NanFloat` for a NaN other than the usual one     |
 * | str, bin                          | string, `Uint8Array`                                                              |
 * | map                               | `Map`; the last of equal keys counts                                              |
 * | extension, -1 of them             | `ExtValue`, `Timestamp`                                                           |
 * | array, numpy scalar, complex      | `NdArray`, `NumpyScalar`, `Complex`                                               |
 *
 * Throws `FormatError` with path and offset: `truncated`; `corrupt` for bytes behind the value, text that is not UTF-8, arrays
 * with less data than their shape needs; `refused` for arrays of objects, which hold pickles; `unsupported` for other keys than
 * text and bytes and for element types without a counterpart; `limit`.
 */
export function readMsgpack(bytes: Uint8Array, options: ReadMsgpackOptions = {}): Value {
  const base = options.baseOffset ?? 0;
  const scanner = new Scanner(options);
  const end = scanner.scan(bytes, 0, base);
  if (end < 0) throw cutShort(bytes.length, scanner.missing, base + bytes.length);
  if (end < bytes.length)
    throw new FormatError("corrupt", `${bytes.length - end} bytes follow the value`, { offset: base + end });
  return new Decoder(options).decode(bytes, base);
}

/**
 * The values of a stream, one after another, each as soon as it is complete. Bytes and arrays of a value are views of the piece
 * that holds all of it, unless `memory` says otherwise. Throws what {@link readMsgpack} throws, after the values before it.
 */
export async function* readMsgpackStream(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadMsgpackStreamOptions = {},
): AsyncGenerator<MsgpackItem, void, void> {
  const decoder = new Decoder(options);
  for await (const { bytes, offset } of splitMsgpack(pieces, options)) {
    yield { value: decoder.decode(bytes, offset), offset, byteLength: bytes.byteLength };
  }
}
