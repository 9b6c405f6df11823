import { HDF5_WORKER, paths, type Result, WORKER } from "../protocol.js";
import { bodies } from "./bodies.js";
import type { BrowserCheck } from "./check.js";
import { onPage } from "./checks.js";
import { conduct, watchConduct } from "./conduct.js";
import { inWorker } from "./in-worker.js";
import { runAll } from "./run.js";
import { skeletons } from "./skeletons.js";

function workerResults(script: string, checks: readonly BrowserCheck[]): Promise<readonly Result[]> {
  return new Promise((resolve) => {
    const worker = new Worker(script, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<readonly Result[]>) => resolve(data));
    worker.addEventListener("error", ({ message }) =>
      resolve(checks.map(({ name }) => ({ name, ok: false, detail: `the worker failed: ${message}` }))),
    );
  });
}

watchConduct();
const results = [
  ...(await runAll(onPage)),
  ...(await workerResults(WORKER, inWorker)),
  ...(await workerResults(HDF5_WORKER, [...skeletons, ...bodies])),
  ...(await runAll(conduct)),
];
await fetch(paths.results, { method: "POST", body: JSON.stringify(results) });
