import { allocate } from "./bounds.js";

/** What lies from `start` up to `end` of the bytes that `pieces` are together. Asks for none that it does not need. */
export async function* piecesBetween(
  pieces: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, void> {
  if (start >= end) return;
  let position = 0;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += piece.byteLength;
    if (part.byteLength > 0) yield part;
    if (position >= end) return;
  }
}

/** Fills `target` with `pieces`, which may hold less but not more. Resolves to how many bytes there were. */
export async function gatherPieces(pieces: AsyncIterable<Uint8Array>, target: Uint8Array): Promise<number> {
  let done = 0;
  for await (const piece of pieces) {
    target.set(piece, done);
    done += piece.byteLength;
  }
  return done;
}

/** The same bytes in pieces of `size`, each in memory of its own; the last one is shorter where something is left. */
export async function* piecesOfSize(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  let whole = allocate(size, "a piece");
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const part = piece.subarray(at, at + size - filled);
      whole.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < size) continue;
      yield whole;
      whole = allocate(size, "a piece");
      filled = 0;
    }
  }
  if (filled > 0) yield whole.subarray(0, filled);
}
