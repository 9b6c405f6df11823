import type { Reply } from "./message.js";
import { type Thread, type ThreadEvents, ThreadPool } from "./pool.js";
import type { Threads } from "./threads.js";

export interface WebThreadsOptions {
  /** Default: as many as the machine has cores. */
  readonly count?: number | undefined;
  /**
   * Makes a worker, for applications whose bundler does not see the one that is made here: it has to run
   * `@somakit/core/web-thread`.
   */
  readonly start?: (() => Worker) | undefined;
}

/**
 * Threads of browsers: module workers, which start when there is work for them. Work of this package (blocks of .xz files)
 * is done on the caller's own thread where workers cannot start, as under a content security policy without `worker-src`.
 */
export function webThreads({
  count = globalThis.navigator?.hardwareConcurrency ?? 2,
  start = makeWorker,
}: WebThreadsOptions = {}): Threads {
  return new ThreadPool(count, (events) => startThread(start(), events));
}

function makeWorker(): Worker {
  // Written out like this, bundlers take the file along.
  return new Worker(new URL("./web-thread-main.js", import.meta.url), { type: "module" });
}

function startThread(worker: Worker, events: ThreadEvents): Thread {
  worker.onmessage = ({ data }: MessageEvent<Reply>) => events.reply(data);
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    events.ended(new Error(`a worker failed: ${event.message ?? "it could not be loaded"}`));
  };
  worker.onmessageerror = () => events.reply({ error: new Error("a worker's answer could not be read") });
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    terminate: async () => worker.terminate(),
  };
}
