import type { ContainerCodec } from "../../engine/container.js";
import { rootGroup } from "./read/group.js";
import { Hdf5Session } from "./read/session.js";
import { hasSignature } from "./signature.js";
import { writeHdf5 } from "./write/tree.js";

/** HDF5 files: groups, data sets as arrays, and attributes beside both. Reading loads the HDF5 library on first use. */
export const hdf5: ContainerCodec = {
  kind: "hdf5",
  // Not any value, but groups in groups and scalars as themselves.
  holds: "values",
  matches: hasSignature,
  async open(source, options = {}) {
    return rootGroup(await Hdf5Session.open(source, { signal: options.signal }), options);
  },
  write: writeHdf5,
};
