import type { ContainerCodec } from "../../engine/container.js";
import { FormatError } from "../../errors.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { valueOfJson } from "./from-json.js";
import { jsonOfValue } from "./to-json.js";

/** Longest document that is parsed: V8 holds no longer text. */
const LONGEST = 512 * 1024 * 1024 - 24;

/** A JSON document: objects are dicts, numbers with a point or an exponent floats. */
export const json: ContainerCodec = {
  kind: "json",
  holds: "json",

  matches(head) {
    const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    const first = head.subarray(start).find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
    return first === 0x7b || first === 0x5b;
  },

  async open(source, options = {}) {
    if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
    if (source.byteLength > LONGEST)
      throw new FormatError("limit", `a JSON document of ${source.byteLength} bytes is too long to be parsed`);
    const bytes = await source.read(0, source.byteLength, options);
    return nodeOfValue(valueOfJson(bytes));
  },

  async write(sink, tree) {
    try {
      await sink.append(new TextEncoder().encode(`${await jsonOfValue(tree)}\n`));
      await sink.commit();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  },
};
