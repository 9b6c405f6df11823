import type { ContainerCodec } from "../../engine/container.js";
import { isExr } from "./signature.js";

/** OpenEXR images of scan lines: the root is a group with one array (lines, columns) a channel. */
export const exr: ContainerCodec = {
  kind: "exr",
  holds: "arrays",
  matches: isExr,
  async open(source, options) {
    const { openExrTree } = await import("./container.js");
    return openExrTree(source, options);
  },
  async write(sink, tree, options) {
    const { writeExrTree } = await import("./container.js");
    return writeExrTree(sink, tree, options);
  },
};
