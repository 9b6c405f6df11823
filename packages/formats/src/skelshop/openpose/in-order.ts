import { FormatError } from "@somakit/core/errors";
import { missingFrame } from "./names.js";

export interface Numbered {
  readonly frame: number;
}

/** Frames that may come before one that is due. */
const AHEAD = 2048;

/**
 * The same frames in order: 0, 1, 2 and so on. Those that come early are kept. Throws `FormatError` `corrupt` for a frame that
 * does not come, comes after more than 2048 later ones, or comes twice.
 */
export async function* inOrder<T extends Numbered>(frames: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  const early = new Map<number, T>();
  let due = 0;
  for await (const item of frames) {
    if (item.frame < due || early.has(item.frame)) throw new FormatError("corrupt", `frame ${item.frame} comes twice`);
    early.set(item.frame, item);
    for (let next = early.get(due); next; next = early.get(due)) {
      early.delete(due++);
      yield next;
    }
    if (early.size > AHEAD) throw missingFrame(due);
  }
  if (early.size > 0) throw missingFrame(due);
}
