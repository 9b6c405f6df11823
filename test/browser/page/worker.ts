import { inWorker } from "./in-worker.js";
import { runAll } from "./run.js";

postMessage(await runAll(inWorker));
