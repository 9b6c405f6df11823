import { aborting } from "./aborting.js";
import { bodies } from "./bodies.js";
import type { BrowserCheck } from "./check.js";
import { conduct } from "./conduct.js";
import { folders } from "./folders.js";
import { inWorker } from "./in-worker.js";
import { opening } from "./opening.js";
import { reading } from "./reading.js";
import { skeletons } from "./skeletons.js";
import { writing } from "./writing.js";

/** What the page does itself, in this order. */
export const onPage: readonly BrowserCheck[] = [...opening, ...reading, ...writing, ...aborting, ...folders];

/** The names of all that is shown, to be known before a browser is there. */
export const names: readonly string[] = [...onPage, ...inWorker, ...skeletons, ...bodies, ...conduct].map(
  ({ name }) => name,
);
