import { FormatError } from "../../errors.js";
import { dtype } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { idleFile } from "../../source/folder-idle.js";
import { readThrough } from "../../source/read-through.js";
import type { Folder, FolderEntry, Source, WorkOptions } from "../../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../../tree/node.js";

/** A folder as it is, whatever a schema says: its files are bytes, its folders are groups. */
export class FolderNode implements GroupNode {
  readonly kind = "group";
  readonly path: string;
  readonly folder: Folder;
  /** By name; hidden ones and those that systems leave behind are not among them. */
  readonly entries: ReadonlyMap<string, FolderEntry>;

  private constructor(folder: Folder, path: string, entries: readonly FolderEntry[]) {
    this.folder = folder;
    this.path = path;
    this.entries = new Map(entries.filter(({ name }) => !isHidden(name)).map((entry) => [entry.name, entry]));
  }

  /** Reads the names in a folder, and no more. */
  static async open(folder: Folder, path = "", options: WorkOptions = {}): Promise<FolderNode> {
    return new FolderNode(folder, path, await folder.list(path, { signal: options.signal }));
  }

  get keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** Where an entry is, from the folder that was opened. */
  pathOf(name: string): string {
    return this.path === "" ? name : `${this.path}/${name}`;
  }

  async child(key: string, options: WorkOptions = {}): Promise<Node | undefined> {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.kind === "folder") return FolderNode.open(this.folder, this.pathOf(key), options);
    return bytesNode(this.folder, this.pathOf(key), options);
  }

  /** The folder at a relative path; undefined when there is none. */
  async descend(path: string, options: WorkOptions = {}): Promise<FolderNode | undefined> {
    let node: FolderNode = this;
    for (const name of path.split("/")) {
      if (node.entries.get(name)?.kind !== "folder") return undefined;
      node = await FolderNode.open(node.folder, node.pathOf(name), options);
    }
    return node;
  }

  storedBytes(key: string): number | undefined {
    return this.entries.get(key)?.byteLength;
  }
}

/** Names that begin with a dot, and what macOS leaves in archives. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

const files = new WeakMap<Node, () => Promise<Source>>();

/** Notes of which file a node is the whole content. */
export function noteFile<N extends Node>(node: N, open: () => Promise<Source>): N {
  files.set(node, open);
  return node;
}

/** The file of which a node is the whole content, for copying it byte by byte; undefined for any other node. */
export function fileOf(node: Node): (() => Promise<Source>) | undefined {
  return files.get(node);
}

/** A file as its bytes, which are read when they are asked for. */
export async function bytesNode(folder: Folder, path: string, options: WorkOptions = {}): Promise<ArrayNode> {
  const source = await idleFile(folder, path, options);
  await source.close?.();
  const part = async (start: number, stop: number, work: WorkOptions = {}): Promise<NdArray> => {
    const bytes = await source.read(start, stop, work);
    return NdArray.fromBytes("uint8", [stop - start], bytes) as unknown as NdArray;
  };
  const node: ArrayNode = {
    kind: "array",
    path,
    type: dtype("uint8"),
    shape: [source.byteLength],
    order: "C",
    load: (work) => inFile(path, () => part(0, source.byteLength, work)),
    rows: (start, stop, work) => inFile(path, () => part(start, stop, work)),
    chunks: (work) => readThrough(source, 0, source.byteLength, work),
  };
  return noteFile(node, () => folder.open(path));
}

/** Says in which file something is wrong. */
export async function inFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FormatError) || error.path.startsWith(path)) throw error;
    const place = error.path === "" ? path : `${path}:${error.path}`;
    throw new FormatError(error.code, error.reason, { path: place, offset: error.offset, cause: error });
  }
}
