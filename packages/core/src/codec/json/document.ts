import { FormatError } from "../../errors.js";
import type { ReadOptions, Source } from "../../source/source.js";
import type { Value } from "../../value/value.js";
import { itemsInJson, itemsOfJson, type JsonOptions, valueOfJson } from "./from-json.js";
import { type JsonOutline, JsonOutliner, type JsonSizes, type ListOutline, SIZES } from "./outline.js";
import type { StoredObject } from "./stored-object.js";

/** The longest text or number: no JavaScript engine holds much longer texts. */
const LONGEST = 1 << 29;
/** Bytes that are read ahead where items are asked for in order. */
const AHEAD = 1 << 16;
/** Blocks of items that are kept. */
const KEPT = 256;

/** A document whose values are read when they are asked for. */
export class JsonDocument {
  readonly #source: Source;
  readonly #options: JsonOptions;
  readonly #sizes: JsonSizes;
  /** Blocks of items by where they begin, those that were asked for last at the end. */
  readonly #blocks = new Map<number, readonly (Value | StoredObject)[]>();
  #ahead: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) };
  #last = -1;

  constructor(source: Source, options: JsonOptions, sizes: JsonSizes = SIZES) {
    this.#source = source;
    this.#options = options;
    this.#sizes = sizes;
  }

  /** Whether values are there without waiting. */
  get isAtHand(): boolean {
    return this.#source.view !== undefined || this.#source.readNow !== undefined;
  }

  /** Goes through all of it. Throws `FormatError` for whatever is wrong with it. */
  async outline(options: ReadOptions): Promise<JsonOutline | undefined> {
    const source = this.#source;
    const outliner = new JsonOutliner(this.#options, this.#sizes);
    let rest: Uint8Array = new Uint8Array(0);
    for (let at = 0; at < source.byteLength; ) {
      options.signal?.throwIfAborted();
      // What is left of a long text is looked at again, so the next piece is as long as that.
      const stop = Math.min(source.byteLength, at + Math.max(this.#sizes.piece, rest.byteLength));
      const piece = await source.read(at, stop, options);
      const bytes = rest.byteLength === 0 ? piece : joined(rest, piece);
      const base = at - rest.byteLength;
      const done = outliner.take(bytes, base, stop === source.byteLength);
      rest = bytes.subarray(done);
      if (rest.byteLength > LONGEST)
        throw new FormatError("limit", `a text or number of more than ${LONGEST} bytes`, { offset: base + done });
      at = stop;
    }
    return outliner.outline;
  }

  /** The value in these bytes. */
  async value(start: number, stop: number, options: ReadOptions): Promise<Value> {
    return valueOfJson(await this.#read(start, stop, options), this.#at(start));
  }

  valueNow(start: number, stop: number): Value {
    return valueOfJson(this.#readNow(start, stop), this.#at(start));
  }

  /** The block of items that item `index` is in, objects with no more than their keys, and the number of its first. */
  async block(list: ListOutline, index: number, options: ReadOptions): Promise<JsonBlock> {
    const { start, stop, first } = blockOf(list, index);
    const items = this.#kept(start) ?? this.#keep(start, await this.#read(start, stop, options));
    return { items, first };
  }

  blockNow(list: ListOutline, index: number): JsonBlock {
    const { start, stop, first } = blockOf(list, index);
    return { items: this.#kept(start) ?? this.#keep(start, this.#readNow(start, stop)), first };
  }

  /** The values in the block of items that item `index` is in, for those who take all of them. */
  async values(list: ListOutline, index: number, options: ReadOptions): Promise<readonly Value[]> {
    const { start, stop } = blockOf(list, index);
    return itemsOfJson(await this.#read(start, stop, options), this.#at(start));
  }

  #kept(start: number): readonly (Value | StoredObject)[] | undefined {
    const items = this.#blocks.get(start);
    if (items && this.#last !== start) {
      this.#blocks.delete(start);
      this.#blocks.set(start, items);
      this.#last = start;
    }
    return items;
  }

  #keep(start: number, bytes: Uint8Array): readonly (Value | StoredObject)[] {
    const items = itemsInJson(bytes, this.#at(start));
    this.#blocks.set(start, items);
    this.#last = start;
    if (this.#blocks.size > KEPT) this.#blocks.delete(this.#blocks.keys().next().value as number);
    return items;
  }

  #at(offset: number): JsonOptions & { readonly offset: number } {
    return { ...this.#options, offset };
  }

  async #read(start: number, stop: number, options: ReadOptions): Promise<Uint8Array> {
    if (this.isAtHand) return this.#readNow(start, stop);
    const found = this.#readAhead(start, stop);
    if (found) return found;
    const end = this.#endOfReading(start, stop);
    return this.#keepAhead(start, stop, await this.#source.read(start, end, options));
  }

  #readNow(start: number, stop: number): Uint8Array {
    const source = this.#source;
    if (source.view) return source.view(start, stop);
    const found = this.#readAhead(start, stop);
    if (found) return found;
    const bytes = new Uint8Array(this.#endOfReading(start, stop) - start);
    source.readNow?.(bytes, start);
    return this.#keepAhead(start, stop, bytes);
  }

  #readAhead(start: number, stop: number): Uint8Array | undefined {
    const { start: from, bytes } = this.#ahead;
    const isThere = start >= from && stop <= from + bytes.byteLength;
    return isThere ? bytes.subarray(start - from, stop - from) : undefined;
  }

  /** More is read where somebody goes on with what comes next. */
  #endOfReading(start: number, stop: number): number {
    const { start: from, bytes } = this.#ahead;
    const goesOn = start >= from && start <= from + bytes.byteLength + 1;
    return goesOn ? Math.min(this.#source.byteLength, Math.max(stop, start + AHEAD)) : stop;
  }

  #keepAhead(start: number, stop: number, bytes: Uint8Array): Uint8Array {
    if (bytes.byteLength <= 4 * AHEAD) this.#ahead = { start, bytes };
    return bytes.subarray(0, stop - start);
  }
}

export interface JsonBlock {
  readonly items: readonly (Value | StoredObject)[];
  /** The number of the first item. */
  readonly first: number;
}

function blockOf({ starts, firsts }: ListOutline, index: number): { start: number; stop: number; first: number } {
  let [low, high] = [0, firsts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((firsts[middle] as number) <= index) low = middle;
    else high = middle;
  }
  return { start: starts[low] as number, stop: starts[low + 1] as number, first: firsts[low] as number };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(first);
  bytes.set(second, first.byteLength);
  return bytes;
}
