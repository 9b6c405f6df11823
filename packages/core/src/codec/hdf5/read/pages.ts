import { readInto } from "../../../source/bounds.js";
import { pieceSizeOf } from "../../../source/read-through.js";
import type { ReadOptions, Source } from "../../../source/source.js";

/** A source as code that cannot wait sees it. */
export interface ReadyBytes {
  /** Fills `target` with the bytes from `start` on; false when they are not at hand, and noted as wanted. */
  fill(target: Uint8Array, start: number): boolean;
  /** Whether it is worth asking for more than is needed now: where every call costs as much as some kilobytes. */
  readonly readsAhead: boolean;
  /** Whether anything was wanted in vain since {@link ReadyBytes.bring}. */
  readonly lacks: boolean;
  /** Waits for what was wanted. */
  bring(options?: ReadOptions): Promise<void>;
  /** What was brought may be dropped again. */
  release(): void;
}

const PAGE = 1 << 15;
/** Pages that stay when nobody works on them: 32 MiB. */
const KEPT = 1024;

/** The bytes of `source`: at once where it can give them so, else by pages that are brought when they are missed. */
export function readyBytes(source: Source, page: number = PAGE): ReadyBytes {
  if (source.view) return new DirectBytes((target, start) => copyView(source, target, start), false);
  if (source.readNow) return new DirectBytes((target, start) => source.readNow?.(target, start), true);
  return new PagedBytes(source, page);
}

function copyView(source: Source, target: Uint8Array, start: number): void {
  const view = source.view?.(start, start + target.byteLength);
  if (view) target.set(view);
}

class DirectBytes implements ReadyBytes {
  readonly lacks = false;
  readonly readsAhead: boolean;
  readonly #read: (target: Uint8Array, start: number) => void;

  constructor(read: (target: Uint8Array, start: number) => void, readsAhead: boolean) {
    this.#read = read;
    this.readsAhead = readsAhead;
  }

  fill(target: Uint8Array, start: number): boolean {
    this.#read(target, start);
    return true;
  }

  async bring(): Promise<void> {}

  release(): void {}
}

/**
 * Pages of a source that has to be waited for. A call that misses some fails, brings them and is made again; pages it
 * has used stay until it has succeeded, so that it gets further every time.
 */
class PagedBytes implements ReadyBytes {
  readonly readsAhead = false;
  readonly #source: Source;
  readonly #page: number;
  /** By number; the one that was used longest ago comes first. */
  readonly #pages = new Map<number, Uint8Array>();
  readonly #pinned = new Set<number>();
  #wanted: { readonly start: number; readonly end: number }[] = [];
  /** Where reading on from the last miss would go on, and how many pages the next such miss brings beforehand. */
  #next = -1;
  #ahead = 0;

  constructor(source: Source, page: number) {
    this.#source = source;
    this.#page = page;
  }

  get lacks(): boolean {
    return this.#wanted.length > 0;
  }

  fill(target: Uint8Array, start: number): boolean {
    if (target.byteLength === 0) return true;
    const [first, last] = [this.#pageOf(start), this.#pageOf(start + target.byteLength - 1)];
    for (let number = first; number <= last; number++) {
      if (this.#pages.has(number)) continue;
      this.#wanted.push({ start: number, end: last + 1 });
      return false;
    }
    for (let number = first; number <= last; number++) this.#copy(number, target, start);
    return true;
  }

  #copy(number: number, target: Uint8Array, start: number): void {
    const page = this.#pages.get(number) as Uint8Array;
    if (!this.#pinned.has(number)) {
      this.#pinned.add(number);
      this.#pages.delete(number);
      this.#pages.set(number, page);
    }
    const at = number * this.#page;
    const from = Math.max(0, start - at);
    const to = Math.min(page.byteLength, start + target.byteLength - at);
    target.set(page.subarray(from, to), at + from - start);
  }

  #pageOf(position: number): number {
    return Math.floor(position / this.#page);
  }

  async bring(options: ReadOptions = {}): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const { start, end } of wanted) {
      const until = this.#withAhead(start, end);
      const from = start * this.#page;
      const bytes = new Uint8Array(Math.min(until * this.#page, this.#source.byteLength) - from);
      await readInto(this.#source, bytes, from, options);
      for (let number = start; number < until; number++) {
        const at = (number - start) * this.#page;
        // Copies, so that a page that stays does not keep all that came with it.
        const whole = until - start === 1;
        this.#pages.set(number, whole ? bytes : bytes.slice(at, at + this.#page));
        if (number < end) this.#pinned.add(number);
      }
      this.#next = until;
    }
  }

  /** Misses one behind the other are a file being read through: each of them brings twice as much, up to a piece. */
  #withAhead(start: number, end: number): number {
    const most = Math.max(1, Math.min(pieceSizeOf(this.#source) / this.#page, KEPT / 4));
    this.#ahead =
      start >= this.#next && start <= this.#next + this.#ahead + 1 ? Math.min(most, 2 * this.#ahead + 1) : 0;
    const last = Math.ceil(this.#source.byteLength / this.#page);
    let until = end;
    while (until < Math.min(last, end + this.#ahead) && !this.#pages.has(until)) until++;
    return until;
  }

  release(): void {
    this.#pinned.clear();
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= KEPT) return;
      this.#pages.delete(number);
    }
  }
}
