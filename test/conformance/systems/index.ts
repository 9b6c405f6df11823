import type { System } from "../system.js";
import { humandata } from "./humandata.js";
import { pyskl } from "./pyskl.js";

/** One line a system. */
export const systems: readonly System[] = [humandata, pyskl];
