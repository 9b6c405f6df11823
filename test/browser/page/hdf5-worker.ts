import { bodies } from "./bodies.js";
import { runAll } from "./run.js";
import { skeletons } from "./skeletons.js";

postMessage(await runAll([...skeletons, ...bodies]));
