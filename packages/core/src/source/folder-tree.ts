import { FormatError } from "../errors.js";
import { folderSteps } from "./folder-path.js";
import type { Folder, FolderEntry, Source } from "./source.js";

/** A file that can be opened. */
export interface FolderFile {
  readonly byteLength?: number | undefined;
  open(): Promise<Source>;
}

/** Files by their paths; undefined for folders that would not show otherwise. */
export type FolderFiles = Map<string, FolderFile | undefined>;

interface Branch {
  readonly folders: Map<string, Branch>;
  readonly files: Map<string, FolderFile>;
}

/** A folder made of paths. Throws `FormatError` `refused` for paths that could lead out of it, or are taken twice. */
export function folderOf(files: Iterable<readonly [string, FolderFile | undefined]>, name = ""): Folder {
  const root: Branch = newBranch();
  for (const [path, file] of files) {
    const steps = folderSteps(path);
    const last = file ? steps.pop() : undefined;
    const branch = grow(root, steps, path);
    if (!file) continue;
    if (last === undefined || branch.folders.has(last) || branch.files.has(last)) throw taken(path);
    branch.files.set(last, file);
  }
  return {
    name,
    async list(path) {
      const branch = descend(root, folderSteps(path));
      if (!branch) throw new FormatError("missing", "no such folder", { path });
      return entriesOf(branch);
    },
    async open(path) {
      const steps = folderSteps(path);
      const last = steps.pop();
      const file = last === undefined ? undefined : descend(root, steps)?.files.get(last);
      if (!file) throw new FormatError("missing", "no such file", { path });
      return file.open();
    },
  };
}

function newBranch(): Branch {
  return { folders: new Map(), files: new Map() };
}

function grow(root: Branch, steps: readonly string[], path: string): Branch {
  let branch = root;
  for (const step of steps) {
    if (branch.files.has(step)) throw taken(path);
    const next = branch.folders.get(step) ?? newBranch();
    branch.folders.set(step, next);
    branch = next;
  }
  return branch;
}

function descend(root: Branch, steps: readonly string[]): Branch | undefined {
  let branch: Branch | undefined = root;
  for (const step of steps) branch = branch?.folders.get(step);
  return branch;
}

function entriesOf({ folders, files }: Branch): FolderEntry[] {
  const entries: FolderEntry[] = [...folders.keys()].map((name) => ({ name, kind: "folder" }));
  for (const [name, { byteLength }] of files)
    entries.push({ name, kind: "file", ...(byteLength !== undefined && { byteLength }) });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function taken(path: string): FormatError {
  return new FormatError("refused", "two files have this path, or one is inside of the other", { path });
}
