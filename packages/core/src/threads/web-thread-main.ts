// What runs on each thread of `webThreads`.
import { answer } from "./answer.js";
import type { Request } from "./message.js";
import { ownJob } from "./own-jobs.js";

/** The parts of a worker's global scope that are used, which the types for pages do not have. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  void answer(data, {
    load: ({ name, module }) => (ownJob(name) ?? (() => import(/* @vite-ignore */ module)))(),
    send: (reply, transfer) => scope.postMessage(reply, transfer),
  });
};
