import { readThrough } from "../../source/read-through.js";
import type { Wrap } from "./wrap.js";

/** Not compressed: a stream is its content, and every byte can be gone to. */
export const none: Wrap = {
  name: "none",
  hasPadding: false,
  matches: () => true,
  async *pieces(source, start, { signal, firstBytes } = {}) {
    // A source may use its memory again.
    for await (const piece of readThrough(source, start, source.byteLength, { signal, first: firstBytes }))
      yield source.view ? piece : piece.slice();
  },
  async open(source) {
    return {
      byteLength: source.byteLength,
      contentOffset: (start) => start,
      pieces: (start, end = source.byteLength, { signal } = {}) => readThrough(source, start, end, { signal }),
    };
  },
  async stream(sink) {
    let byteLength = 0;
    return {
      async write(bytes) {
        await sink.append(bytes);
        byteLength += bytes.byteLength;
      },
      endBlock: async () => undefined,
      close: async () => ({ byteLength, contentBytes: byteLength }),
      abort: async () => undefined,
    };
  },
};
