import { FormatError } from "../errors.js";
import { blobSource } from "./blob.js";
import { folderSteps } from "./folder-path.js";
import { type FolderFiles, folderOf } from "./folder-tree.js";
import type { Folder, FolderEntry } from "./source.js";

/**
 * The folder that the user picked in an `<input type="file" webkitdirectory>`, by the files that it gave. Files without a
 * relative path lie in the folder itself.
 */
export function filesFolder(files: Iterable<File>): Folder {
  const byPath: FolderFiles = new Map();
  const tops = new Set<string>();
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    // Every path begins with the name of the folder that was picked.
    const cut = path.indexOf("/");
    tops.add(cut < 0 ? "" : path.slice(0, cut));
    byPath.set(path, { byteLength: file.size, open: async () => blobSource(file, path) });
  }
  const [top = "", ...others] = tops;
  if (others.length > 0 || top === "") return folderOf(byPath);
  return folderOf(
    [...byPath].map(([path, file]) => [path.slice(top.length + 1), file] as const),
    top,
  );
}

/**
 * What the user dropped: the one folder, or one that holds all that was dropped. Call it in the handler of the `drop` event
 * itself; afterwards the browser has forgotten what was dropped.
 */
export function droppedFolder(items: Iterable<DataTransferItem>): Folder {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const [only, ...others] = entries;
  if (only && others.length === 0 && isFolderEntry(only)) return entryFolder(only);
  return groupOf(entries);
}

/** A folder as browsers hand it out when it is dropped. It cannot be left. */
export function entryFolder(root: FileSystemDirectoryEntry): Folder {
  const known = new Map<string, Promise<readonly FileSystemEntry[]>>();
  const childrenOf = (entry: FileSystemDirectoryEntry, path: string): Promise<readonly FileSystemEntry[]> => {
    const children = known.get(path) ?? readAll(entry);
    known.set(path, children);
    return children;
  };
  const find = async (path: string): Promise<FileSystemEntry> => {
    let [entry, at]: [FileSystemEntry, string] = [root, ""];
    for (const step of folderSteps(path)) {
      const children: readonly FileSystemEntry[] = isFolderEntry(entry) ? await childrenOf(entry, at) : [];
      const next = children.find(({ name }) => name === step);
      if (!next) throw new FormatError("missing", "no such file or folder", { path });
      [entry, at] = [next, `${at}/${step}`];
    }
    return entry;
  };
  return {
    name: root.name,
    async list(path, options = {}) {
      const entry = await find(path);
      options.signal?.throwIfAborted();
      if (!isFolderEntry(entry)) throw new FormatError("missing", "no such folder", { path });
      const at = folderSteps(path)
        .map((step) => `/${step}`)
        .join("");
      return sorted(await childrenOf(entry, at));
    },
    async open(path, options = {}) {
      const entry = await find(path);
      options.signal?.throwIfAborted();
      if (!isFileEntry(entry)) throw new FormatError("missing", "no such file", { path });
      return blobSource(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)), path);
    },
  };
}

/** Several things side by side. */
function groupOf(entries: readonly FileSystemEntry[]): Folder {
  const folders = new Map(entries.filter(isFolderEntry).map((entry) => [entry.name, entryFolder(entry)]));
  const files = new Map(entries.filter(isFileEntry).map((entry) => [entry.name, entry]));
  const inner = (path: string): [Folder | undefined, string] => {
    const [first = "", ...rest] = folderSteps(path);
    return [folders.get(first), rest.join("/")];
  };
  return {
    name: "",
    async list(path, options) {
      if (folderSteps(path).length === 0) return sorted(entries);
      const [folder, rest] = inner(path);
      if (!folder) throw new FormatError("missing", "no such folder", { path });
      return folder.list(rest, options);
    },
    async open(path, options) {
      const file = files.get(path);
      if (file) return blobSource(await new Promise<File>((resolve, reject) => file.file(resolve, reject)), path);
      const [folder, rest] = inner(path);
      if (!folder) throw new FormatError("missing", "no such file", { path });
      return folder.open(rest, options);
    },
  };
}

/** Browsers give the entries of a folder in portions, until one is empty. */
async function readAll(entry: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function sorted(entries: readonly FileSystemEntry[]): FolderEntry[] {
  return entries
    .map(({ name, isFile }): FolderEntry => ({ name, kind: isFile ? "file" : "folder" }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isFolderEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
