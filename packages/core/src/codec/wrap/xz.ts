import { beginsLikeMagic } from "../xz/container/flags.js";
import type { Wrap } from "./wrap.js";

/** .xz: streams of blocks, each of which can be read alone. What decodes and encodes them is loaded for the first file. */
export const xz: Wrap = {
  name: "xz",
  hasPadding: true,
  matches: beginsLikeMagic,
  async *pieces(source, start, options = {}) {
    const { xzPieces } = await import("./xz-streams.js");
    yield* xzPieces(source, start, options);
  },
  async open(source, options = {}) {
    const { openXzContent } = await import("./xz-streams.js");
    return openXzContent(source, options);
  },
  async copyBlocks(writer, from, options = {}) {
    const { copyXzBlocks } = await import("./xz-streams.js");
    return copyXzBlocks(writer, from, options);
  },
  async stream(sink, options = {}) {
    const { xzStream } = await import("./xz-streams.js");
    return xzStream(sink, options);
  },
};
