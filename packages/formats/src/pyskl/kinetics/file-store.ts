import type { Folder, ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { unlessAborted } from "./abortable.js";
import type { KpEntry, KpKey } from "./kp-entry.js";
import { KpFile } from "./kpfile.js";
import type { KpEntries, KpStore } from "./store.js";

export interface KpFilesOptions {
  /**
   * The path of a clip's kpfile inside the folder, in place of its `raw_file`; `undefined` when it has none.
   * `({ frame_dir }) => frame_dir + ".pkl"` finds files of single clips.
   */
  readonly fileOf?: ((clip: KpKey) => string | undefined) | undefined;
  /** How many kpfiles stay open, with their tables in memory. Default 16. */
  readonly maxOpen?: number | undefined;
}

/**
 * Kpfiles in a folder, the one that `raw_file` paths start from. Each is gone through once, to learn where its clips are,
 * as long as no more than `maxOpen` are in use; the skeletons of a clip are read when it is asked for.
 *
 * Throws `FormatError` `refused` for a path that is absolute or leaves the folder, `missing` for a file that is not
 * there, and as {@link KpFile} does.
 */
export class KpFiles implements KpStore {
  readonly #folder: Folder;
  readonly #fileOf: (clip: KpKey) => string | undefined;
  readonly #maxOpen: number;
  /** The file used last is last. */
  readonly #open: Map<string, Use> = new Map();

  constructor(folder: Folder, options: KpFilesOptions = {}) {
    this.#folder = folder;
    this.#fileOf = options.fileOf ?? (({ raw_file: path }) => path);
    this.#maxOpen = options.maxOpen ?? 16;
    if (!(this.#maxOpen >= 1)) throw new RangeError(`maxOpen is 1 or more, ${this.#maxOpen} given`);
  }

  /** The path of a clip's kpfile inside the folder; `undefined` when it names none. */
  pathOf(clip: KpKey): string | undefined {
    const path = this.#fileOf(clip);
    return path === undefined ? undefined : insidePath(path);
  }

  async get(clip: KpKey, options: ReadOptions = {}): Promise<KpEntry | undefined> {
    const path = this.pathOf(clip);
    if (path === undefined) return undefined;
    const use = this.#take(path);
    try {
      return await (await unlessAborted(use.file, options.signal)).get(clip.frame_dir, options);
    } finally {
      await this.#release(use);
    }
  }

  /** The entries of all clips in one kpfile, one in memory at a time. */
  async *entries(path: string, options: ReadOptions = {}): KpEntries {
    const use = this.#take(insidePath(path));
    try {
      yield* (await unlessAborted(use.file, options.signal)).entries(options);
    } finally {
      await this.#release(use);
    }
  }

  /** The entries of all kpfiles (`*.pkl`) in a folder and those below it; by default everything there is. */
  async *allEntries(path = "", options: ReadOptions = {}): KpEntries {
    for (const { name, kind } of await this.#folder.list(path, options)) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (kind === "folder") yield* this.allEntries(inner, options);
      else if (name.endsWith(".pkl")) yield* this.entries(inner, options);
    }
  }

  /** Closes the kpfiles, each when nobody reads from it any more. The store may be used again. */
  async close(): Promise<void> {
    const uses = [...this.#open.values()];
    this.#open.clear();
    for (const use of uses) use.stays = false;
    await Promise.all(uses.map((use) => closeIfDone(use)));
  }

  #take(path: string): Use {
    const known = this.#open.get(path);
    // Not aborted with the one who comes first: others may wait for it by then.
    const use = known ?? {
      path,
      file: this.#folder.open(path).then((source) => KpFile.open(source)),
      readers: 0,
      stays: true,
    };
    // Whoever asked gets the error; here it only must not count as unhandled.
    if (!known) use.file.catch(() => this.#forget(use));
    this.#open.delete(path);
    this.#open.set(path, use);
    use.readers++;
    return use;
  }

  #forget(use: Use): void {
    use.stays = false;
    if (this.#open.get(use.path) === use) this.#open.delete(use.path);
  }

  async #release(use: Use): Promise<void> {
    use.readers--;
    for (const old of this.#open.values()) {
      if (this.#open.size <= this.#maxOpen) break;
      if (old.readers > 0) continue;
      this.#forget(old);
      await closeIfDone(old);
    }
    if (!use.stays) await closeIfDone(use);
  }
}

/** An open kpfile and how many are reading from it. */
interface Use {
  readonly path: string;
  readonly file: Promise<KpFile>;
  readers: number;
  /** Whether it is kept when the last reader is gone. */
  stays: boolean;
}

async function closeIfDone(use: Use): Promise<void> {
  if (use.readers > 0 || use.stays) return;
  // A file that could not be opened is closed already.
  const file = await use.file.catch(() => undefined);
  await file?.close();
}

/** `path` without `.` and `..`. */
function insidePath(path: string): string {
  const steps: string[] = [];
  const refuse = (): never => {
    throw new FormatError("refused", "the path leaves the folder of kpfiles", { path });
  };
  if (path.startsWith("/")) refuse();
  for (const step of path.split("/")) {
    if (step === "..") {
      if (steps.pop() === undefined) refuse();
    } else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/");
}
