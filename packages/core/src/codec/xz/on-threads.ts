import { isFormatError } from "../../errors.js";
import type { ReadOptions } from "../../source/source.js";
import type { ThreadResult, Threads, ThreadTask } from "../../threads/threads.js";

export interface OnThreadsOptions extends ReadOptions {
  readonly threads?: Threads | undefined;
}

/** Threads that could not load a job: they are not asked again. */
const unable = new WeakSet<Threads>();

/** The output of `task` from one of `threads`; of `here`, the same on this thread, if there are none or if they cannot. */
export async function onThreads<T>(
  task: ThreadTask,
  here: () => Promise<ThreadResult<T>>,
  { threads, signal }: OnThreadsOptions,
): Promise<T> {
  if (threads && !unable.has(threads)) {
    try {
      return (await threads.run(task, { signal })) as T;
    } catch (error) {
      signal?.throwIfAborted();
      if (isFormatError(error)) throw error;
      // A bundler that moved the module, a policy that forbids workers: slower, but no less right.
      unable.add(threads);
    }
  }
  return (await here()).output;
}
