import type { ContainerCodec } from "../../engine/container.js";
import { looksLikePickle } from "./detect.js";
import { openPickle } from "./open.js";
import { writePickleTo } from "./write.js";

export type { TextMode } from "./machine.js";
export { type OpenPickleOptions, openPickle } from "./open.js";
export { type ReadPickleFromOptions, type ReadPickleOptions, readPickle, readPickleFrom } from "./read.js";
export { type WritePickleOptions, writePickle } from "./write.js";

/** Python's pickles, protocols 0 to 5 to read and 2 to 5 to write. The root is whatever object the file holds. */
export const pickle: ContainerCodec = {
  kind: "pickle",
  holds: "values",
  matches: looksLikePickle,
  open: openPickle,
  write: writePickleTo,
};
