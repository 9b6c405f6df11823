import type { ReadOptions } from "../source/source.js";

/** Work for another thread: a function that a module exports, and what it is called with. */
export interface ThreadTask {
  /** Where the module is, as `new URL("./job.js", import.meta.url)` gives it. */
  readonly module: URL;
  /** Its function: takes `input`, gives a {@link ThreadResult} or a promise of one. */
  readonly name: string;
  /** Copied to the thread by structured clone. */
  readonly input: unknown;
  /** Memory of `input` that is handed over in place of being copied; it is gone here afterwards. */
  readonly transfer?: readonly ArrayBuffer[] | undefined;
}

/** What work on a thread hands back. */
export interface ThreadResult<T = unknown> {
  readonly output: T;
  /** Memory of `output` that is handed back in place of being copied. */
  readonly transfer?: readonly ArrayBuffer[] | undefined;
}

/**
 * Threads that long work may be spread over. Node's are `nodeThreads` of `@somakit/core/node`; work that is given none
 * runs on the caller's own.
 */
export interface Threads {
  /** Tasks that run at once. More may be handed in; they wait. */
  readonly count: number;
  /** The `output` of the task. Rejects with what its function throws, a `FormatError` as one, or with the signal's reason. */
  run(task: ThreadTask, options?: ReadOptions): Promise<unknown>;
  /** Ends all threads, and with them what they are at. */
  close(): Promise<void>;
}
