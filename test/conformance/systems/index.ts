import type { System } from "../system.js";
import { bodycompress } from "./bodycompress.js";
import { datagenSystem } from "./datagen.js";
import { humandata } from "./humandata.js";
import { pyskl } from "./pyskl.js";
import { skelshop } from "./skelshop.js";

/** One line a system. */
export const systems: readonly System[] = [bodycompress, datagenSystem, humandata, pyskl, skelshop];
