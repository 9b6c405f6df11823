import { FormatError } from "../../errors.js";
import { readBriefly } from "../../source/briefly.js";
import { type Input, toSource } from "../../source/input.js";
import type { ReadOptions } from "../../source/source.js";
import { valueOfJson } from "./from-json.js";

export interface ReadJsonOptions extends ReadOptions {
  /** Bytes of the longest document that is parsed. Default: the longest that JavaScript holds as text. */
  readonly maxLoadBytes?: number | undefined;
}

/** V8 holds no longer text. */
const LONGEST = 512 * 1024 * 1024 - 24;

/**
 * A JSON document as JavaScript has it, for those who need no more: twice as fast as exact values, but `1.0` is the
 * same as 1, keys that are whole numbers come first, and ints beyond 2^53 are rounded. A byte order mark is left out.
 *
 * Throws `FormatError`: `truncated` and `corrupt` with the byte where parsing failed (NaN and Infinity are none of JSON's),
 * `limit`.
 */
export async function readJson(input: Input, options: ReadJsonOptions = {}): Promise<unknown> {
  const source = await toSource(input, options);
  const most = Math.min(options.maxLoadBytes ?? LONGEST, LONGEST);
  if (source.byteLength > most)
    throw new FormatError("limit", `a JSON document of ${source.byteLength} bytes, more than ${most}`);
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  return readBriefly(source, parsed, options);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(DECODER.decode(bytes));
  } catch (cause) {
    // It says where.
    valueOfJson(bytes, { nonFinite: "refuse" });
    throw new FormatError("corrupt", "the document is no JSON", { cause });
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true });
