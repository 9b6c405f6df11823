import type { WriteContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import type { Sink } from "../../source/source.js";
import type { WriteTree } from "../../tree/write.js";
import { npyBytes } from "../npy/write.js";
import { ZipWriter } from "../zip/writer.js";
import { asArray } from "./coerce.js";
import { SUFFIX } from "./suffix.js";

/** zlib levels; `none` stores. */
const LEVELS = { none: 0, fast: 1, small: 6 } as const;

/** Writes the members of a map as the entries of an archive, and commits the sink; aborts it when anything fails. */
export async function writeNpz(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  try {
    if (!(tree instanceof Map))
      throw new FormatError("unwritable", "an archive holds named members; this is something else");
    const { signal, onProgress, protocol } = options;
    const writer = new ZipWriter(sink, { level: LEVELS[options.compression ?? "small"], signal, onProgress });
    for (const [key, member] of tree as ReadonlyMap<unknown, WriteTree>) {
      if (typeof key !== "string") throw new FormatError("unwritable", `the key ${String(key)} is no text`);
      const array = await asArray(member, { signal });
      await writer.add(key + SUFFIX, await npyBytes(array, { signal, protocol }), key);
    }
    await writer.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
