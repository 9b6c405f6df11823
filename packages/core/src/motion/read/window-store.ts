import type { MotionNumbers, MotionPoints, MotionWindow, MotionWindowOptions } from "../motion.js";
import { isWanted } from "./forms.js";

/** Numbers of all sequences of a file that are kept. */
const MOST_BYTES = 1 << 27;

/**
 * Windows that were read, for passes that come after: who converts goes through all frames once to see who is there, and once for
 * each array. The first of a file are kept, with all that they hold, until there is no more room; the others are read again.
 */
export class WindowStore {
  readonly #windows = new WeakMap<object, Map<string, MotionWindow>>();
  #room: number;

  constructor(room: number = MOST_BYTES) {
    this.#room = room;
  }

  /** The frames from `start` to `stop` of what `owner` stands for; `read` is asked where they are not there. */
  async window(
    owner: object,
    [start, stop]: readonly [number, number],
    read: (options: MotionWindowOptions) => Promise<MotionWindow>,
    options: MotionWindowOptions,
  ): Promise<MotionWindow> {
    const known = this.#windows.get(owner) ?? new Map<string, MotionWindow>();
    this.#windows.set(owner, known);
    const kept = known.get(`${start}-${stop}`);
    if (kept) return wanted(kept, options);
    if (this.#room <= 0) return read(options);
    const whole = await read({ ...options, only: undefined });
    this.#room -= bytesOf(whole);
    if (this.#room >= 0) known.set(`${start}-${stop}`, whole);
    return wanted(whole, options);
  }
}

/** What somebody asked for of a window. */
function wanted(window: MotionWindow, options: MotionWindowOptions): MotionWindow {
  if (options.only === undefined) return window;
  const some = <T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...all].filter(([key]) => isWanted({ key }, options)));
  const { layers, quantities } = window;
  return { ...window, layers: some(layers), ...(quantities && { quantities: some(quantities) }) };
}

function bytesOf({ layers, quantities }: MotionWindow): number {
  const parts: readonly (MotionPoints | MotionNumbers)[] = [...layers.values(), ...(quantities?.values() ?? [])];
  let bytes = 0;
  for (const part of parts) {
    const arrays = "positions" in part ? [part.positions, part.confidence] : [part.values];
    for (const array of arrays) bytes += 8 * (array?.size ?? 0);
    bytes += part.present.size;
  }
  return bytes;
}
