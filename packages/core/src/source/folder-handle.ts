import { FormatError } from "../errors.js";
import { blobSource } from "./blob.js";
import { folderSteps } from "./folder-path.js";
import type { Folder, FolderEntry } from "./source.js";

/** A folder that the user picked in a browser. It cannot be left: the browser hands out nothing outside it. */
export function handleFolder(root: FileSystemDirectoryHandle): Folder {
  const enter = async (steps: readonly string[], path: string): Promise<FileSystemDirectoryHandle> => {
    let folder = root;
    for (const step of steps) folder = await orMissing(folder.getDirectoryHandle(step), "no such folder", path);
    return folder;
  };
  return {
    name: root.name,
    async list(path, options = {}) {
      const folder = await enter(folderSteps(path), path);
      const entries: FolderEntry[] = [];
      for await (const [name, handle] of folder.entries()) {
        options.signal?.throwIfAborted();
        entries.push({ name, kind: handle.kind === "file" ? "file" : "folder" });
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async open(path, options = {}) {
      const steps = folderSteps(path);
      const name = steps.pop();
      if (name === undefined) throw new FormatError("missing", "a folder is no file", { path });
      const folder = await enter(steps, path);
      options.signal?.throwIfAborted();
      const file = await orMissing(folder.getFileHandle(name), "no such file", path);
      return blobSource(await file.getFile(), path);
    },
  };
}

async function orMissing<T>(handle: Promise<T>, reason: string, path: string): Promise<T> {
  try {
    return await handle;
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : "";
    if (name === "NotFoundError" || name === "TypeMismatchError")
      throw new FormatError("missing", reason, { path, cause });
    throw cause;
  }
}
