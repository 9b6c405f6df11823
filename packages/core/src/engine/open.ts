import { FormatError } from "../errors.js";
import type { ContainerLayout, Layout } from "../layout/layout.js";
import { type FolderInput, type Input, toFolder, toSource } from "../source/input.js";
import type { Folder, Source, WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import type { OpenContainerOptions } from "./container.js";
import { presentedTree } from "./present.js";

export interface OpenOptions extends WorkOptions, Pick<OpenContainerOptions, "recover" | "threads" | "maxLoadBytes"> {
  /** Kind of container, where the content alone should not decide. */
  readonly container?: string | undefined;
}

/** A file whose structure is known and whose values are still in it. */
export interface OpenFile {
  readonly layout: Layout;
  readonly container: ContainerLayout;
  /** What has the bytes; a folder where the data set is one. */
  readonly source: Source | Folder;
  /** As the schema has it. */
  readonly root: Node;
}

/** An open file beside the tree that its schema makes a value of. */
export interface OpenedFile extends OpenFile {
  /** As the container has it, whatever the schema says. */
  readonly tree: Node;
}

const HEAD_BYTES = 512;

/** Opens a file as one data set: reads headers and directories, no values. Throws `FormatError`. */
export async function openFile(layout: Layout, input: FolderInput, options: OpenOptions = {}): Promise<OpenedFile> {
  const folder = toFolder(input);
  if (folder) return openFolder(layout, folder, options);
  const source = await toSource(input as Input, options);
  const container = await chooseContainer(layout, source, options);
  const tree = await container.codec.open(source, {
    ...options,
    classes: container.classes,
    records: layout.records,
  });
  return { layout, container, source, tree, root: await presentedTree(layout, container, tree, options) };
}

async function openFolder(layout: Layout, source: Folder, options: OpenOptions): Promise<OpenedFile> {
  for (const container of layout.containers) {
    if (options.container !== undefined && container.codec.kind !== options.container) continue;
    const tree = await container.codec.openFolder?.(source, options);
    if (tree) return { layout, container, source, tree, root: await presentedTree(layout, container, tree, options) };
  }
  const kinds = layout.containers.map(({ codec }) => codec.kind).join(", ");
  throw new FormatError("not-this-format", `this is a folder; ${layout.title} is stored as ${kinds || "nothing"}`);
}

/** The container that the first bytes speak for; the only one when a layout has just one, whose errors say more. */
async function chooseContainer(layout: Layout, source: Source, options: OpenOptions): Promise<ContainerLayout> {
  const named = layout.containers.filter(
    ({ codec }) => options.container === undefined || codec.kind === options.container,
  );
  const kinds = layout.containers.map(({ codec }) => codec.kind).join(", ");
  if (named.length === 0)
    throw new FormatError("unsupported", `${layout.title} is stored as ${kinds || "nothing that can be read"}`);
  if (named.length === 1) return named[0] as ContainerLayout;
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), options);
  const fitting = named.find(({ codec }) => codec.matches(head));
  if (!fitting)
    throw new FormatError("not-this-format", `the content is none of ${kinds}: it starts with ${hexHead(head)}`, {
      offset: 0,
    });
  return fitting;
}

function hexHead(head: Uint8Array): string {
  return [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
