import type { Value } from "../../../value/value.js";
import type { MsgpackKeysOption } from "../options.js";
import { Encoder } from "./encoder.js";
import { Output } from "./output.js";

export interface WriteMsgpackOptions extends MsgpackKeysOption {
  /** `float32` rounds all floats to 4 bytes, as Python's `use_single_float` does. Default `float64`. */
  readonly floats?: "float64" | "float32" | undefined;
  /** Lists and maps around a value, 1000 at most. Default 511, as in Python. */
  readonly maxDepth?: number | undefined;
  /** More bytes are refused. Python's stream reader takes 104,857,600 a value. Default: as many as memory holds. */
  readonly maxBytes?: number | undefined;
}

/**
 * `value` byte for byte as Python's msgpack writes it, and msgpack-numpy what is numpy's: ints and lengths in the fewest
 * bytes, floats in 8, text as UTF-8, bytes as bin, tuples as lists, maps in their order. Whole numbers are ints up to
 * 2^53 - 1; `Float` and larger ones are floats. Plain objects are maps. Arrays are stored in C order and keep their byte
 * order; numpy's float64, text and bytes scalars become floats, text and bytes. Arrays of datetime64 and timedelta64 are
 * written too, as msgpack-numpy reads them.
 *
 * Throws `FormatError` `unwritable`, with the path: ints beyond 64 bits, lone surrogates, keys other than text and bytes
 * (unless `keys` is `any`), arrays of objects, sets, and whatever else msgpack has no form for.
 */
export function writeMsgpack(value: Value, options: WriteMsgpackOptions = {}): Uint8Array<ArrayBuffer> {
  const out = new Output(options.maxBytes ?? Number.POSITIVE_INFINITY);
  new Encoder(out, options).write(value);
  return out.join();
}
