import { FormatError } from "../../errors.js";
import { allocate } from "../../source/bounds.js";
import { readThrough } from "../../source/read-through.js";
import type { ReadOptions, Source } from "../../source/source.js";

/** Bytes that are taken front to back. */
export interface ByteReader {
  /** How many bytes have been taken or passed over. */
  readonly position: number;
  /** Up to `most` of the next bytes, at least one; undefined at the end. Valid until the next call. */
  some(most: number): Promise<Uint8Array | undefined>;
  /** Passes over bytes; fewer when the end comes first. */
  skip(count: number): Promise<void>;
  /** Stops whoever makes the bytes. */
  close(): Promise<void>;
}

/** The next `count` bytes as an array of their own. Throws `truncated` when there are fewer. */
export async function take(reader: ByteReader, count: number, what: string): Promise<Uint8Array> {
  const target = allocate(count, what);
  for (let done = 0; done < count; ) {
    const piece = await reader.some(count - done);
    if (!piece) throw endsIn(what, reader.position);
    target.set(piece, done);
    done += piece.byteLength;
  }
  return target;
}

export function endsIn(what: string, offset: number): FormatError {
  return new FormatError("truncated", `the archive ends in ${what}`, { offset });
}

/** Reads pieces as they come. */
export function pieceReader(pieces: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = pieces[Symbol.asyncIterator]();
  let left = new Uint8Array(0);
  let position = 0;
  const some = async (most: number): Promise<Uint8Array | undefined> => {
    while (left.byteLength === 0) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      left = value as Uint8Array<ArrayBuffer>;
    }
    const piece = left.subarray(0, most);
    left = left.subarray(piece.byteLength);
    position += piece.byteLength;
    return piece;
  };
  return {
    get position() {
      return position;
    },
    some,
    async skip(count) {
      for (let done = 0; done < count; ) {
        const piece = await some(count - done);
        if (!piece) return;
        done += piece.byteLength;
      }
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** Bytes that are read at once beyond what was asked for: headers of small entries lie close together. */
const AHEAD = 1 << 16;

/** Reads a source, and passes over what nobody wants without reading it. */
export function sourceReader(source: Source, options: ReadOptions): ByteReader {
  let position = 0;
  let reader: ByteReader | undefined;
  /** Where the bytes end that `reader` gives. */
  let end = 0;
  const open = async (): Promise<ByteReader> => {
    if (reader && position < end) return reader;
    await reader?.close();
    const start = position;
    end = Math.min(source.byteLength, start + AHEAD);
    reader = pieceReader(readThrough(source, start, end, options));
    return reader;
  };
  return {
    get position() {
      return position;
    },
    async some(most) {
      if (position >= source.byteLength) return undefined;
      const piece = await (await open()).some(most);
      position += piece?.byteLength ?? 0;
      return piece;
    },
    async skip(count) {
      const target = Math.min(source.byteLength, position + count);
      if (reader && target < end) await reader.skip(target - position);
      else end = target;
      position = target;
    },
    async close() {
      await reader?.close();
    },
  };
}
