/** One that works on one item at a time. */
export type Lane<T, R> = (item: T, index: number) => Promise<R>;

export interface InOrderOptions<R> {
  /** Whether to begin no other item, given what became of the last one that was done. */
  readonly stopAfter: (result: R) => boolean;
  readonly signal: AbortSignal;
  /** What results that wait for those before them cost, and how much of that may wait before no other item is begun. */
  readonly costOf: (result: R) => number;
  readonly mostWaiting: number;
}

/** What becomes of each item, in their order, by several lanes at once. Ends with the last item that was begun. */
export async function* inOrder<T, R>(
  items: readonly T[],
  lanes: readonly Lane<T, R>[],
  { stopAfter, signal, costOf, mostWaiting }: InOrderOptions<R>,
): AsyncGenerator<R> {
  const results: Promise<R>[] = [];
  let next = 0;
  let stopped = false;
  let waiting = 0;
  const start = (lane: Lane<T, R>): void => {
    const index = next++;
    const result = lane(items[index] as T, index);
    results[index] = result;
    result.then(
      (done) => {
        waiting += costOf(done);
        stopped ||= stopAfter(done);
        free.push(lane);
        fill();
      },
      () => {
        stopped = true;
      },
    );
  };
  const free = [...lanes];
  // With nothing under way something has to begin, however much waits.
  const fill = (): void => {
    while (next < items.length && !stopped && !signal.aborted && waiting <= mostWaiting) {
      const lane = free.shift();
      if (!lane) return;
      start(lane);
    }
  };
  fill();
  for (let index = 0; index < next; index++) {
    const result = await results[index];
    yield result as R;
    waiting -= costOf(result as R);
    fill();
  }
}
