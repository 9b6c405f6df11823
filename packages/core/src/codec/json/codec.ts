import type { ContainerCodec } from "../../engine/container.js";
import type { JsonOptions } from "./from-json.js";

/** A JSON document: objects are dicts, numbers with a point or an exponent floats. NaN and infinities are read as Python's. */
export const json: ContainerCodec = jsonCodec({ nonFinite: "read" });

/** JSON as its standard has it: NaN and infinities are `corrupt`. */
export const strictJson: ContainerCodec = jsonCodec({ nonFinite: "refuse" });

function jsonCodec({ nonFinite }: JsonOptions): ContainerCodec {
  return {
    kind: "json",
    holds: "json",

    matches(head) {
      const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
      const first = head
        .subarray(start)
        .find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
      return first === 0x7b || first === 0x5b;
    },

    async open(source, options) {
      const { openJson } = await import("./container.js");
      return openJson(source, nonFinite, options);
    },

    async write(sink, tree) {
      const { writeJson } = await import("./container.js");
      return writeJson(sink, tree);
    },
  };
}
