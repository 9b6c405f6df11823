import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError } from "../errors.js";
import type { Sink } from "../source/source.js";

export interface FileSinkOptions {
  /** Replace a file that is there already. Default false: `FormatError` `exists`. */
  readonly overwrite?: boolean | undefined;
  /** Wait until the bytes are on the disk before the file appears under its name. Default false. */
  readonly sync?: boolean | undefined;
}

/** One write call takes less than 2 GiB. */
const PIECE = 2 ** 30;

/**
 * Writes a file: bytes go to a temporary file beside the target, which gets its name when the sink is committed and is
 * removed when it is aborted. Rejects with `FormatError` `exists` when the target is there and not to be replaced (also
 * when it appears in the meantime: then `commit` rejects), else with Node's own errors.
 */
export async function fileSink(path: string, options: FileSinkOptions = {}): Promise<Sink> {
  // Through a link, the file that it names is replaced, not the link.
  const target = await realpath(path).catch(() => path);
  const old = await stat(target).catch(() => undefined);
  if (old?.isDirectory()) throw new FormatError("exists", `${path} is a folder`);
  if (!options.overwrite && (await lstat(path).catch(() => undefined))) throw exists(path);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString("hex")}.part`);
  const handle = await open(temporary, "wx");
  try {
    if (old) await handle.chmod(old.mode & 0o777);
  } catch {
    // A file system without permissions; the new file gets its default.
  }
  return new FileSink(path, target, temporary, handle, options);
}

class FileSink implements Sink {
  readonly name: string;
  readonly #target: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #options: FileSinkOptions;
  #open = true;

  constructor(name: string, target: string, temporary: string, handle: FileHandle, options: FileSinkOptions) {
    this.name = name;
    this.#target = target;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#options = options;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#expectOpen();
    let done = 0;
    while (done < bytes.byteLength) {
      const length = Math.min(PIECE, bytes.byteLength - done);
      const { bytesWritten } = await this.#handle.write(bytes, done, length);
      done += bytesWritten;
    }
  }

  async patch(start: number, bytes: Uint8Array): Promise<void> {
    this.#expectOpen();
    let done = 0;
    while (done < bytes.byteLength) {
      // A position of its own: what is appended next still goes to the end.
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done, start + done);
      done += bytesWritten;
    }
  }

  async commit(): Promise<void> {
    this.#expectOpen();
    try {
      if (this.#options.sync) await this.#handle.sync();
      await this.#handle.close();
      if (this.#options.overwrite) await rename(this.#temporary, this.#target);
      else await claim(this.#temporary, this.#target, this.name);
      this.#open = false;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close().catch(() => undefined);
    await unlink(this.#temporary).catch(() => undefined);
  }

  #expectOpen(): void {
    if (!this.#open) throw new Error(`${this.name}: nothing can be written after commit or abort`);
  }
}

/** Gives `temporary` the name `target`, unless somebody else has taken it: of two writers, one fails. */
async function claim(temporary: string, target: string, name: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "EEXIST") throw exists(name);
    if (code === "ENOENT" || code === "ENOSPC" || code === "EDQUOT" || code === "EROFS") throw error;
    // No hard links here (FAT, some network file systems): creating the name is what only one writer can do.
    await createOnce(target, name);
    try {
      await rename(temporary, target);
    } catch (cause) {
      await unlink(target).catch(() => undefined);
      throw cause;
    }
    return;
  }
  await unlink(temporary);
}

async function createOnce(target: string, name: string): Promise<void> {
  try {
    await (await open(target, "wx")).close();
  } catch (error) {
    throw (error as { readonly code?: unknown }).code === "EEXIST" ? exists(name) : error;
  }
}

function exists(path: string): FormatError {
  return new FormatError("exists", `${path} is there already`);
}
