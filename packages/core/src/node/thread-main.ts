// What runs on each thread of `nodeThreads`.
import { parentPort } from "node:worker_threads";
import { answer } from "../threads/answer.js";
import type { Request } from "../threads/message.js";

parentPort?.on("message", (request: Request) => {
  void answer(request, {
    load: ({ module }) => import(module),
    send: (reply, transfer) => parentPort?.postMessage(reply, [...transfer]),
  });
});
