import type { ContainerCodec } from "../../engine/container.js";
import { isPng } from "./signature.js";

/** A file that is one PNG image. Its root is an array of samples; see `PngImage`. */
export const png: ContainerCodec = {
  kind: "png",
  holds: "arrays",
  matches: isPng,
  async open(source, options) {
    const { openPngTree } = await import("./container.js");
    return openPngTree(source, options);
  },
  async write(sink, tree, options) {
    const { writePngTree } = await import("./container.js");
    return writePngTree(sink, tree, options);
  },
};
