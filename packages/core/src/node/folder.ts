import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  open,
  readdir,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { promisify } from "node:util";
import { FormatError } from "../errors.js";
import { folderSteps } from "../source/folder-path.js";
import type { Folder, FolderEntry, ReadOptions, Source } from "../source/source.js";
import { descriptorSource } from "./file.js";

/**
 * A folder of the file system. Symbolic links are followed as long as they stay inside; others, and broken ones, are
 * not listed, and `open` throws `FormatError` `refused` for them, whenever they came about. Rejects with Node's error when `root` is no
 * folder.
 */
export async function fileFolder(root: string): Promise<Folder> {
  const home = await realpath(root);
  if (!(await stat(home)).isDirectory()) throw new TypeError(`${root} is no folder`);
  const folder = new DiskFolder(home);
  return {
    name: basename(home),
    list: (path, options) => folder.list(path, options),
    open: (path, options) => folder.open(path, options),
  };
}

const openFile = promisify(open);

/**
 * The path has no links left but in folders; if one has been put in its place since, this fails instead of following it. A pipe is
 * opened without waiting for somebody to write to it. (Windows has neither flag.)
 */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Folders that are remembered to lie inside. */
const MOST_KNOWN = 1 << 16;
/** How often a file is opened that others exchange meanwhile. */
const ATTEMPTS = 4;

/**
 * What is inside is found out twice: before a file is opened, by the folder that it lies in, which is remembered; and by the file that was
 * opened, since links may have come in between. The second time does not wait: the system has just looked at the very path, and
 * answers in a few microseconds.
 */
class DiskFolder {
  readonly #home: string;
  readonly #inside: string;
  readonly #known = new Set<string>();

  constructor(home: string) {
    this.#home = home;
    this.#inside = home.endsWith(sep) ? home : home + sep;
  }

  async list(path: string, options: ReadOptions = {}): Promise<FolderEntry[]> {
    const steps = folderSteps(path);
    const full = join(this.#home, ...steps);
    const found = await entriesOf(full).catch(async (cause: unknown) => {
      // A link that leaves is refused, whatever it leads to.
      await this.#resolve(full, path);
      throw asMissing(cause, path);
    });
    this.#verify(realNow(full, path), path);
    this.#remember(full);
    const entries: FolderEntry[] = [];
    for (const entry of found) {
      options.signal?.throwIfAborted();
      const { name } = entry;
      const link = entry.isSymbolicLink() ? await this.#kindOf(join(full, name), path) : undefined;
      const isFolder = entry.isDirectory();
      if (isFolder) this.#remember(join(full, name));
      const kind = isFolder ? "folder" : entry.isFile() ? "file" : link;
      if (kind) entries.push({ name, kind });
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async open(path: string, options: ReadOptions = {}): Promise<Source> {
    options.signal?.throwIfAborted();
    const steps = folderSteps(path);
    const full = join(this.#home, ...steps);
    const folder = join(this.#home, ...steps.slice(0, -1));
    if (!this.#known.has(folder)) {
      await this.#resolve(folder, path);
      this.#remember(folder);
    }
    for (let attempt = 1; ; attempt++) {
      const descriptor = await openFile(full, FLAGS).catch(async (cause: unknown) => {
        if ((cause as { readonly code?: unknown }).code !== "ELOOP") throw asMissing(cause, path);
        return this.#openLink(full, path);
      });
      try {
        const stats = fstatSync(descriptor);
        if (!stats.isFile()) throw new FormatError("missing", "no such file", { path });
        if (this.#isInside(full, stats, path)) return descriptorSource(descriptor, stats, path);
        if (attempt === ATTEMPTS) throw new FormatError("refused", "others exchange it all the time", { path });
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
      closeSync(descriptor);
    }
  }

  /** Opens what a link leads to, which is inside. */
  async #openLink(full: string, path: string): Promise<number> {
    const real = await this.#resolve(full, path);
    return openFile(real, FLAGS).catch((cause: unknown) => {
      throw asMissing(cause, path);
    });
  }

  /** Whether an open file is the one that is at a path now. Throws `refused` where that is outside. */
  #isInside(full: string, opened: Stats, path: string): boolean {
    let real: string;
    let now: Stats;
    try {
      real = realpathSync.native(full);
      now = statSync(real);
    } catch {
      return false;
    }
    this.#verify(real, path);
    return now.ino === opened.ino && now.dev === opened.dev;
  }

  /** The real path of one, which is inside. */
  async #resolve(full: string, path: string): Promise<string> {
    const real = await realpath(full).catch((cause: unknown) => {
      throw asMissing(cause, path);
    });
    this.#verify(real, path);
    return real;
  }

  #verify(real: string, path: string): void {
    if (real !== this.#home && !real.startsWith(this.#inside))
      throw new FormatError("refused", "a symbolic link leads out of the folder", { path });
  }

  #remember(folder: string): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(folder);
  }

  /** What a link leads to; undefined for what is not to be seen. */
  async #kindOf(full: string, path: string): Promise<FolderEntry["kind"] | undefined> {
    try {
      const stats = await stat(await this.#resolve(full, path));
      if (stats.isDirectory()) return "folder";
      return stats.isFile() ? "file" : undefined;
    } catch {
      return undefined;
    }
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return new Promise((resolve, reject) => {
    readdir(folder, { withFileTypes: true }, (error, entries) => (error ? reject(error) : resolve(entries)));
  });
}

function realNow(full: string, path: string): string {
  try {
    return realpathSync.native(full);
  } catch (cause) {
    throw asMissing(cause, path);
  }
}

function asMissing(cause: unknown, path: string): unknown {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  // ENXIO: a socket.
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ENXIO")
    return new FormatError("missing", "no such file or folder", { path, cause });
  if (code === "ELOOP")
    return new FormatError("refused", "symbolic links lead in a circle or were swapped", { path, cause });
  return cause;
}
