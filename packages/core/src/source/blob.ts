import { checkBounds, truncated } from "./bounds.js";
import type { ReadOptions, Source } from "./source.js";

/**
 * A source over a Blob or File; nothing is read before it is asked for. Do not use it on what Node's `fs.openAsBlob`
 * gives for files of 4 GiB and more: that states a wrong size. Use `fileSource` of `@somakit/core/node` there.
 */
export function blobSource(blob: Blob, name: string = blob instanceof File ? blob.name : ""): Source {
  const source = { byteLength: blob.size, name };
  const read = async (start: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> => {
    checkBounds(source, start, end);
    options.signal?.throwIfAborted();
    const bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
    options.signal?.throwIfAborted();
    if (bytes.byteLength !== end - start) throw truncated(source, end, start + bytes.byteLength);
    return bytes;
  };
  return { ...source, read };
}
