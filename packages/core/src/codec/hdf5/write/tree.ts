import type { WriteContainerOptions } from "../../../engine/container.js";
import { FormatError } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import type { Sink } from "../../../source/source.js";
import type { ArrayNode } from "../../../tree/node.js";
import { isArrayNode, settle } from "../../../tree/settle.js";
import { type ArrayStorage, AttributedTree, type WriteTree } from "../../../tree/write.js";
import { memberPath } from "../../../value/path.js";
import { arrayOf } from "../../npz/coerce.js";
import { createHdf5, type Hdf5GroupWriter } from "./writer.js";

/** zlib's levels. */
const LEVELS = { none: 0, fast: 1, small: 6 } as const;
/** Groups in groups, at most: what a reader here follows. */
const DEEPEST = 127;

/** Writes a tree whose root is a map: maps become groups, everything else becomes arrays. */
export async function writeHdf5(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  const { value, ordered, attributes } = parts(tree);
  const storage: ArrayStorage = { gzip: LEVELS[options.compression ?? "small"] };
  const file = createHdf5(sink, { signal: options.signal, storage, ordered });
  try {
    if (!(value instanceof Map))
      throw new FormatError("unwritable", "an HDF5 file holds named members; this is something else");
    for (const [name, attribute] of attributes) await file.root.setAttribute(name, attribute);
    await writeMembers(file.root, value, options, 0);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

function parts(tree: WriteTree): AttributedTree {
  return tree instanceof AttributedTree ? tree : new AttributedTree(tree);
}

async function writeMembers(
  group: Hdf5GroupWriter,
  members: ReadonlyMap<unknown, WriteTree>,
  options: WriteContainerOptions,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST)
    throw new FormatError("unwritable", "groups are nested too deeply, or hold themselves", { path: group.path });
  for (const [name, tree] of members) {
    if (typeof name !== "string")
      throw new FormatError("unwritable", `the key ${String(name)} is no text`, { path: group.path });
    options.signal?.throwIfAborted();
    const { value, attributes, ordered, storage } = parts(tree);
    const isGroup = value instanceof Map;
    const member = isGroup
      ? group.group(name, { ordered })
      : await group.write(name, await asArray(value, memberPath(group.path, name), options), storage, options);
    for (const [key, attribute] of attributes) await member.setAttribute(key, attribute);
    if (isGroup) await writeMembers(member as Hdf5GroupWriter, value, options, depth + 1);
  }
}

async function asArray(
  value: WriteTree,
  path: string,
  options: WriteContainerOptions,
): Promise<NdArray | ArrayNode | null> {
  if (value === null || value instanceof NdArray || isArrayNode(value)) return value;
  const settled = await settle(value, { signal: options.signal });
  const array = arrayOf(settled);
  if (array.dtype !== "object" || array.size === 0 || [...array].every(isText)) return array;
  throw new FormatError("unwritable", "HDF5 holds groups, and arrays of numbers or text; this is neither", { path });
}

function isText(value: unknown): boolean {
  return typeof value === "string" || value instanceof Uint8Array;
}
