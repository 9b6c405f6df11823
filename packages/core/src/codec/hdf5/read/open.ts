import type { OpenContainerOptions } from "../../../engine/container.js";
import type { Source } from "../../../source/source.js";
import type { GroupNode } from "../../../tree/node.js";
import { rootGroup } from "./group.js";
import { Hdf5Session } from "./session.js";

/** The root group of a file. Throws `FormatError`. */
export async function openHdf5(source: Source, options: OpenContainerOptions = {}): Promise<GroupNode> {
  return rootGroup(await Hdf5Session.open(source, { signal: options.signal }), options);
}
