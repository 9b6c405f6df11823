import type { Source } from "../../../source/source.js";
import { ERRNO, type FsStream, type H5wasm } from "./h5wasm.js";
import { HeapGuard } from "./heap-guard.js";
import type { ReadyBytes } from "./pages.js";

/** A file in the library's file system whose bytes are those of a source. */
export interface VirtualFile {
  readonly path: string;
  /** What reading the source threw, once; HDF5 itself only learns that it failed. */
  takeFailure(): unknown;
  readonly heaps: HeapGuard;
  remove(): void;
}

/** Folders of such files. */
export const FOLDER: RegExp = /^\/somakit-[^/]*\//;

let count = 0;

/**
 * Shows `source` to the library under a path of its own. Folder names are not to be guessed, as the structure of a file
 * may name any path.
 */
export function virtualFile(module: H5wasm, source: Source, bytes: ReadyBytes): VirtualFile {
  const fs = module.FS;
  const folder = `/somakit-${count++}-${crypto.randomUUID()}`;
  const name = "file.h5";
  const size = source.byteLength;
  const guard = new HeapGuard(bytes, size);
  let failure: unknown;
  const read = (_: FsStream, into: Uint8Array, offset: number, length: number, position: number): number => {
    const wanted = Math.max(0, Math.min(length, size - position));
    const target = new Uint8Array(into.buffer, into.byteOffset + offset, wanted);
    let done = false;
    try {
      done = bytes.fill(target, position) && guard.pass(target, position);
    } catch (error) {
      failure ??= error;
    }
    if (!done) throw new fs.ErrnoError(ERRNO.io);
    return wanted;
  };
  fs.mkdir(folder);
  const node = fs.createFile(folder, name, {}, true, false);
  const time = new Date(0);
  node.node_ops = {
    ...node.node_ops,
    getattr: () => ({
      ...{ dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, blksize: 4096 },
      ...{ atime: time, mtime: time, ctime: time, blocks: Math.ceil(size / 4096) },
    }),
  };
  node.stream_ops = {
    read,
    llseek: (stream: FsStream, offset: number, whence: number) =>
      offset + (whence === 1 ? stream.position : whence === 2 ? size : 0),
  };
  return {
    path: `${folder}/${name}`,
    heaps: guard,
    takeFailure() {
      const taken = failure;
      failure = undefined;
      return taken;
    },
    remove() {
      fs.unlink(`${folder}/${name}`);
      fs.rmdir(folder);
    },
  };
}
