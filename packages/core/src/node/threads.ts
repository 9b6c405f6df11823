import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Reply } from "../threads/message.js";
import { type Thread, type ThreadEvents, ThreadPool } from "../threads/pool.js";
import type { Threads } from "../threads/threads.js";

export interface NodeThreadsOptions {
  /** Default: as many as the process may use cores. */
  readonly count?: number | undefined;
}

/** Threads of Node. They start when there is work for them, and keep the process alive only while they are at it. */
export function nodeThreads({ count = availableParallelism() }: NodeThreadsOptions = {}): Threads {
  return new ThreadPool(count, startThread);
}

function startThread(events: ThreadEvents): Thread {
  const worker = new Worker(new URL("./thread-main.js", import.meta.url));
  let failed: unknown;
  worker.on("message", (reply: Reply) => events.reply(reply));
  worker.on("error", (error) => {
    failed = error;
  });
  worker.on("exit", (code) => events.ended(failed ?? new Error(`a thread ended with ${code}`)));
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    terminate: () => worker.terminate(),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}
