import type { Folder, Progress, Source } from "@somakit/core";
import { isFolder } from "@somakit/core/source";

type OnProgress = (progress: Progress) => void;

/**
 * How much has been read of what is open: bytes of files, each of which counts once however often it is read, or files where
 * there is a folder among them. Files that are closed do not count, so that each of several begins anew.
 */
export class Reading {
  readonly #onProgress: OnProgress;
  readonly #open = new Set<Amount>();

  constructor(onProgress: OnProgress) {
    this.#onProgress = onProgress;
  }

  async watch<T extends Source | Folder>(opened: T): Promise<T> {
    return (isFolder(opened) ? await this.#folder(opened) : this.#source(opened)) as T;
  }

  #source(source: Source): Source {
    const amount = new Amount(source.byteLength, "bytes");
    this.#open.add(amount);
    return watched(source, {
      onRead: (start, end) => {
        amount.cover(start, end);
        this.#tell();
      },
      onClose: () => this.#open.delete(amount),
    });
  }

  async #folder(folder: Folder): Promise<Folder> {
    const amount = new Amount(await filesIn(folder, ""), "files");
    const seen = new Set<string>();
    this.#open.add(amount);
    return {
      name: folder.name,
      list: (path, options) => folder.list(path, options),
      open: async (path, options) => {
        const source = await folder.open(path, options);
        seen.add(path);
        amount.done = seen.size;
        this.#tell();
        return source;
      },
      close: async () => {
        this.#open.delete(amount);
        await folder.close?.();
      },
    };
  }

  #tell(): void {
    const all = [...this.#open];
    const unit = all.some((amount) => amount.unit === "files") ? "files" : "bytes";
    const counted = all.filter((amount) => amount.unit === unit);
    const sum = (of: "done" | "total"): number => counted.reduce((total, amount) => total + amount[of], 0);
    if (counted.length > 0) this.#onProgress({ stage: "read", done: sum("done"), total: sum("total"), unit });
  }
}

/** A mark for each of so many pieces at most tells what was read. */
const MOST_PIECES = 1 << 16;
const LEAST_PIECE = 1 << 14;

/** How much of something is done. */
class Amount {
  done = 0;
  readonly total: number;
  readonly unit: "bytes" | "files";
  readonly #piece: number;
  readonly #marks: Uint8Array;

  constructor(total: number, unit: "bytes" | "files") {
    this.total = total;
    this.unit = unit;
    this.#piece = Math.max(LEAST_PIECE, Math.ceil(total / MOST_PIECES));
    this.#marks = new Uint8Array(unit === "bytes" ? Math.ceil(total / this.#piece) : 0);
  }

  /** Counts the pieces that end in a part: of those that are read bit by bit the last bit counts. */
  cover(start: number, end: number): void {
    const last = this.#marks.length - 1;
    for (let at = Math.floor(start / this.#piece); at <= last; at++) {
      const stop = at === last ? this.total : (at + 1) * this.#piece;
      if (stop > end) return;
      if (this.#marks[at] === 1) continue;
      this.#marks[at] = 1;
      this.done += stop - at * this.#piece;
    }
  }
}

interface Watcher {
  readonly onRead: (start: number, end: number) => void;
  readonly onClose: () => void;
}

function watched(source: Source, { onRead, onClose }: Watcher): Source {
  const { view, readInto, readNow } = source;
  return {
    byteLength: source.byteLength,
    name: source.name,
    ...(source.pieceSize !== undefined && { pieceSize: source.pieceSize }),
    read: async (start, end, options) => {
      const bytes = await source.read(start, end, options);
      onRead(start, end);
      return bytes;
    },
    ...(view && {
      view: (start: number, end: number) => {
        onRead(start, end);
        return view.call(source, start, end);
      },
    }),
    ...(readInto && {
      readInto: async (target: Uint8Array, start: number, options?: Parameters<Source["read"]>[2]) => {
        await readInto.call(source, target, start, options);
        onRead(start, start + target.byteLength);
      },
    }),
    ...(readNow && {
      readNow: (target: Uint8Array, start: number) => {
        readNow.call(source, target, start);
        onRead(start, start + target.byteLength);
      },
    }),
    close: async () => {
      onClose();
      await source.close?.();
    },
  };
}

async function filesIn(folder: Folder, path: string): Promise<number> {
  let count = 0;
  for (const { name, kind } of await folder.list(path))
    if (!name.startsWith("."))
      count += kind === "file" ? 1 : await filesIn(folder, path === "" ? name : `${path}/${name}`);
  return count;
}
