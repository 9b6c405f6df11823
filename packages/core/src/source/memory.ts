import { checkBounds } from "./bounds.js";
import type { Source } from "./source.js";

/** A source over bytes in memory, which it shares: whoever changes them changes the source. */
export function memorySource(bytes: ArrayBuffer | Uint8Array, name = ""): Source {
  // A plain view, so that a Buffer does not leak its own `slice` and the like to readers.
  const home =
    bytes instanceof ArrayBuffer
      ? new Uint8Array(bytes)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const source = { byteLength: home.byteLength, name };
  const view = (start: number, end: number): Uint8Array => {
    checkBounds(source, start, end);
    return home.subarray(start, end);
  };
  return {
    ...source,
    view,
    async read(start, end, options = {}) {
      options.signal?.throwIfAborted();
      return view(start, end);
    },
    async readInto(target, start, options = {}) {
      options.signal?.throwIfAborted();
      target.set(view(start, start + target.byteLength));
    },
  };
}
