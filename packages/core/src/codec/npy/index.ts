import type { ContainerCodec } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { viewOrRead } from "../../source/bounds.js";
import { readThrough } from "../../source/read-through.js";
import type { ReadOptions, Source } from "../../source/source.js";
import { asArray } from "../npz/coerce.js";
import { type NpyContent, npyArray } from "./array.js";
import { isNpy, readNpyHeader } from "./header.js";
import { npyBytes } from "./write.js";

/** One read gets the header of nearly every array. */
const FIRST_READ = 4096;

/** A file that is one npy array. Its root is an {@link ArrayNode}. */
export const npyContainer: ContainerCodec = {
  kind: "npy",
  holds: "arrays",
  matches: isNpy,
  async open(source, options = {}) {
    const header = await readNpyHeader((byteLength) => headOf(source, byteLength, options), "");
    return npyArray(contentOf(source), header, { nodePath: "", ...options });
  },
  async write(sink, tree, options = {}) {
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
  },
};

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
