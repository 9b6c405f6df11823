import type { ContainerCodec } from "../../engine/container.js";
import { isNpy } from "./signature.js";

/** A file that is one npy array. Its root is an `ArrayNode`. What reads and writes it is loaded when that is first done. */
export const npyContainer: ContainerCodec = {
  kind: "npy",
  holds: "arrays",
  matches: isNpy,
  async open(source, options) {
    const { openNpy } = await import("./container.js");
    return openNpy(source, options);
  },
  async write(sink, tree, options) {
    const { writeNpy } = await import("./container.js");
    return writeNpy(sink, tree, options);
  },
};
