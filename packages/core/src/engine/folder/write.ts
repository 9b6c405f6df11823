import { FormatError, isFormatError } from "../../errors.js";
import type { ContainerLayout, FieldLayout, FilePlace, ListLayout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { readThrough } from "../../source/read-through.js";
import type { FolderSink, Sink } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import type { WriteTree } from "../../tree/write.js";
import type { Value } from "../../value/value.js";
import type { ContainerCodec, WriteContainerOptions } from "../container.js";
import { asGroup } from "../decode.js";
import { type Encoder, encode, encodeObject } from "../encode.js";
import { exactValue } from "../exact.js";
import { placeOf } from "../placed.js";
import { concrete, memberField, memberNames } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import { channelsOf } from "./media.js";
import { fileOf, noteFile } from "./raw.js";
import { itemName } from "./tree.js";

export interface FolderWriting {
  readonly encoder: Encoder;
  readonly media: NonNullable<ContainerLayout["media"]>;
  readonly sink: FolderSink;
  readonly options: WriteContainerOptions;
}

/**
 * Writes the files of a folder, one after the other: what was opened in another folder byte for byte, everything else as its
 * media type has it. Neither commits nor aborts the sink. Throws `FormatError` `unwritable` for what has no place in a file.
 */
export async function writeFolder(writing: FolderWriting, node: Node): Promise<void> {
  await writeAt(writing, writing.encoder.layout.root, node, "");
}

/** Writes a value that stands for the folder `path`, or lies in it. */
async function writeAt(writing: FolderWriting, field: FieldLayout, node: Node, path: string): Promise<void> {
  const target = concrete(writing.encoder.layout, field, node);
  if (target.kind === "object") return writeObject(writing, target, await asGroup(writing.encoder, node), path);
  if (target.kind === "list" && node.kind === "list") return writeList(writing, target, node, path);
  throw new FormatError("unwritable", "the schema has no file for this value", { path: node.path });
}

async function writeObject(writing: FolderWriting, field: ObjectLayout, group: GroupNode, path: string): Promise<void> {
  const { layout, options } = writing.encoder;
  for (const [name, key] of memberNames(field, group.keys)) {
    options.signal?.throwIfAborted();
    const member = memberField(field, key)?.field;
    const place = member && placeOf(layout, member);
    if (place?.kind === "name" || place?.kind === "number") continue;
    const node = await group.child(name, options);
    if (!member || !node) {
      throw new FormatError("unwritable", `the schema has no file for ${JSON.stringify(key)}`, { path: group.path });
    }
    if (place?.kind === "file")
      await writeFile(writing, { field: member, place, group, key }, node, joined(path, place.path ?? key));
    else if (place?.kind === "folder") await writeAt(writing, member, node, joined(path, place.name));
    else await writeAt(writing, member, node, path);
  }
}

async function writeList(writing: FolderWriting, field: ListLayout, list: ListNode, path: string): Promise<void> {
  const { layout, options } = writing.encoder;
  for (let index = 0; index < list.length; index++) {
    options.signal?.throwIfAborted();
    const node = await list.child(index, options);
    const item = field.items === false ? undefined : field.items;
    const name = itemName(field, index, await nameIn(writing, item, node));
    if (!item || name === undefined || name.includes("/"))
      throw new FormatError("unwritable", "the item has no name under which the schema would find it", {
        path: node.path,
      });
    const place = placeOf(layout, item);
    const at = joined(path, name);
    const content = place?.kind === "file" ? withoutItem(writing, item, node) : node;
    if (place?.kind === "file")
      await writeFile(writing, { field: item, place, group: undefined, key: "" }, content, at);
    else await writeAt(writing, item, node, at);
  }
}

/** The object of a file, without the members that the name of the file tells. */
function withoutItem({ encoder }: FolderWriting, field: FieldLayout, node: Node): Node {
  const target = concrete(encoder.layout, field, node);
  if (target.kind !== "object" || node.kind !== "group") return node;
  const told = Object.entries(target.properties).flatMap(([key, { place, stored }]) =>
    place?.kind === "name" || place?.kind === "number" ? [stored?.name ?? key] : [],
  );
  if (!told.some((key) => node.keys.includes(key))) return node;
  const { path } = node;
  const content: Node = {
    kind: "group",
    path,
    keys: node.keys.filter((key) => !told.includes(key)),
    child: async (key, options) => (told.includes(key) ? undefined : node.child(key, options)),
  };
  const open = fileOf(node);
  return open ? noteFile(content, open) : content;
}

/** The name and number that an item states for itself. */
async function nameIn(
  { encoder }: FolderWriting,
  field: FieldLayout | undefined,
  node: Node,
): Promise<{ name?: string; number?: number }> {
  const target = field && concrete(encoder.layout, field, node);
  if (target?.kind !== "object" || node.kind !== "group") return {};
  const found: { name?: string; number?: number } = {};
  for (const [key, { place, stored }] of Object.entries(target.properties)) {
    if (place?.kind !== "name" && place?.kind !== "number") continue;
    const member = await node.child(stored?.name ?? key, encoder.options);
    const value = member && plainScalar((await exactValue(member, encoder.options)) as Value);
    if (place.kind === "name" && typeof value === "string") found.name = value;
    if (place.kind === "number" && typeof value === "number") found.number = value;
  }
  return found;
}

interface FileMember {
  readonly field: FieldLayout;
  readonly place: FilePlace;
  readonly group: GroupNode | undefined;
  readonly key: string;
}

async function writeFile(writing: FolderWriting, member: FileMember, node: Node, path: string): Promise<void> {
  const { encoder, media, options } = writing;
  const stored = encoder.form === "stored" ? fileOf(node) : undefined;
  const codec = Object.hasOwn(media, member.place.media) ? (media[member.place.media] as ContainerCodec) : undefined;
  const sink = await writing.sink.file(path);
  try {
    if (stored) await copyFile(sink, stored, options);
    else if (codec) await codec.write(sink, await contentOf(encoder, codec, member, node), options);
    else await writeBytes(sink, node, options);
  } catch (error) {
    await sink.abort();
    if (!isFormatError(error) || error.path.startsWith(path)) throw error;
    throw new FormatError(error.code, error.reason, { path, offset: error.offset, cause: error });
  }
}

async function copyFile(
  sink: Sink,
  open: NonNullable<ReturnType<typeof fileOf>>,
  options: WriteContainerOptions,
): Promise<void> {
  const source = await open();
  try {
    for await (const piece of readThrough(source, 0, source.byteLength, { signal: options.signal }))
      await sink.append(piece);
  } finally {
    await source.close?.();
  }
  await sink.commit();
}

async function contentOf(
  given: Encoder,
  codec: ContainerCodec,
  { field, place, group, key }: FileMember,
  node: Node,
): Promise<WriteTree> {
  const target = concrete(given.layout, field, node);
  // The root of an archive of arrays is a map of them, not one boxed value.
  if (target.kind === "object" && codec.holds === "arrays")
    return encodeObject({ ...given, target: "arrays" }, target, await asGroup(given, node));
  const encoder: Encoder = { ...given, target: codec.holds === "arrays" ? "json" : codec.holds };
  const tree = await encode(encoder, field, node, { key, group });
  if (!place.channel && !place.channels) return tree;
  const array = tree instanceof NdArray ? tree : node.kind === "array" ? await node.load(given.options) : undefined;
  if (!array) throw new FormatError("unwritable", "an image is an array; this is none");
  return channelsOf(place, array) as WriteTree;
}

async function writeBytes(sink: Sink, node: Node, options: WriteContainerOptions): Promise<void> {
  const value = node.kind === "array" ? await node.load(options) : await exactValue(node, options);
  const bytes = value instanceof NdArray && value.dtype === "uint8" ? value.toBytes() : value;
  if (!(bytes instanceof Uint8Array))
    throw new FormatError("unwritable", "the content of a file is bytes; this is none");
  await sink.append(bytes);
  await sink.commit();
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
