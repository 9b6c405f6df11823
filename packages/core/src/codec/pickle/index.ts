export { pickle } from "./codec.js";
export { type OpenPickleOptions, openPickle } from "./open/open.js";
export type { TextMode } from "./read/machine.js";
export { type ReadPickleFromOptions, type ReadPickleOptions, readPickle, readPickleFrom } from "./read/read.js";
export { type WritePickleOptions, writePickle } from "./write/write.js";
