import type { OpenContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import type { Sink, Source } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import type { WriteTree } from "../../tree/write.js";
import { type JsonOptions, valueOfJson } from "./from-json.js";
import { jsonOfValue } from "./to-json.js";

/** Longest document that is parsed: V8 holds no longer text. */
const LONGEST = 512 * 1024 * 1024 - 24;

/** Reads a document as a whole. Throws `FormatError`. */
export async function openJson(
  source: Source,
  nonFinite: JsonOptions["nonFinite"],
  options: OpenContainerOptions = {},
): Promise<Node> {
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  if (source.byteLength > LONGEST)
    throw new FormatError("limit", `a JSON document of ${source.byteLength} bytes is too long to be parsed`);
  const bytes = await source.read(0, source.byteLength, options);
  return nodeOfValue(valueOfJson(bytes, { nonFinite }), options.path);
}

/** Writes a document and commits the sink; aborts it when anything fails. */
export async function writeJson(sink: Sink, tree: WriteTree): Promise<void> {
  try {
    await sink.append(new TextEncoder().encode(`${await jsonOfValue(tree)}\n`));
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
