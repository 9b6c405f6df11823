import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { FolderSink, Layout, Sink } from "@somakit/core";
import { fileSink, folderSink } from "@somakit/core/node";
import { Annotated, OptionError, UsageError } from "./failure.js";
import type { Unfinished } from "./verbs/verb.js";

/** A file that shall be written. */
export interface Target {
  readonly path: string;
  /** Kind of container, told by the ending of the path. */
  readonly container: string;
}

/** An error about the file that is to be written. */
function refused(path: string, message: string, hint: string): Annotated {
  return new Annotated(new UsageError(message, hint), { file: path });
}

/** Throws a `UsageError` for a path that cannot be written to, or whose ending is none of the data set's. */
export function targetOf({ title, containers }: Layout, path: string): Target {
  const endings = containers.flatMap(({ extensions }) => extensions);
  targetPath(path, endings, title, { folders: containers.some(({ codec }) => codec.kind === "folder") });
  const name = path.toLowerCase();
  const found = containers.find(({ extensions }) => extensions.some((ending) => name.endsWith(ending)));
  return { path, container: (found as Layout["containers"][number]).codec.kind };
}

/** The path, when a file of one of these endings can be written to it. Throws `UsageError`. */
export function targetPath(
  path: string,
  endings: readonly string[],
  title: string,
  { folders = false }: { readonly folders?: boolean } = {},
): string {
  if (path === "-") throw new OptionError("-o - is not possible: what is written needs a name", "give a path");
  if (/^(https?|file):\/\//i.test(path)) throw refused(path, "only files can be written", "give a path");
  if (endings.some((ending) => path.toLowerCase().endsWith(ending))) return path;
  throw refused(
    path,
    `the ending is none of those of ${title}`,
    `names of such files end in ${endings.join(", ") || "nothing that can be written"}${folders ? "; a name without a dot is that of a new folder" : ""}`,
  );
}

/** What one file gets. */
export interface Job extends Pick<Target, "path"> {
  /** Writes everything and commits the sink. */
  readonly write: (sink: Sink) => Promise<void>;
}

/** What one new folder gets. */
export interface FolderJob extends Pick<Target, "path"> {
  readonly writeFolder: (sink: FolderSink) => Promise<void>;
}

export interface WriteFilesOptions {
  /** Replace files that are there. */
  readonly force: boolean;
  /** Sinks that are open, for whoever ends the process in the meantime. */
  readonly unfinished: Set<Unfinished>;
}

export interface Written {
  readonly path: string;
  readonly bytes: number;
}

export interface FreeOptions extends Pick<WriteFilesOptions, "force"> {
  /** Whether folders that are missing will be made. */
  readonly foldersComing?: boolean;
}

/**
 * Throws a `UsageError` for a path that is taken or in no folder: before anything is read, as reading may take long. Who
 * takes it in the meantime is not overwritten either.
 */
export async function verifyFree(
  targets: readonly Pick<Target, "path">[],
  { force, foldersComing = false }: FreeOptions,
): Promise<void> {
  for (const { path } of targets) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) throw refused(path, "it is a folder", "give the name of a file");
    if (found && !force) throw refused(path, "it is there already", "--force replaces it");
    if (foldersComing) continue;
    const folder = await stat(dirname(path)).catch(() => undefined);
    if (!folder?.isDirectory()) throw refused(path, `there is no folder ${dirname(path)}`, "make it first");
  }
}

/** Writes several files, or folders, which appear under their names when all of them are complete; none does when one fails. */
export async function writeFiles(
  jobs: readonly (Job | FolderJob)[],
  options: WriteFilesOptions,
): Promise<readonly Written[]> {
  const files: (WaitingFile | WaitingFolder)[] = [];
  try {
    for (const job of jobs) {
      if ("write" in job) {
        const file = await openFile(job.path, options);
        files.push(file);
        await job.write(file);
        continue;
      }
      const folder = new WaitingFolder(await folderSink(job.path), options.unfinished);
      files.push(folder);
      await job.writeFolder(folder);
    }
    for (const file of files) await file.publish();
  } catch (error) {
    for (const file of files) await file.abort();
    throw error;
  }
  return files.map(({ name, bytes }) => ({ path: name, bytes }));
}

async function openFile(path: string, { force, unfinished }: WriteFilesOptions): Promise<WaitingFile> {
  try {
    return new WaitingFile(await fileSink(path, { overwrite: force }), unfinished);
  } catch (error) {
    throw new Annotated(error, { file: path });
  }
}

/** A complete file that has not got its name yet. */
class WaitingFile implements Sink {
  bytes = 0;
  readonly #file: Sink;
  readonly #unfinished: Set<Unfinished>;

  constructor(file: Sink, unfinished: Set<Unfinished>) {
    this.#file = file;
    this.#unfinished = unfinished;
    unfinished.add(file);
  }

  get name(): string {
    return this.#file.name;
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.append(bytes);
    } catch (error) {
      throw new Annotated(error, { file: this.name });
    }
    this.bytes += bytes.byteLength;
  }

  async patch(start: number, bytes: Uint8Array): Promise<void> {
    if (!this.#file.patch) throw new Error(`${this.name} cannot be changed once it is written`);
    await this.#file.patch(start, bytes);
  }

  async commit(): Promise<void> {
    // Nothing to do before the others are complete.
  }

  async publish(): Promise<void> {
    try {
      await this.#file.commit();
    } catch (error) {
      throw new Annotated(error, { file: this.name });
    }
    this.#unfinished.delete(this.#file);
  }

  async abort(): Promise<void> {
    await this.#file.abort();
    this.#unfinished.delete(this.#file);
  }
}

/** A complete folder that has not got its name yet. Counts what is written into it. */
class WaitingFolder implements FolderSink {
  bytes = 0;
  readonly #folder: FolderSink;
  readonly #unfinished: Set<Unfinished>;

  constructor(folder: FolderSink, unfinished: Set<Unfinished>) {
    this.#folder = folder;
    this.#unfinished = unfinished;
    unfinished.add(folder);
  }

  get name(): string {
    return this.#folder.name;
  }

  async file(path: string): Promise<Sink> {
    const file = await this.#folder.file(path);
    return {
      name: file.name,
      append: async (bytes) => {
        await file.append(bytes);
        this.bytes += bytes.byteLength;
      },
      commit: () => file.commit(),
      abort: () => file.abort(),
    };
  }

  async commit(): Promise<void> {
    // Nothing to do before the others are complete.
  }

  async publish(): Promise<void> {
    await this.#folder.commit();
    this.#unfinished.delete(this.#folder);
  }

  async abort(): Promise<void> {
    await this.#folder.abort();
    this.#unfinished.delete(this.#folder);
  }
}
