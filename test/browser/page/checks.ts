import { aborting } from "./aborting.js";
import type { BrowserCheck } from "./check.js";
import { conduct } from "./conduct.js";
import { inWorker } from "./in-worker.js";
import { opening } from "./opening.js";
import { reading } from "./reading.js";
import { writing } from "./writing.js";

/** What the page does itself, in this order. */
export const onPage: readonly BrowserCheck[] = [...opening, ...reading, ...writing, ...aborting];

/** The names of all that is shown, to be known before a browser is there. */
export const names: readonly string[] = [...onPage, ...inWorker, ...conduct].map(({ name }) => name);
