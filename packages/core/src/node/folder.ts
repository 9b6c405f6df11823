import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { FormatError } from "../errors.js";
import { folderSteps } from "../source/folder-path.js";
import type { Folder, FolderEntry, Source } from "../source/source.js";
import { fileSource } from "./file.js";

/**
 * A folder of the file system. Symbolic links are followed as long as they stay inside; others, and broken ones, are
 * not listed, and `open` throws `FormatError` `refused` for them. Rejects with Node's error when `root` is no folder.
 */
export async function fileFolder(root: string): Promise<Folder> {
  const home = await realpath(root);
  if (!(await stat(home)).isDirectory()) throw new TypeError(`${root} is no folder`);
  const inside = home.endsWith(sep) ? home : home + sep;

  /** The real path of `steps`, which is inside the folder. */
  const resolve = async (steps: readonly string[], path: string): Promise<string> => {
    const real = await realpath(join(home, ...steps)).catch((cause: unknown) => {
      throw asMissing(cause, path);
    });
    if (real !== home && !real.startsWith(inside)) {
      throw new FormatError("refused", "a symbolic link leads out of the folder", { path });
    }
    return real;
  };

  const kindOf = async (steps: readonly string[], path: string): Promise<FolderEntry["kind"] | undefined> => {
    try {
      const stats = await stat(await resolve(steps, path));
      if (stats.isDirectory()) return "folder";
      return stats.isFile() ? "file" : undefined;
    } catch {
      return undefined;
    }
  };

  return {
    name: basename(home),
    async list(path, options = {}) {
      const steps = folderSteps(path);
      const found = await readdir(await resolve(steps, path), { withFileTypes: true }).catch((cause: unknown) => {
        throw asMissing(cause, path);
      });
      const entries: FolderEntry[] = [];
      for (const entry of found) {
        options.signal?.throwIfAborted();
        const { name } = entry;
        const link = entry.isSymbolicLink() ? await kindOf([...steps, name], path) : undefined;
        const kind = entry.isDirectory() ? "folder" : entry.isFile() ? "file" : link;
        if (kind) entries.push({ name, kind });
      }
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async open(path, options = {}) {
      options.signal?.throwIfAborted();
      return openInside(await resolve(folderSteps(path), path), path);
    },
  };
}

async function openInside(real: string, path: string): Promise<Source> {
  // The path has no links left; if one has been put in its place since, this fails instead of following it. A pipe is
  // opened without waiting for somebody to write to it. (Windows has neither flag.)
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(real, flags).catch((cause: unknown) => {
    throw asMissing(cause, path);
  });
  try {
    if (!(await handle.stat()).isFile()) throw new FormatError("missing", "no such file", { path });
    return { ...(await fileSource(handle)), name: path, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function asMissing(cause: unknown, path: string): unknown {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new FormatError("missing", "no such file or folder", { path, cause });
  if (code === "ELOOP")
    return new FormatError("refused", "symbolic links lead in a circle or were swapped", { path, cause });
  return cause;
}
