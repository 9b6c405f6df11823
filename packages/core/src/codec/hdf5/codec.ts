import type { ContainerCodec } from "../../engine/container.js";
import { hasSignature } from "./signature.js";

/**
 * HDF5 files: groups, data sets as arrays, and attributes beside both. What reads and writes them is loaded when that is first
 * done, and the HDF5 library when something in a file needs it.
 */
export const hdf5: ContainerCodec = {
  kind: "hdf5",
  // Not any value, but groups in groups and scalars as themselves.
  holds: "values",
  matches: hasSignature,
  async open(source, options) {
    const { openHdf5 } = await import("./read/open.js");
    return openHdf5(source, options);
  },
  async write(sink, tree, options) {
    const { writeHdf5 } = await import("./write/tree.js");
    return writeHdf5(sink, tree, options);
  },
};
