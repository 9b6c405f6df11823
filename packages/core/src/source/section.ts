import { checkBounds } from "./bounds.js";
import type { Source } from "./source.js";

/** The bytes of `source` from `start` to `end` as a source of their own. Closing it leaves `source` open. */
export function section(source: Source, start: number, end: number, name: string = source.name): Source {
  checkBounds(source, start, end);
  const own = { byteLength: end - start, name };
  const { view, readInto, readNow, pieceSize } = source;
  return {
    ...own,
    ...(pieceSize !== undefined && { pieceSize }),
    async read(from, to, options) {
      checkBounds(own, from, to);
      return source.read(start + from, start + to, options);
    },
    ...(view && {
      view(from: number, to: number) {
        checkBounds(own, from, to);
        return view.call(source, start + from, start + to);
      },
    }),
    ...(readInto && {
      async readInto(target, from, options) {
        checkBounds(own, from, from + target.byteLength);
        await readInto.call(source, target, start + from, options);
      },
    }),
    ...(readNow && {
      readNow(target: Uint8Array, from: number) {
        checkBounds(own, from, from + target.byteLength);
        readNow.call(source, target, start + from);
      },
    }),
  };
}
