import type { OpenContainerOptions } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { memorySource } from "../../source/memory.js";
import type { Sink, Source } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import type { WriteTree } from "../../tree/write.js";
import { JsonDocument } from "./document.js";
import { type JsonOptions, valueOfJson } from "./from-json.js";
import { writeJsonText } from "./to-json.js";
import { nodeOfOutline } from "./tree.js";

/** Shorter documents become values at once. */
const SHORT = 1 << 20;
/** Documents that are fetched once and kept, where reading them again would mean fetching them again. */
const FETCHED = 1 << 30;

/**
 * Opens a document. All of it is checked; of a long one the values are read when they are asked for, so that its length is
 * limited by nothing. Throws `FormatError`.
 */
export async function openJson(
  source: Source,
  nonFinite: JsonOptions["nonFinite"],
  options: OpenContainerOptions = {},
): Promise<Node> {
  const { byteLength } = source;
  if (byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  if (byteLength <= SHORT)
    return nodeOfValue(valueOfJson(await source.read(0, byteLength, options), { nonFinite }), options.path);
  const isNear = source.view !== undefined || source.readNow !== undefined || byteLength > FETCHED;
  const near = isNear ? source : memorySource(await source.read(0, byteLength, options), source.name);
  const document = new JsonDocument(near, { nonFinite });
  const outline = await document.outline(options);
  if (outline) return nodeOfOutline(document, outline, options.path ?? "");
  // Spaces, or a single text.
  return nodeOfValue(valueOfJson(await near.read(0, byteLength, options), { nonFinite }), options.path);
}

/** Writes a document and commits the sink; aborts it when anything fails. */
export async function writeJson(sink: Sink, tree: WriteTree): Promise<void> {
  try {
    const encoder = new TextEncoder();
    await writeJsonText(tree, (text) => sink.append(encoder.encode(text)));
    await sink.append(encoder.encode("\n"));
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
