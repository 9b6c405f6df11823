import type { Node, Source, WorkOptions } from "@somakit/core";
import { FolderNode, fileOf } from "@somakit/core/engine/folder";
import { isFormatError } from "@somakit/core/errors";
import { containerOf, openContainer } from "../container.js";

/** What lies in a folder under a name. */
export interface OpenedEntry {
  readonly kind: "folder" | "file";
  /** The container that the first bytes of a file speak for. */
  readonly type?: string;
  readonly bytes?: number;
  /** How many entries a folder has. */
  readonly count?: number;
  readonly root?: Node;
  /** Why a file cannot be opened as what it claims to be. */
  readonly problem?: string;
  close?(): Promise<void>;
}

export interface EntryOptions extends WorkOptions {
  /** Whether a file is opened, so that there is a `root` of it. */
  readonly isOpen: boolean;
}

/** Looks at an entry of a folder; undefined where there is none. Whoever opens a file closes it. */
export async function openEntry(
  folder: FolderNode,
  name: string,
  { isOpen, ...work }: EntryOptions,
): Promise<OpenedEntry | undefined> {
  const node = await folder.child(name, work);
  if (!node) return undefined;
  if (node instanceof FolderNode) return { kind: "folder", count: node.keys.length, root: node };
  const source = await fileOf(node)?.();
  if (!source) return undefined;
  const file = { kind: "file", bytes: source.byteLength } as const;
  let opened: Opening = {};
  try {
    opened = await opening(source, isOpen, work);
    return { ...file, ...opened, close: async () => source.close?.() };
  } finally {
    if (!opened.root) await source.close?.();
  }
}

type Opening = Pick<OpenedEntry, "type" | "root" | "problem">;

async function opening(source: Source, isOpen: boolean, work: WorkOptions): Promise<Opening> {
  if (source.byteLength === 0) return {};
  const type = await containerOf(source, work);
  if (!isOpen || type === undefined) return type === undefined ? {} : { type };
  try {
    const { root } = await openContainer(source, work);
    return { type, root };
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return error.code === "not-this-format" ? {} : { type, problem: error.reason };
  }
}
