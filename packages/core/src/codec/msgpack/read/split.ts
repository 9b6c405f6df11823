import { FormatError } from "../../../errors.js";
import type { ReadOptions } from "../../../source/source.js";
import { DEFAULT_MAX_STREAM_BYTES, type MsgpackLimits } from "../options.js";
import { Gather } from "./gather.js";
import { Scanner } from "./scanner.js";

export interface SplitMsgpackOptions extends MsgpackLimits, ReadOptions {
  /** Offset of the first byte, for messages and results. Default 0. */
  readonly baseOffset?: number | undefined;
  /**
   * `shared`: a value that lies in one piece is a view of that piece. `own`: all are copied, for pieces whose memory is used
   * again. Default `shared`.
   */
  readonly memory?: "shared" | "own" | undefined;
}

/** One value of a stream, as it is stored. */
export interface MsgpackSpan {
  readonly bytes: Uint8Array;
  /** Where in the stream it begins. */
  readonly offset: number;
}

/**
 * Splits a stream into its values, one after another, without decoding them. Values that are cut by the end of a piece are
 * put together in memory of their own.
 *
 * Throws `FormatError`, after the values that are whole: `truncated` when the stream ends inside a value, `corrupt` and
 * `limit`; and the signal's reason when aborted.
 */
export async function* splitMsgpack(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SplitMsgpackOptions = {},
): AsyncGenerator<MsgpackSpan, void, void> {
  const scanner = new Scanner({ ...options, maxBytes: options.maxBytes ?? DEFAULT_MAX_STREAM_BYTES });
  const parts = new Gather();
  let base = options.baseOffset ?? 0;
  let offset = base;
  for await (const piece of pieces) {
    options.signal?.throwIfAborted();
    let at = 0;
    while (at < piece.length) {
      const end = scanner.scan(piece, at, base);
      if (end < 0) {
        parts.append(piece.subarray(at), scanner.missing);
        break;
      }
      const isWhole = parts.isEmpty && options.memory !== "own";
      if (!isWhole) parts.append(piece.subarray(at, end), 0);
      yield { bytes: isWhole ? piece.subarray(at, end) : parts.take(), offset };
      at = end;
      offset = base + end;
    }
    base += piece.length;
  }
  if (!parts.isEmpty) throw cutShort(base - offset, scanner.missing, base);
}

/** The error for a value that ends before it is complete. */
export function cutShort(found: number, missing: number, offset: number): FormatError {
  const reason = `the value is cut short: ${found} bytes are there, at least ${missing} more are needed`;
  return new FormatError("truncated", reason, { offset });
}
