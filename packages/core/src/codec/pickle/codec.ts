import type { ContainerCodec } from "../../engine/container.js";
import { looksLikePickle } from "./read/detect.js";

/**
 * Python's pickles, protocols 0 to 5 to read and 2 to 5 to write. The root is whatever object the file holds. What reads and
 * writes them is loaded when that is first done.
 */
export const pickle: ContainerCodec = {
  kind: "pickle",
  holds: "values",
  matches: looksLikePickle,
  async open(source, options) {
    const { openPickle } = await import("./open/open.js");
    return openPickle(source, options);
  },
  async write(sink, tree, options) {
    const { writePickleTo } = await import("./write/write.js");
    return writePickleTo(sink, tree, options);
  },
};
