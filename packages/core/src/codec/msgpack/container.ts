import type { ContainerCodec } from "../../engine/container.js";
import { RecordTree } from "../../engine/records/tree.js";
import { FormatError } from "../../errors.js";
import type { Node } from "../../tree/node.js";
import { none } from "../wrap/none.js";

/**
 * A stream of msgpack values, the records of a layout. The layout has to be known: it says which of them stand alone, and which
 * repeat to the end.
 */
export const msgpackStream: ContainerCodec = {
  kind: "msgpack-stream",
  holds: "values",
  wrap: none,
  isStream: true,

  /** A map that is not empty: an empty one begins as pickles do. */
  matches: ([first = 0]) => (first > 0x80 && first < 0x90) || first === 0xde || first === 0xdf,

  async open(source, { records, wrap = none, threads, maxLoadBytes, signal } = {}): Promise<Node> {
    if (!records) throw new FormatError("unsupported", "which records the stream holds is for a schema to say");
    const { RecordStream } = await import("../../engine/records/stream.js");
    return new RecordTree(
      await RecordStream.open(source, wrap, records, { threads, signal, maxRecordBytes: maxLoadBytes }),
    );
  },

  async write(sink) {
    await sink.abort();
    throw new FormatError("unwritable", "which records the stream holds is for a schema to say");
  },
};
