import { memberField } from "../engine/resolve.js";
import type { Layout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import { pad } from "../ndarray/pad.js";
import { assign, assignState, isLocked, type Voice } from "./assign.js";
import {
  type DictContent,
  emptyContent,
  entriesOf,
  isSize,
  refusal,
  sizeOf,
  stateValue,
  takeRecord,
} from "./content.js";
import { inferSizes } from "./infer.js";
import { type Logger, sharedLogger } from "./logger.js";
import { logicalValue, packAll, packingsOf, unpackAll } from "./masks.js";
import { plainMessages } from "./messages.js";
import type { DictOptions, DictTraits, Form, GetOptions, ShapeOptions, ValueUnder } from "./options.js";
import { maskAt, maskOfConfidence, packingOf, verifyPacked } from "./packing.js";
import { dictRules, isSupported } from "./rules.js";
import { within } from "./window.js";

/**
 * The items of a {@link CheckedDict}: values that are checked against the schema when they are set.
 *
 * Values are kept as a file would store them. In packed mode ({@link pack}) that means without the rows that masks leave
 * out: `get` and iteration unpack, `getRaw` and `rawEntries` do not, `set` packs. Keys that say something about the dict
 * as a whole (sizes, whether it is strict, whether it is packed) are no items; they are in records and in files.
 */
export class ItemDict<T extends object> {
  readonly layout: Layout;
  /** Gets what this dict has to say; without one, the logger of the process does. */
  logger: Logger | undefined;
  protected readonly traits: DictTraits;
  protected content: DictContent;

  /**
   * An empty dict, or one of the members of `source`, which are taken unchecked. Sizes that `source` does not state are
   * those of its first members that have them.
   */
  constructor(layout: Layout, source?: object, options: DictOptions = {}, traits: DictTraits = {}) {
    this.layout = layout;
    this.traits = traits;
    this.logger = options.logger;
    this.content = emptyContent(dictRules(layout), traits.packedRank);
    if (source) this.take(source, options.form ?? "logical");
    if (options.strict !== undefined) this.strict = options.strict;
  }

  /** Whether unsupported keys are refused. Switching it on drops those that are there; in a strict dict it does nothing. */
  get strict(): boolean {
    return this.content.strict;
  }

  set strict(strict: boolean) {
    if (typeof strict !== "boolean") throw new TypeError(`strict is true or false, ${String(strict)} given`);
    if (strict && !this.content.strict) this.popUnsupported();
    this.content.strict = strict;
  }

  /** Whether arrays are packed by their masks. */
  get packed(): boolean {
    return this.content.packed;
  }

  /** Whether the data set has a key that says that arrays are packed, so that {@link pack} has a meaning. */
  get packable(): boolean {
    return this.content.rules.packed !== undefined;
  }

  /** Number of items. */
  get size(): number {
    return this.content.items.size;
  }

  has(key: string): boolean {
    return this.content.items.has(key);
  }

  keys(): MapIterator<string> {
    return this.content.items.keys();
  }

  /**
   * The value as users hold it, undefined when absent. A packed array is unpacked into a fresh one, within `window` only;
   * one whose mask is missing is given as it is stored. State keys have their value too.
   */
  get<K extends string>(key: K, { window }: GetOptions = {}): ValueUnder<T, K> | undefined {
    const { rules } = this.content;
    if (rules.state.includes(key)) return stateValue(this.content, key) as ValueUnder<T, K>;
    let stored = this.content.items.get(key);
    const field = memberField(rules.root, key)?.field;
    if (window && field) stored = within(this.layout, field, stored, window);
    return logicalValue(this.content, key, stored) as ValueUnder<T, K>;
  }

  /** The value as stored, undefined when absent. */
  getRaw(key: string): unknown {
    return this.content.items.get(key);
  }

  /**
   * Stores a value after checking it; packs it in packed mode. Sizes that are not known yet are those of the value. A mask
   * stays as it is in packed mode, which is logged.
   */
  set<K extends string>(key: K, value: ValueUnder<T, K>): this {
    return this.#assign(key, value, "logical");
  }

  /** Stores a value that is packed already, after the same checks; its rows must be as many as the mask has ones. */
  setRaw(key: string, value: unknown): this {
    return this.#assign(key, value, "stored");
  }

  #assign(key: string, value: unknown, form: Form): this {
    if (this.content.rules.state.includes(key)) assignState(this.content, key, value);
    else assign(this.content, this.voice(), { key, value, form });
    return this;
  }

  /** Removes an item; sizes stay as they are. */
  delete(key: string): boolean {
    return this.content.items.delete(key);
  }

  /**
   * Takes over members in stored form without checking them, then infers sizes that are not known. Masks stay as they are
   * in packed mode, and packed arrays must have a row for each 1 of theirs.
   */
  update(source: Partial<T> | ReadonlyMap<string, unknown>): this {
    const { rules, packed, items } = this.content;
    const taken = entriesOf(source).filter(([key]) => !isLocked(this.content, this.voice(), key));
    for (const [key, value] of packed ? taken : []) {
      const packing = packingOf(rules, key, value);
      const mask = packing && maskAt({ ...this.content, items: new Map([...items, ...taken]) }, packing.mask);
      if (packing && mask) verifyPacked(rules, packing, mask);
    }
    const next = this.draft();
    for (const [key, value] of taken) {
      if (rules.state.includes(key)) assignState(next, key, value);
      else if (value !== undefined) next.items.set(key, value);
    }
    inferSizes(next);
    this.content = next;
    return this;
  }

  /** Keys and values as users hold them, in order. */
  *entries(): IterableIterator<[string, unknown]> {
    for (const [key, stored] of this.content.items) yield [key, logicalValue(this.content, key, stored)];
  }

  *values(): IterableIterator<unknown> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, unknown]> {
    return this.entries();
  }

  /** Keys and values as stored, in order. */
  rawEntries(): MapIterator<[string, unknown]> {
    return this.content.items.entries();
  }

  /** The size of an axis symbol, undefined while it is not known. */
  sizeOf(symbol: string): number | undefined {
    return sizeOf(this.content, symbol);
  }

  /** Sets or, without `size`, forgets the size of an axis symbol. Throws `TypeError` for symbols that no key states. */
  setSize(symbol: string, size: number | undefined): void {
    const { rules, sizes } = this.content;
    const stated = rules.sizes.find((candidate) => candidate.symbol === symbol);
    if (!stated) throw new TypeError(`no key of ${this.layout.title} states the size of ${symbol}`);
    if (size !== undefined && !isSize(size)) throw new RangeError(`${size} is no size`);
    if (size === undefined) sizes.delete(stated.key);
    else sizes.set(stated.key, size);
  }

  /** Removes all items that are not supported, whatever the mode; their keys. */
  popUnsupported(): readonly string[] {
    const { rules, items } = this.content;
    const gone = [...items.keys()].filter((key) => !isSupported(rules, key));
    for (const key of gone) items.delete(key);
    return gone;
  }

  /**
   * Leaves out of all arrays the rows that their masks leave out. What stood there is lost: returns how many rows, over
   * all frames, held something other than zero. Throws `IssueError` in packed mode, for a mask that is missing, is of
   * another length or holds other than 0 and 1, and for arrays that cannot be packed.
   */
  pack(): number {
    return packAll(this.content, this.voice());
  }

  /** Undoes {@link pack}, with zeros in the rows that were left out. Throws `IssueError` unless packed, and without a mask. */
  unpack(): void {
    unpackAll(this.content, this.voice());
  }

  /** Keys of the arrays that can be packed and have no mask yet. */
  keysWithoutMask(): readonly string[] {
    const packings = packingsOf(this.content, undefined);
    return packings.filter(({ mask }) => !this.content.items.has(mask)).map(({ key }) => key);
  }

  /**
   * Sets masks that have a 1 for each row whose confidence, its last element, is above 0 in some frame: those of the
   * arrays under `keys`, of all that can be packed when left out. Throws `IssueError` in packed mode.
   */
  generateMasks(keys?: string | readonly string[]): this {
    const { rules } = this.content;
    if (this.packed) throw refusal(rules, "encoding", rules.packed ?? "", "masks are locked while arrays are packed");
    const wanted = typeof keys === "string" ? [keys] : keys;
    if (wanted !== undefined && !(Array.isArray(wanted) && wanted.every((key) => typeof key === "string")))
      throw new TypeError(`keys are text or a list of text, ${typeof keys} given`);
    const masks = packingsOf(this.content, wanted).map(
      (packing) => [packing.mask, maskOfConfidence(rules, packing)] as const,
    );
    for (const [key, mask] of masks) this.#assign(key, mask, "stored");
    return this;
  }

  /**
   * An array cropped or, at the end of its axes, padded to `shape`; -1 keeps an axis. Shares nothing. Throws `IssueError`
   * for what is no array, `RangeError` for another number of axes, for sizes that are not positive and for a padding that
   * the dtype cannot hold.
   */
  inShape(key: string, shape: readonly number[], { padding = 0, form = "stored" }: ShapeOptions = {}): NdArray {
    const { rules, items } = this.content;
    if (!items.has(key)) throw refusal(rules, "missing", key, "there is no such value");
    const value = form === "stored" ? items.get(key) : this.get(key);
    if (!(value instanceof NdArray)) throw refusal(rules, "type", key, "only an array has a shape");
    if (shape.some((size) => size === 0)) throw new RangeError(`${key}: (${shape.join(", ")}) leaves nothing`);
    try {
      return pad(value, shape, padding);
    } catch (error) {
      throw error instanceof RangeError ? new RangeError(`${key}: ${error.message}`, { cause: error }) : error;
    }
  }

  /** A copy of the content to change: it becomes the content when all went well. */
  protected draft(): DictContent {
    const { items, sizes } = this.content;
    return { ...this.content, items: new Map(items), sizes: new Map(sizes) };
  }

  protected voice(): Voice {
    return { log: this.logger ?? sharedLogger(), messages: this.traits.messages ?? plainMessages };
  }

  /** A record in logical form may say that it is packed: then its arrays have to be. */
  protected take(source: object, form: Form): void {
    const dropped = this.traits.dropped ?? [];
    takeRecord(this.content, new Map(entriesOf(source).filter(([key]) => !dropped.includes(key))));
    if (form === "logical" && this.content.packed) {
      this.content.packed = false;
      packAll(this.content, this.voice());
    }
    inferSizes(this.content);
  }
}
