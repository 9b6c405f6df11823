import { close, closeSync, fstat, open, read, readSync, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { allocate, checkBounds, truncated } from "../source/bounds.js";
import type { ReadOptions, Source } from "../source/source.js";

/** One read call takes less than 2 GiB; shorter pieces where somebody may want to stop in between. */
const PIECE = 2 ** 30;
const ABORTABLE_PIECE = 2 ** 26;

/** An open file, ours by descriptor or the caller's by handle. */
interface Opened {
  readonly name: string;
  /** Reads up to `length` bytes to the start of `target`; gives how many there were. */
  read(target: Uint8Array, length: number, position: number): Promise<number>;
  /** The same at once. */
  readSync(target: Uint8Array, length: number, position: number): number;
  readonly close: () => Promise<void>;
}

/** A source that can always be closed. */
export interface FileSource extends Source {
  close(): Promise<void>;
}

/**
 * A source over a file, by its path or an open handle. By path, the file stays open until {@link FileSource.close}, or until
 * nobody holds the source any more; a handle stays the caller's, whom closing the source does not concern. Rejects with Node's
 * own errors (`ENOENT`, …) when the file cannot be opened, `TypeError` for folders and pipes.
 */
export async function fileSource(file: string | URL | FileHandle): Promise<FileSource> {
  if (typeof file !== "string" && !(file instanceof URL)) return sourceOf(ofHandle(file), await file.stat());
  const descriptor = await openFile(file, "r");
  try {
    return descriptorSource(descriptor, await statFile(descriptor), String(file));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

const [openFile, statFile] = [promisify(open), promisify(fstat)];

/** A source over the file of a descriptor, which it closes. Throws `TypeError` when that is no file, and leaves it open. */
export function descriptorSource(descriptor: number, stats: Stats, name: string): FileSource {
  const opened = ofDescriptor(descriptor, name);
  const source = sourceOf(opened, stats);
  dropped.register(opened, descriptor, opened);
  return source;
}

/** Descriptors of sources that were dropped without being closed: one read from a file by one expression ends like that. */
const dropped = new FinalizationRegistry<number>((descriptor) => close(descriptor, () => {}));

function ofDescriptor(descriptor: number, name: string): Opened {
  let closed = false;
  const opened: Opened = {
    name,
    read: (target, length, position) =>
      new Promise((resolve, reject) => {
        // Another file may have got the number since.
        if (closed) throw new Error(`${name} was closed`);
        // `opened` is named so that it is not dropped while a read is under way.
        read(descriptor, target, 0, length, position, (error, count) =>
          error ? reject(error) : resolve(opened ? count : 0),
        );
      }),
    readSync(target, length, position) {
      if (closed) throw new Error(`${name} was closed`);
      return readSync(descriptor, target, 0, length, position);
    },
    close: async () => {
      closed = true;
      // What was only read is closed at once, without waiting for a disk.
      if (dropped.unregister(opened)) closeSync(descriptor);
    },
  };
  return opened;
}

function ofHandle(handle: FileHandle): Opened {
  return {
    name: "",
    read: async (target, length, position) => (await handle.read(target, 0, length, position)).bytesRead,
    readSync: (target, length, position) => readSync(handle.fd, target, 0, length, position),
    close: async () => {},
  };
}

function sourceOf(file: Opened, stats: Stats): FileSource {
  if (!stats.isFile()) throw new TypeError(`${file.name || "the handle"} is no regular file`);
  const source = { byteLength: stats.size, name: file.name };

  const readInto = async (target: Uint8Array, start: number, options: ReadOptions = {}): Promise<void> => {
    const end = start + target.byteLength;
    checkBounds(source, start, end);
    const piece = options.signal ? ABORTABLE_PIECE : PIECE;
    let done = 0;
    while (done < target.byteLength) {
      options.signal?.throwIfAborted();
      const length = Math.min(piece, target.byteLength - done);
      const bytesRead = await file.read(target.subarray(done), length, start + done);
      if (bytesRead === 0) throw truncated(source, end, start + done);
      done += bytesRead;
    }
    options.signal?.throwIfAborted();
  };
  const readNow = (target: Uint8Array, start: number): void => {
    const end = start + target.byteLength;
    checkBounds(source, start, end);
    for (let done = 0; done < target.byteLength; ) {
      const length = Math.min(PIECE, target.byteLength - done);
      const bytesRead = file.readSync(target.subarray(done), length, start + done);
      if (bytesRead === 0) throw truncated(source, end, start + done);
      done += bytesRead;
    }
  };
  return {
    ...source,
    readInto,
    readNow,
    async read(start, end, options) {
      checkBounds(source, start, end);
      const bytes = allocate(end - start, file.name || "the file");
      await readInto(bytes, start, options);
      return bytes;
    },
    close: file.close,
  };
}
