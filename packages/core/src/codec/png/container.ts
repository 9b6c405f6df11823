import type { OpenContainerOptions, WriteContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { dtype } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { Sink, Source } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { isArrayNode } from "../../tree/settle.js";
import type { WriteTree } from "../../tree/write.js";
import { shapeOf } from "./model.js";
import { readPng, readPngHeader } from "./read.js";
import { writePng } from "./write.js";

/** zlib's level, where there is no way to leave it out. */
const LEVELS = { none: 1, fast: 1, small: 9 } as const;

/** Opens an image: reads its header. Throws `FormatError`. */
export async function openPngTree(source: Source, options: OpenContainerOptions = {}): Promise<Node> {
  const header = await readPngHeader(source, options);
  const { maxLoadBytes } = options;
  return {
    kind: "array",
    path: "",
    type: dtype(header.bitDepth === 16 ? "uint16" : "uint8"),
    shape: shapeOf(header),
    order: "C",
    load: async (work = {}) => {
      const { array } = await readPng(source, { signal: work.signal, maxLoadBytes });
      return array as unknown as NdArray;
    },
  };
}

/** Writes an array of samples and commits the sink; aborts it when anything fails. */
export async function writePngTree(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  const { compression = "small", signal } = options;
  await writePng(sink, await arrayOf(sink, tree, options), { signal, level: LEVELS[compression] });
}

/** The array to be written; aborts the sink when there is none. */
async function arrayOf(sink: Sink, tree: WriteTree, { signal }: WriteContainerOptions): Promise<NdArray> {
  try {
    const array = isArrayNode(tree) ? await tree.load({ signal }) : tree;
    if (array instanceof NdArray) return array;
    throw new FormatError("unwritable", "an image is an array; this is none");
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
