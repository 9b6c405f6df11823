export interface BlockOptions {
  /** Compresses one block; the results are joined in order, and only the `last` one ends the stream. */
  readonly compress: (block: Uint8Array, last: boolean) => Promise<Uint8Array>;
  /** Blocks that may be under way at once. */
  readonly inFlight: number;
  readonly signal?: AbortSignal | undefined;
}

/** Blocks are compressed on their own; being this large, they lose hardly any compression by it. */
const BLOCK = 1 << 20;

/** Compresses `pieces` in blocks, several at once. Holds a few blocks, never all. */
export async function* compressInBlocks(
  pieces: AsyncIterable<Uint8Array>,
  options: BlockOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const spare: Uint8Array[] = [];
  const waiting: Promise<Uint8Array>[] = [];
  try {
    for await (const { block, last } of blocks(pieces, spare)) {
      options.signal?.throwIfAborted();
      const job = options.compress(block, last);
      // A failure is reported where its block is waited for.
      job.then(
        () => spare.push(block),
        () => undefined,
      );
      waiting.push(job);
      if (waiting.length >= options.inFlight) yield await (waiting.shift() as Promise<Uint8Array>);
    }
    while (waiting.length > 0) {
      options.signal?.throwIfAborted();
      yield await (waiting.shift() as Promise<Uint8Array>);
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}

/** Cuts pieces of any size into blocks, in memory of `spare` where there is some. One empty block if there is nothing. */
async function* blocks(
  pieces: AsyncIterable<Uint8Array>,
  spare: Uint8Array[],
): AsyncGenerator<{ readonly block: Uint8Array; readonly last: boolean }, void, void> {
  let block = new Uint8Array(BLOCK);
  let used = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      if (used === BLOCK) {
        yield { block, last: false };
        const memory = spare.pop();
        block = memory?.byteLength === BLOCK ? (memory as Uint8Array<ArrayBuffer>) : new Uint8Array(BLOCK);
        used = 0;
      }
      const part = piece.subarray(at, at + BLOCK - used);
      block.set(part, used);
      used += part.byteLength;
      at += part.byteLength;
    }
  }
  yield { block: block.subarray(0, used), last: true };
}
