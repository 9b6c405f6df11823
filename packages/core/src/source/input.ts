import { blobSource } from "./blob.js";
import { memorySource } from "./memory.js";
import type { ReadOptions, Source } from "./source.js";
import { urlSource } from "./url.js";

/** What every reader accepts. Paths are not among it: Node's `fileSource` makes a source of one. */
export type Input = Source | ArrayBuffer | Uint8Array | Blob | URL;

/** The source that `input` is or stands for. Throws what {@link urlSource} throws, `TypeError` when it is no input. */
export async function toSource(input: Input, options: ReadOptions = {}): Promise<Source> {
  if (input instanceof ArrayBuffer || input instanceof Uint8Array) return memorySource(input);
  if (input instanceof Blob) return blobSource(input);
  if (input instanceof URL) return urlSource(input, { signal: options.signal });
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
