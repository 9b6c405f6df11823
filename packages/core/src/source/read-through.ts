import { viewOrRead } from "./bounds.js";
import type { ReadOptions, Source } from "./source.js";

const PIECE = 1 << 20;

/** Bytes to ask for at once when reading through `source`. */
export function pieceSizeOf(source: Source): number {
  return source.pieceSize ?? PIECE;
}

export interface ReadThroughOptions extends ReadOptions {
  /** Bytes of the first piece, for callers that may stop soon. Each further one is twice as long, up to the usual. */
  readonly first?: number | undefined;
}

/** The bytes from `start` to `end` in pieces; while the caller works on one, the next is being read. */
export async function* readThrough(
  source: Source,
  start: number,
  end: number,
  options: ReadThroughOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  const usual = pieceSizeOf(source);
  let size = Math.min(usual, options.first ?? usual);
  const read = async (at: number): Promise<Uint8Array> => viewOrRead(source, at, Math.min(end, at + size), options);
  let next = start < end ? read(start) : undefined;
  try {
    for (let at = start; next; ) {
      const piece = await next;
      at += size;
      size = Math.min(usual, 2 * size);
      next = at < end ? read(at) : undefined;
      // A failure is reported when its piece is asked for.
      next?.catch(() => undefined);
      yield piece;
    }
  } finally {
    // Nobody is to use the source after the caller has stopped.
    await Promise.allSettled([next]);
  }
}
