import { paths, type Result, WORKER } from "../protocol.js";
import { onPage } from "./checks.js";
import { conduct, watchConduct } from "./conduct.js";
import { inWorker } from "./in-worker.js";
import { runAll } from "./run.js";

function workerResults(): Promise<readonly Result[]> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<readonly Result[]>) => resolve(data));
    worker.addEventListener("error", ({ message }) =>
      resolve(inWorker.map(({ name }) => ({ name, ok: false, detail: `the worker failed: ${message}` }))),
    );
  });
}

watchConduct();
const results = [...(await runAll(onPage)), ...(await workerResults()), ...(await runAll(conduct))];
await fetch(paths.results, { method: "POST", body: JSON.stringify(results) });
