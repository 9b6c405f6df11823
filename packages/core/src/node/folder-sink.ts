import { randomBytes } from "node:crypto";
import { lstat, mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FormatError } from "../errors.js";
import { NewPaths } from "../source/folder-sink.js";
import type { FolderSink, Sink } from "../source/source.js";
import { fileSink } from "./sink.js";

/**
 * Writes a new folder: files go to a temporary folder beside it, which gets its name when the sink is committed and is
 * removed when it is aborted. Rejects with `FormatError` `exists` when there is something of that name, now or when it is
 * committed: nothing is ever written into a folder that is there.
 */
export async function folderSink(path: string): Promise<FolderSink> {
  const target = resolve(path);
  await refuseExisting(target, path);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString("hex")}.part`);
  await mkdir(temporary);
  return new DiskFolderSink(path, target, temporary);
}

class DiskFolderSink implements FolderSink {
  readonly name: string;
  readonly #target: string;
  readonly #temporary: string;
  readonly #paths = new NewPaths();
  #open = true;

  constructor(name: string, target: string, temporary: string) {
    this.name = name;
    this.#target = target;
    this.#temporary = temporary;
  }

  async file(path: string): Promise<Sink> {
    this.#expectOpen();
    const file = join(this.#temporary, ...this.#paths.take(path));
    await mkdir(dirname(file), { recursive: true });
    return fileSink(file);
  }

  async commit(): Promise<void> {
    this.#expectOpen();
    try {
      // A file of that name stops `rename` by itself, and so does a folder that is not empty.
      await refuseExisting(this.#target, this.name);
      await rename(this.#temporary, this.#target);
      this.#open = false;
    } catch (error) {
      await this.abort();
      const { code } = error as { readonly code?: unknown };
      throw code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR" ? exists(this.name) : error;
    }
  }

  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await rm(this.#temporary, { recursive: true, force: true });
  }

  #expectOpen(): void {
    if (!this.#open) throw new Error(`${this.name}: nothing can be written after commit or abort`);
  }
}

async function refuseExisting(target: string, name: string): Promise<void> {
  if (await lstat(target).catch(() => undefined)) throw exists(name);
}

function exists(path: string): FormatError {
  return new FormatError("exists", `${path} is there already`);
}
