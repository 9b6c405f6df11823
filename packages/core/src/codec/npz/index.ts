import type { ContainerCodec } from "../../engine/container.js";

/** The signatures of a zip archive with entries and of an empty one. */
const SIGNATURES = [0x04034b50, 0x06054b50];

/**
 * numpy's archives of arrays. The root is a group with one member an entry; what is no array is bytes. What reads and writes
 * them is loaded when that is first done.
 */
export const npz: ContainerCodec = {
  kind: "npz",
  holds: "arrays",
  matches(head) {
    if (head.byteLength < 4) return false;
    return SIGNATURES.includes(new DataView(head.buffer, head.byteOffset).getUint32(0, true));
  },
  async open(source, options) {
    const { openNpz } = await import("./open.js");
    return openNpz(source, options);
  },
  async write(sink, tree, options) {
    const { writeNpz } = await import("./write.js");
    return writeNpz(sink, tree, options);
  },
};
