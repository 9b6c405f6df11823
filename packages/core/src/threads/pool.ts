import type { ReadOptions } from "../source/source.js";
import { type Reply, type Request, revived } from "./message.js";
import type { Threads, ThreadTask } from "./threads.js";

/** A thread as the platform has it. */
export interface Thread {
  /** Throws when the input cannot be cloned. */
  post(request: Request, transfer: readonly ArrayBuffer[]): void;
  terminate(): Promise<unknown>;
  /** Called when it gets work, and when it has none any more: only work is to keep a process alive. */
  ref?(): void;
  unref?(): void;
}

export interface ThreadEvents {
  reply(reply: Reply): void;
  /** The thread is no more, or never was. */
  ended(error: unknown): void;
}

interface Waiting {
  readonly task: ThreadTask;
  /** Nobody waits any more. */
  readonly forget: () => void;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Spreads tasks over threads that `start` makes. They start when there is work for them. */
export class ThreadPool implements Threads {
  readonly count: number;
  readonly #start: (events: ThreadEvents) => Thread;
  readonly #idle: Thread[] = [];
  readonly #busy = new Map<Thread, Waiting>();
  readonly #queue: Waiting[] = [];
  #closed = false;

  /** Throws `RangeError` when `count` is no number of threads. */
  constructor(count: number, start: (events: ThreadEvents) => Thread) {
    if (!(Number.isInteger(count) && count > 0)) throw new RangeError(`${count} is no number of threads`);
    this.count = count;
    this.#start = start;
  }

  run(task: ThreadTask, { signal }: ReadOptions = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error("the threads were closed"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.#queue.indexOf(waiting);
        // What a thread is at already it brings to an end; nobody hears of it.
        if (at >= 0) this.#queue.splice(at, 1);
        reject(signal?.reason);
      };
      const forget = (): void => signal?.removeEventListener("abort", onAbort);
      const waiting: Waiting = { task, forget, resolve, reject };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new Error("the threads were closed");
    const threads = [...this.#idle.splice(0), ...this.#busy.keys()];
    for (const waiting of [...this.#queue.splice(0), ...this.#busy.values()]) {
      waiting.forget();
      waiting.reject(error);
    }
    this.#busy.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#busy.size < this.count) {
      const waiting = this.#queue.shift() as Waiting;
      let thread: Thread;
      try {
        thread = this.#idle.pop() ?? this.#make();
      } catch (error) {
        // The platform has no threads, or forbids them.
        waiting.forget();
        waiting.reject(error);
        continue;
      }
      thread.ref?.();
      this.#busy.set(thread, waiting);
      const { module, name, input, transfer = [] } = waiting.task;
      try {
        thread.post({ module: module.href, name, input }, transfer);
      } catch (error) {
        // The input cannot be cloned.
        this.#done(thread)?.reject(error);
      }
    }
  }

  #make(): Thread {
    const thread = this.#start({
      reply: (reply) => {
        const waiting = this.#done(thread);
        if ("output" in reply) waiting?.resolve(reply.output);
        else waiting?.reject(revived(reply));
        this.#next();
      },
      ended: (error) => {
        const waiting = this.#busy.get(thread);
        this.#busy.delete(thread);
        const at = this.#idle.indexOf(thread);
        if (at >= 0) this.#idle.splice(at, 1);
        waiting?.forget();
        waiting?.reject(error);
        if (!this.#closed) this.#next();
      },
    });
    return thread;
  }

  /** Takes the task from `thread`, which is ready for another one. */
  #done(thread: Thread): Waiting | undefined {
    const waiting = this.#busy.get(thread);
    waiting?.forget();
    this.#busy.delete(thread);
    thread.unref?.();
    if (!this.#closed) this.#idle.push(thread);
    return waiting;
  }
}
