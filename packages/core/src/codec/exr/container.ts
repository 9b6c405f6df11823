import type { OpenContainerOptions, WriteContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { dtype } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { Sink, Source } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";
import { isArrayNode } from "../../tree/settle.js";
import type { WriteTree } from "../../tree/write.js";
import { memberPath } from "../../value/path.js";
import { type ExrFile, openExr } from "./file.js";
import { columnsOf, linesOf } from "./geometry.js";
import type { ExrPlane } from "./model.js";
import { writeExr } from "./write.js";

/** zlib's level, where there is a compression. */
const LEVELS = { fast: 1, small: 9 } as const;

/** Opens an image: reads its header. Throws `FormatError`. */
export async function openExrTree(source: Source, options: OpenContainerOptions = {}): Promise<Node> {
  return groupOf(await openExr(source, options));
}

function groupOf(file: ExrFile): GroupNode {
  const nodes = new Map(file.channelNames.map((name) => [name, nodeOf(file, name)]));
  return {
    kind: "group",
    path: "",
    keys: file.channelNames,
    child: async (key) => nodes.get(key),
    loadArrays: async (keys, options) =>
      (await file.read({ ...options, channels: keys })) as unknown as ReadonlyMap<string, NdArray>,
  };
}

function nodeOf(file: ExrFile, name: string): ArrayNode {
  const { dataWindow } = file.header;
  const channel = file.channel(name);
  const shape = [linesOf(channel, dataWindow.yMin, dataWindow.yMax), columnsOf(channel, dataWindow)];
  const node = { kind: "array", path: memberPath("", name), type: dtype(channel.dtype), shape, order: "C" } as const;
  const load: ArrayNode["load"] = async (options) => planeOf(name, await file.read({ ...options, channels: [name] }));
  // Rows of a channel that is not sampled in every line are not those of the image.
  if (channel.sampling[1] !== 1) return { ...node, load };
  return {
    ...node,
    load,
    rows: async (start, stop, options) =>
      planeOf(name, await file.read({ ...options, channels: [name], rows: [start, stop] })),
  };
}

function planeOf(name: string, planes: ReadonlyMap<string, ExrPlane>): NdArray {
  return planes.get(name) as unknown as NdArray;
}

/** Writes a map of channels and commits the sink; aborts it when anything fails. */
export async function writeExrTree(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  const { compression = "small", signal, onProgress } = options;
  const channels = new Map<string, NdArray>();
  try {
    if (!(tree instanceof Map)) throw new FormatError("unwritable", "an image holds named channels; this is none");
    for (const [name, member] of tree as ReadonlyMap<unknown, WriteTree>) {
      const array = isArrayNode(member) ? await member.load({ signal }) : member;
      if (typeof name !== "string" || !(array instanceof NdArray))
        throw new FormatError("unwritable", "a channel is an array", { path: String(name) });
      channels.set(name, array);
    }
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await writeExr(sink, channels, {
    signal,
    onProgress,
    ...(compression === "none" ? { compression } : { compression: "zip", level: LEVELS[compression] }),
  });
}
