import { blobSource } from "./blob.js";
import { handleFolder } from "./folder-handle.js";
import { memorySource } from "./memory.js";
import type { Folder, ReadOptions, Source } from "./source.js";

/** What every reader accepts. Paths are not among it: Node's `fileSource` makes a source of one. */
export type Input = Source | ArrayBuffer | Uint8Array | Blob | URL;

/** What readers of data sets that are folders accept besides: folders, and archives of them. */
export type FolderInput = Input | Folder | FileSystemDirectoryHandle;

/** The folder that `input` is; undefined for anything else. */
export function toFolder(input: unknown): Folder | undefined {
  if (isFolder(input)) return input;
  const isHandle = typeof FileSystemDirectoryHandle !== "undefined" && input instanceof FileSystemDirectoryHandle;
  return isHandle ? handleFolder(input) : undefined;
}

/** Whether a value is a {@link Folder}: it lists and opens entries. */
export function isFolder(value: unknown): value is Folder {
  return (
    typeof value === "object" &&
    value !== null &&
    "list" in value &&
    typeof value.list === "function" &&
    "open" in value &&
    typeof value.open === "function"
  );
}

/** The source that `input` is or stands for. Throws what `urlSource` throws, `TypeError` when it is no input. */
export async function toSource(input: Input, options: ReadOptions = {}): Promise<Source> {
  if (input instanceof ArrayBuffer || input instanceof Uint8Array) return memorySource(input);
  if (input instanceof Blob) return blobSource(input);
  if (input instanceof URL) {
    const { urlSource } = await import("./url.js");
    return urlSource(input, { signal: options.signal });
  }
  if (isSource(input)) return input;
  const hint = typeof input === "string" ? "; in Node, fileSource(path) opens a file" : "";
  throw new TypeError(`a Source, bytes, Blob or URL is needed${hint}`);
}

/** Whether `value` is something to read from, and not a value that was read already. */
export function isInput(value: unknown): value is Input {
  return (
    value instanceof ArrayBuffer ||
    value instanceof Uint8Array ||
    value instanceof Blob ||
    value instanceof URL ||
    isSource(value)
  );
}

function isSource(value: unknown): value is Source {
  return (
    typeof value === "object" &&
    value !== null &&
    "byteLength" in value &&
    "read" in value &&
    typeof value.read === "function"
  );
}
