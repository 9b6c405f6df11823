import { FormatError } from "../../../errors.js";
import { type EmscriptenFs, ERRNO, type H5wasm } from "./h5wasm.js";

/**
 * The HDF5 library, loaded once for all files. Its calls return at once; what HDF5 reports while one runs is kept, and
 * which files it tries to open is decided here: a file's structure must never name another one that gets read.
 */
export class Hdf5Library {
  readonly module: H5wasm;
  /** The only path that may be opened now. */
  #allowed: string | undefined;
  #running = false;
  #report = "";
  #refused: string | undefined;
  #broken: unknown;

  constructor(module: H5wasm) {
    this.module = module;
    this.#keepReports(module.FS);
    this.#guardOpen(module.FS);
  }

  /** Whether a breakdown has made it useless: nothing can be freed any more. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /**
   * Runs `call`, and gives what it returns, what HDF5 reported meanwhile (empty when all went well) and the path of a
   * file that it was kept from opening. Throws `FormatError` `limit` once the library has broken down for good.
   */
  run<T>(call: (module: H5wasm) => T, options: { readonly allowed?: string } = {}): Outcome<T> {
    if (this.#broken !== undefined) throw brokenDown(this.#broken);
    // Others who share the module may have set it; its exceptions leave what a call has opened behind.
    this.module.deactivate_throwing_error_handler();
    this.#report = "";
    this.#refused = undefined;
    this.#allowed = options.allowed;
    this.#running = true;
    let value: T | undefined;
    let thrown: unknown;
    try {
      value = call(this.module);
    } catch (error) {
      thrown = error;
      if (isBreakdown(error)) {
        this.#broken = error;
        throw brokenDown(error);
      }
    } finally {
      this.#running = false;
      this.#allowed = undefined;
    }
    return { value, thrown, report: this.#report, refused: this.#refused };
  }

  /** HDF5 prints what went wrong; while a call of ours runs, that is collected in place of being shown. */
  #keepReports(fs: EmscriptenFs): void {
    const stream = fs.streams[2];
    if (!stream) throw new Error("this version of h5wasm has no stream for errors");
    const own = stream.stream_ops;
    const decoder = new TextDecoder();
    stream.stream_ops = {
      ...own,
      write: (target, from, offset, length, position) => {
        if (!this.#running) return own.write?.(target, from, offset, length, position) ?? length;
        const bytes = new Uint8Array(from.buffer, from.byteOffset + offset, length);
        if (this.#report.length < MAX_REPORT) this.#report += decoder.decode(bytes);
        return length;
      },
    };
  }

  #guardOpen(fs: EmscriptenFs): void {
    const own = fs.open;
    fs.open = (path, ...rest) => {
      const plugins = (): readonly string[] => this.module.get_plugin_search_paths();
      const name = typeof path === "string" ? path : "";
      if (this.#running && name !== this.#allowed && !plugins().some((folder) => isInside(name, folder))) {
        this.#refused ??= name;
        throw new fs.ErrnoError(ERRNO.access);
      }
      return own.call(fs, path, ...rest);
    };
  }
}

export interface Outcome<T> {
  readonly value: T | undefined;
  readonly thrown: unknown;
  readonly report: string;
  readonly refused: string | undefined;
}

/** A report has a few kilobytes; what prints more than this says nothing new. */
const MAX_REPORT = 1 << 16;

let loading: Promise<Hdf5Library> | undefined;

/** The library, which is loaded when it is asked for first: 3.6 MB of code. Rejects with what `import` throws. */
export function loadHdf5Library(): Promise<Hdf5Library> {
  loading ??= load();
  // A network that failed may be back.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function load(): Promise<Hdf5Library> {
  const { ready } = (await import("h5wasm")) as unknown as { readonly ready: Promise<H5wasm> };
  return new Hdf5Library(await ready);
}

/** Folders of plugins and what is in them. */
function isInside(path: string, folder: string): boolean {
  return path === folder || (path.startsWith(`${folder}/`) && !path.slice(folder.length).includes(".."));
}

/** Whether wasm code was stopped in its middle, so that its memory cannot be trusted any more. */
function isBreakdown(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

function brokenDown(cause: unknown): FormatError {
  return new FormatError("limit", "the HDF5 library broke down over a damaged file and has to be loaded anew", {
    cause,
  });
}
