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
