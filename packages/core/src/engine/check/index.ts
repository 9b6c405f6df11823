/** What a file breaks of its layout. */

export { type CheckOptions, checkFile } from "./check.js";
export { rangeRows } from "./ranges.js";
export type { LabelNames } from "./state.js";
