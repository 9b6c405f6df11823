import { FormatError } from "../../../errors.js";
import type { ReadOptions, Source } from "../../../source/source.js";
import { FileBytes, NotReady, Unknown } from "./direct/bytes.js";
import { failureOf, located } from "./failure.js";
import type { H5wasm } from "./h5wasm.js";
import { type Hdf5Library, loadHdf5Library } from "./library.js";
import { type ReadyBytes, readyBytes } from "./pages.js";
import { checkSuperblock, type RootAddress, type Superblock } from "./superblock.js";
import { type VirtualFile, virtualFile } from "./virtual-file.js";

/** Files that are open in the library at once; others are opened again when they are needed. */
const MOST_OPEN = 16;

/** What the library holds of a file, apart from the session, so that it can be freed when the session is gone. */
interface Opened {
  readonly library: Hdf5Library;
  readonly file: VirtualFile;
  id: bigint;
}

/** The one that was used longest ago comes first. */
const opened = new Set<Opened>();

const dropped = new FinalizationRegistry<Holder>((holder) => close(holder));

/** Where a session keeps what it has open. */
interface Holder {
  current: Opened | undefined;
}

type Call<T> = (module: H5wasm, file: bigint) => T;

export interface CallOptions extends ReadOptions {
  /** Whether the call may read text or sequences, which are in heaps. Default true. */
  readonly heaps?: boolean | undefined;
}

/**
 * One file as it is read: as far as possible without the HDF5 library, which is loaded when it is needed first. The file stays
 * the caller's, and open while the session is used.
 */
export class Hdf5Session {
  readonly source: Source;
  /** Where the root group is, for those who read without the library; undefined where that is not possible. */
  readonly root: RootAddress | undefined;
  readonly #bytes: ReadyBytes;
  readonly #file: FileBytes;
  readonly #holder: Holder = { current: undefined };
  #closed = false;

  private constructor(source: Source, { root }: Superblock) {
    this.root = root;
    this.source = source;
    this.#bytes = readyBytes(source);
    this.#file = new FileBytes(this.#bytes, source.byteLength);
    dropped.register(this, this.#holder, this);
  }

  /** Looks at the superblock. Throws `FormatError`: `not-this-format`, `truncated`. */
  static async open(source: Source, options: ReadOptions = {}): Promise<Hdf5Session> {
    return new Hdf5Session(source, await checkSuperblock(source, options));
  }

  /**
   * Makes `call`, which must have no effect but its result: it is made again whenever bytes were missing. Whatever HDF5
   * reports is thrown as a `FormatError` with `path`, the place inside the file.
   */
  async call<T>(path: string, call: Call<T>, options: CallOptions = {}): Promise<T> {
    options.signal?.throwIfAborted();
    const library = await loadHdf5Library();
    try {
      while (true) {
        const result = this.#attempt(library, { path, heaps: options.heaps ?? true }, call);
        if (!this.#bytes.lacks) return (result as { readonly value: T }).value;
        await this.#bytes.bring(options);
        options.signal?.throwIfAborted();
      }
    } finally {
      this.#bytes.release();
    }
  }

  /**
   * What `read`, which must have no effect but its result, finds in the bytes of the file without the library; undefined when
   * that is not one of the structures that it knows. Made again whenever bytes were missing.
   */
  async direct<T>(read: (file: FileBytes) => T, options: ReadOptions = {}): Promise<T | undefined> {
    if (!this.root) return undefined;
    options.signal?.throwIfAborted();
    const file = this.#file;
    try {
      while (true) {
        const outcome = attempt(() => read(file));
        if (outcome.kind === "found") return outcome.value;
        if (outcome.kind === "unknown") return undefined;
        await this.#bytes.bring(options);
        options.signal?.throwIfAborted();
      }
    } finally {
      this.#bytes.release();
    }
  }

  /** Undefined when bytes are missing, or when the file could not be opened for lack of them. */
  #attempt<T>(
    library: Hdf5Library,
    { path, heaps }: { readonly path: string; readonly heaps: boolean },
    call: Call<T>,
  ): { readonly value: T } | undefined {
    const current = this.#open(library);
    if (!current) return undefined;
    current.file.heaps.active = heaps;
    const outcome = library.run((module) => call(module, current.id));
    const failure = current.file.takeFailure();
    if (this.#bytes.lacks) return undefined;
    if (failure !== undefined) throw failure instanceof FormatError ? located(failure, path) : failure;
    const error = failureOf(outcome, path);
    if (error) throw error;
    return { value: outcome.value as T };
  }

  #open(library: Hdf5Library): Opened | undefined {
    if (this.#closed) throw new Error("the HDF5 file was closed");
    const current = this.#holder.current;
    if (current && opened.delete(current)) {
      opened.add(current);
      return current;
    }
    const file = virtualFile(library.module, this.source, this.#bytes);
    const outcome = library.run((module) => module.open(file.path, READ_ONLY, false, -1, -1), {
      allowed: file.path,
    });
    const id = outcome.value ?? -1n;
    const failure = file.takeFailure();
    const made: Opened = { library, file, id };
    if (id < 0n || this.#bytes.lacks) {
      if (id >= 0n) library.run((module) => module.close_file(id));
      file.remove();
      if (this.#bytes.lacks) return undefined;
      throw failure ?? failureOf(outcome, "") ?? new FormatError("corrupt", "HDF5 cannot open it");
    }
    this.#holder.current = made;
    opened.add(made);
    for (const oldest of opened) {
      if (opened.size <= MOST_OPEN) break;
      if (oldest !== made) closeOpened(oldest);
    }
    return made;
  }

  /** Frees what the library holds of the file. Its nodes cannot be read any more. */
  close(): void {
    this.#closed = true;
    dropped.unregister(this);
    close(this.#holder);
  }
}

type Attempt<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "unknown" | "not ready" };

function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { kind: "found", value: read() };
  } catch (error) {
    if (error instanceof NotReady) return { kind: "not ready" };
    // Of a source that fails, or a file that ends too early, the library's way of reading tells more.
    const isDamage = error instanceof FormatError && error.code === "corrupt";
    if (error instanceof Unknown || (error instanceof FormatError && !isDamage)) return { kind: "unknown" };
    throw error;
  }
}

const READ_ONLY = 0;

function close(holder: Holder): void {
  if (holder.current) closeOpened(holder.current);
  holder.current = undefined;
}

function closeOpened(one: Opened): void {
  if (!opened.delete(one) || one.library.isBroken) return;
  one.library.run((module) => module.close_file(one.id));
  one.file.remove();
}
