/**
 * The items of all batches, one after the other. What an asynchronous generator would give, in a third of its time for items that
 * are there already.
 */
export function flat<T>(batches: AsyncGenerator<Iterable<T>, void, void>): AsyncIterableIterator<T, void, void> {
  let current: Iterator<T> | undefined;
  let waiting: Promise<unknown> | undefined;
  const advance = async (): Promise<IteratorResult<T, void>> => {
    while (true) {
      const batch = await batches.next();
      if (batch.done) return { done: true, value: undefined };
      current = batch.value[Symbol.iterator]();
      const first = current.next();
      if (!first.done) return first;
    }
  };
  const next = (): Promise<IteratorResult<T, void>> => {
    // Asked again before the last answer: items keep their order.
    if (waiting) return waiting.then(next);
    const found = current?.next();
    if (found && !found.done) return Promise.resolve(found);
    current = undefined;
    const answer = advance();
    const done = (): void => {
      waiting = undefined;
    };
    waiting = answer.then(done, done);
    return answer;
  };
  return {
    next,
    async return() {
      current = undefined;
      await batches.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
