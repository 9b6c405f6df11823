import { FormatError } from "../../errors.js";
import type { ContainerLayout, FilePlace } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { idleFile } from "../../source/folder-idle.js";
import type { Folder, WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import type { ContainerCodec } from "../container.js";
import { bytesNode, inFile, noteFile } from "./raw.js";

type Media = NonNullable<ContainerLayout["media"]>;

/** A file as the tree that its media type makes of it; bytes where nobody knows the type. Errors name the file. */
export async function mediaNode(
  { folder, media }: { readonly folder: Folder; readonly media: Media },
  place: FilePlace,
  path: string,
  options: WorkOptions = {},
): Promise<Node> {
  const codec = Object.hasOwn(media, place.media) ? (media[place.media] as ContainerCodec) : undefined;
  if (!codec) return bytesNode(folder, path, options);
  const source = await idleFile(folder, path, options);
  try {
    const node = await inFile(path, async () => {
      const root = await codec.open(source, { ...options, path: `${path}:` });
      return root.kind === "group" ? channelNode(place, root) : root;
    });
    return noteFile(located(node, path), () => folder.open(path));
  } finally {
    await source.close?.();
  }
}

/** The same node, of which errors say in which file it is. */
function located(node: Node, path: string): Node {
  if (node.kind === "array") {
    const { load, rows } = node;
    return {
      ...node,
      path,
      load: (options) => inFile(path, () => load.call(node, options)),
      ...(rows && { rows: (start, stop, options) => inFile(path, () => rows.call(node, start, stop, options)) }),
    };
  }
  if (node.kind === "scalar" || node.load) return { ...node, path };
  if (node.kind === "list") return { ...node, path };
  const child = async (key: string, options?: WorkOptions): Promise<Node | undefined> => {
    const found = await inFile(path, () => node.child(key, options));
    return found && { ...located(found, path), path: memberPath(`${path}:`, key) };
  };
  return { ...node, path, child };
}

/** The value of a file that holds several arrays by name: one of them, some of them one behind the other, or the group. */
async function channelNode({ channel, channels }: FilePlace, group: GroupNode): Promise<Node> {
  if (channel) {
    const only = group.keys.length === 1 ? group.keys[0] : undefined;
    return arrayOf(group, channel.find((name) => group.keys.includes(name)) ?? only ?? channel[0] ?? "");
  }
  return channels ? stacked(group, channels) : group;
}

async function arrayOf(group: GroupNode, name: string): Promise<ArrayNode> {
  const node = group.keys.includes(name) ? await group.child(name) : undefined;
  if (node?.kind === "array") return node;
  throw new FormatError("mismatch", `there is no channel ${name}; there are ${group.keys.join(", ")}`);
}

async function stacked(group: GroupNode, names: readonly string[]): Promise<ArrayNode> {
  const nodes = await Promise.all(names.map((name) => arrayOf(group, name)));
  const [first] = nodes as [ArrayNode];
  const alike = nodes.every(
    ({ type, shape }) => type.name === first.type.name && String(shape) === String(first.shape) && shape.length === 2,
  );
  if (!alike) throw new FormatError("mismatch", `the channels ${names.join(", ")} differ in type or size`);
  const load = async (options: WorkOptions = {}): Promise<NdArray> => {
    const arrays = group.loadArrays ? [...(await pick(group, names, options))] : await loadEach(nodes, options);
    return stack(arrays, first);
  };
  return { kind: "array", path: "", type: first.type, shape: [...first.shape, names.length], order: "C", load };
}

async function pick(group: GroupNode, names: readonly string[], options: WorkOptions): Promise<NdArray[]> {
  const arrays = await group.loadArrays?.(names, options);
  return names.map((name) => arrays?.get(name) as NdArray);
}

async function loadEach(nodes: readonly ArrayNode[], options: WorkOptions): Promise<NdArray[]> {
  const arrays: NdArray[] = [];
  for (const node of nodes) arrays.push(await node.load(options));
  return arrays;
}

/** Elements of each array side by side, bit by bit. */
function stack(arrays: readonly NdArray[], { type, shape }: ArrayNode): NdArray {
  const count = arrays.length;
  const Bits = type.itemSize === 2 ? Uint16Array : type.itemSize === 4 ? Uint32Array : BigUint64Array;
  const size = shape.reduce((product, length) => product * length, 1);
  const all = new Bits(size * count);
  arrays.forEach((array, at) => {
    const bytes = array.toBytes();
    const aligned = bytes.byteOffset % type.itemSize === 0 ? bytes : bytes.slice();
    const from = new Bits(aligned.buffer as ArrayBuffer, aligned.byteOffset, size);
    for (let i = 0, to = at; i < size; i++, to += count) all[to] = from[i] as never;
  });
  return NdArray.fromBytes(type.name as never, [...shape, count], new Uint8Array(all.buffer)) as unknown as NdArray;
}

/** What is written into a file for an array that is one or several of its channels. */
export function channelsOf(place: FilePlace, array: NdArray): ReadonlyMap<string, NdArray> | NdArray {
  if (place.channel) {
    const names = place.copies ?? place.channel.slice(0, 1);
    return new Map(names.map((name) => [name, array]));
  }
  if (!place.channels) return array;
  const { channels } = place;
  if (array.ndim !== 3 || array.shape[2] !== channels.length) {
    throw new FormatError("unwritable", `an array (lines, columns, ${channels.length}) is needed`);
  }
  return new Map(channels.map((name, index) => [name, array.slice(null, null, index).copy() as NdArray]));
}
