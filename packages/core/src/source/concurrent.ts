export interface ConcurrentOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * `items.map(fn)` with at most `limit` calls under way. Results keep the order of the items. `fn` gets a signal that
 * also aborts when another call fails; the first failure is thrown once all calls under way have ended, so that nobody
 * uses a source after its reader has given up.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  fn: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  options: ConcurrentOptions = {},
): Promise<R[]> {
  const { signal } = options;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });

  const results = new Array<R>(items.length);
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < items.length && !stop.signal.aborted) {
      const index = next++;
      try {
        results[index] = await fn(items[index] as T, index, stop.signal);
      } catch (error) {
        // Only the first reason counts: what other calls throw because of it says nothing new.
        stop.abort(error);
      }
    }
  };
  const workers = Math.max(1, Math.min(Math.floor(limit), items.length));
  await Promise.all(Array.from({ length: workers }, run));
  signal?.removeEventListener("abort", onAbort);
  stop.signal.throwIfAborted();
  return results;
}
