import type { ReadOptions } from "../../source/source.js";

export interface OrderedOptions extends ReadOptions {
  /** Calls that may be under way at once, those counted whose result waits for its turn. */
  readonly inFlight: number;
}

/**
 * The results of `fn` for 0 up to `count`, in order, several calls under way at once. `fn` gets a signal that aborts when the
 * caller stops; nothing is under way any more when this ends.
 */
export async function* mapOrdered<T>(
  count: number,
  { inFlight, signal }: OrderedOptions,
  fn: (index: number, signal: AbortSignal) => Promise<T>,
): AsyncGenerator<T, void, void> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const waiting: Promise<T>[] = [];
  try {
    for (let next = 0; next < count || waiting.length > 0; ) {
      signal?.throwIfAborted();
      while (next < count && waiting.length < inFlight) {
        const call = fn(next++, stop.signal);
        // A failure is reported when its turn comes.
        call.catch(() => undefined);
        waiting.push(call);
      }
      yield await (waiting.shift() as Promise<T>);
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop.abort();
    await Promise.allSettled(waiting);
  }
}
