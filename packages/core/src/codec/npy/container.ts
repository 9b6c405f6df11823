import type { OpenContainerOptions, WriteContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { viewOrRead } from "../../source/bounds.js";
import { readThrough } from "../../source/read-through.js";
import type { ReadOptions, Sink, Source } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import type { WriteTree } from "../../tree/write.js";
import { asArray } from "../npz/coerce.js";
import { type NpyContent, npyArray } from "./array.js";
import { readNpyHeader } from "./header.js";
import { npyBytes } from "./write.js";

/** One read gets the header of nearly every array. */
const FIRST_READ = 4096;

/** Opens a file that is one array: reads its header. Throws `FormatError`. */
export async function openNpy(source: Source, options: OpenContainerOptions = {}): Promise<ArrayNode> {
  const header = await readNpyHeader((byteLength) => headOf(source, byteLength, options), "");
  return npyArray(contentOf(source), header, { nodePath: "", ...options });
}

/** Writes one array, or what becomes one, and commits the sink; aborts it when anything fails. */
export async function writeNpy(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  try {
    const { pieces } = await npyBytes(await asArray(tree, options), options);
    for await (const piece of pieces) {
      options.signal?.throwIfAborted();
      await sink.append(piece);
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function headOf(source: Source, byteLength: number, options: ReadOptions): Promise<Uint8Array> {
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  return viewOrRead(source, 0, Math.min(source.byteLength, Math.max(byteLength, FIRST_READ)), options);
}

function contentOf(source: Source): NpyContent {
  const { byteLength } = source;
  return {
    path: "",
    byteLength,
    async bytes(options) {
      return viewOrRead(source, 0, byteLength, options);
    },
    chunks: (options) => readThrough(source, 0, byteLength, options),
    part: (start, end, options) => readThrough(source, start, end, options),
    range: async (start, end, options) => viewOrRead(source, start, end, options),
  };
}
