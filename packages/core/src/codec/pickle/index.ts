import type { ContainerCodec } from "../../engine/container.js";
import { openPickle } from "./open/open.js";
import { looksLikePickle } from "./read/detect.js";
import { writePickleTo } from "./write/write.js";

export { type OpenPickleOptions, openPickle } from "./open/open.js";
export type { TextMode } from "./read/machine.js";
export { type ReadPickleFromOptions, type ReadPickleOptions, readPickle, readPickleFrom } from "./read/read.js";
export { type WritePickleOptions, writePickle } from "./write/write.js";

/** Python's pickles, protocols 0 to 5 to read and 2 to 5 to write. The root is whatever object the file holds. */
export const pickle: ContainerCodec = {
  kind: "pickle",
  holds: "values",
  matches: looksLikePickle,
  open: openPickle,
  write: writePickleTo,
};
