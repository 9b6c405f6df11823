import { FormatError } from "../errors.js";
import type { Issue } from "../issues.js";
import type { FieldLayout, Layout, ListLayout, ObjectLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, ListNode, Node } from "../tree/node.js";
import { elementPath, memberPath } from "../value/path.js";
import { type CheckOptions, checkFile } from "./check/check.js";
import { asGroup, type DecodeOptions, type Decoder, decode } from "./decode.js";
import { exactValue, unlessNone } from "./exact.js";
import type { FileFramesOptions, FileSliceOptions } from "./file-part.js";
import { type IndexKey, indexItems, type ListIndex } from "./list-index.js";
import type { OpenFile } from "./open.js";
import { partOfWindow } from "./part.js";
import { dereference, memberField, mismatch, presentName } from "./resolve.js";
import { SymbolScope } from "./scope.js";
import type { FrameRange } from "./select/options.js";
import { indexPick, slicePick } from "./select/pick.js";
import { refuseVersion } from "./version.js";

/** How a value is loaded. */
export type LoadOptions = DecodeOptions;

/** A place in an open file that generated code can make an accessor for. Found in the file when first used. */
export interface Location {
  readonly file: OpenFile;
  readonly field: FieldLayout;
  readonly path: string;
  readonly find: (options?: LoadOptions) => Promise<Node | undefined>;
  /** The axis symbols that the objects around it bind. */
  readonly scope?: (() => Promise<SymbolScope | undefined>) | undefined;
}

const opened = new WeakMap<object, OpenFile>();

/** The file that an accessor is about. */
export function fileOfAccessor(accessor: object): OpenFile | undefined {
  return opened.get(accessor);
}

/** The class of an accessor, made for one place of an open file. */
export type AccessorClass<A> = new (location: Location) => A;

/** A group of an open file: one member for each property of its schema. Nothing is read before a member is asked for. */
export class GroupAccessor<T> {
  readonly #location: Location;
  #group: Promise<GroupNode | undefined> | undefined;

  constructor(location: Location) {
    this.#location = location;
    opened.set(this, location.file);
  }

  /** Where in the file this is, such as `annotations[3]`; empty for the file itself. */
  get path(): string {
    return this.#location.path;
  }

  /** Whether the file has this group. */
  async exists(): Promise<boolean> {
    return (await this.node()) !== undefined;
  }

  /** Names in stored order; empty when the group is absent. */
  async keys(): Promise<readonly string[]> {
    return (await this.node())?.keys ?? [];
  }

  /** The value under any name, checked as the schema says for it; its default when absent. Throws `FormatError`. */
  async get(key: string, options: LoadOptions = {}): Promise<unknown> {
    const found = await this.#member(key, options);
    if (!found) return options.form === "stored" ? undefined : memberField(this.#field(), key)?.field.default;
    const { node, name, group, field } = found;
    if (!field) return exactValue(node, options);
    return decode(await this.#decoder(options), field, node, { key: name, group });
  }

  /** The value exactly as stored, whatever the schema says: all of it, whatever the window. */
  async unchecked(key: string, options: LoadOptions = {}): Promise<unknown> {
    const found = await this.#member(key, options);
    return found && exactValue(found.node, options);
  }

  /** Everything in this group, in memory. Throws `FormatError` `missing` when the file has no such group. */
  async read(options: LoadOptions = {}): Promise<T> {
    const node = options.window ? await this.node() : await this.#location.find(options);
    if (!node) throw new FormatError("missing", "there is no such value", { path: this.path });
    return (await decode(await this.#decoder(options), this.#location.field, node)) as T;
  }

  /** The group in the file, for code that works on any tree. */
  async node(): Promise<GroupNode | undefined> {
    this.#group ??= this.#location.find().then((node) => node && this.#understood(node));
    return this.#group;
  }

  /** Throws `FormatError` `unsupported` for an object of a version that nobody knows. */
  async #understood(node: Node): Promise<GroupNode> {
    const group = await asGroup({ options: {} }, node);
    const { layout } = this.#location.file;
    const field = dereference(layout, this.#location.field);
    if (field.kind === "object") await refuseVersion(layout, field, group);
    return group;
  }

  protected load<V>(key: string, options?: LoadOptions): Promise<V | undefined> {
    return this.get(key, options) as Promise<V | undefined>;
  }

  protected async need<V>(key: string, options?: LoadOptions): Promise<V> {
    const value = await this.get(key, options);
    if (value === undefined && !(await this.exists())) {
      throw new FormatError("missing", "there is no such value in the file", { path: this.path });
    }
    if (value === undefined)
      throw new FormatError("missing", `${JSON.stringify(key)} is required`, { path: this.path });
    return value as V;
  }

  protected group<A>(key: string, accessor: AccessorClass<A>): A {
    return new accessor(this.#child(key));
  }

  protected list<A>(key: string, accessor: AccessorClass<A>): ListAccessor<A> {
    return new ListAccessor(this.#child(key), accessor);
  }

  #child(key: string): Location {
    const { file, path } = this.#location;
    const field = memberField(this.#field(), key)?.field ?? { kind: "any", rule: "" };
    const find = async (options: LoadOptions = {}): Promise<Node | undefined> =>
      (await this.#member(key, options))?.node;
    return { file, field, path: memberPath(path, key), find, scope: () => this.#scope() };
  }

  #field(): ObjectLayout {
    const field = dereference(this.#location.file.layout, this.#location.field);
    if (field.kind !== "object") throw new TypeError(`the schema has no members at ${this.path || "its root"}`);
    return field;
  }

  async #member(
    key: string,
    options: LoadOptions,
  ): Promise<{ node: Node; name: string; group: GroupNode; field: FieldLayout | undefined } | undefined> {
    const group = await this.node();
    if (!group) return undefined;
    const field = memberField(this.#field(), key)?.field;
    const name = field ? presentName(field, key, group.keys) : key;
    const child = name === undefined ? undefined : await group.child(name, options);
    if (!child || name === undefined) return undefined;
    const mayBeNone = this.path === "" && this.#location.file.container.nulls === "absent";
    const node = mayBeNone ? await unlessNone(child, options) : child;
    return node && { node, name, group, field };
  }

  async #decoder(options: LoadOptions): Promise<Decoder> {
    const { layout, container } = this.#location.file;
    const decoder = { layout, holds: container.codec.holds, nulls: container.nulls, options };
    if (!options.window) return decoder;
    const scope = await this.#scope();
    const part = partOfWindow(options.window, scope);
    // Seen from a dict inside the one that binds the symbols.
    const inner = part && scope?.group !== (await this.node());
    return { ...decoder, part: inner ? { ...part, depth: 1 } : part };
  }

  /** The symbols that members of this group may lie along. */
  async #scope(): Promise<SymbolScope | undefined> {
    const group = await this.node();
    const outer = await this.#location.scope?.();
    return group && (SymbolScope.inside(this.#location.file.layout, this.#field(), group, outer) ?? outer);
  }
}

/** The root of an open file. Close it when done: a file on disk stays open until then. */
export class RootAccessor<T> extends GroupAccessor<T> {
  readonly #file: OpenFile;

  constructor(location: Location) {
    super(location);
    this.#file = location.file;
  }

  get layout(): Layout {
    return this.#file.layout;
  }

  /** What is wrong with the file, by the schema. */
  check(options?: CheckOptions): Promise<readonly Issue[]> {
    return checkFile(this.#file, options);
  }

  async close(): Promise<void> {
    await this.#file.source.close?.();
  }
}

/** An open file of one record. Close it when done: a file on disk stays open until then. */
export class FileAccessor<T> extends RootAccessor<T> {
  readonly #file: OpenFile;

  constructor(location: Location) {
    super(location);
    this.#file = location.file;
  }

  /**
   * Part of the file along one axis (the frames, unless told otherwise): of every value that lies along it by the schema
   * the items that Python's `[start:stop:step]` gives, everything else as it is. Equal to `read` and slicing the result, but
   * rows outside of the first and last wanted one are not kept, and not read where the file allows it: those of stored
   * entries and pickled arrays are passed over, compressed ones inflated up to the last wanted row.
   *
   * Throws `FormatError` as `read` does, and `mismatch` for a value that has not as many items as its symbol; `RangeError`
   * for a step of 0; `TypeError` for an axis that there is not.
   */
  async slice(range: FrameRange, options: FileSliceOptions = {}): Promise<T> {
    const { readPart } = await import("./file-part.js");
    return readPart(this.#file, (size) => slicePick(range, size), options);
  }

  /**
   * The items at `indices` (negative ones count from the end, any order, repeats allowed), or those that a function of
   * their index says yes to. Otherwise as {@link FileAccessor.slice}. Throws `RangeError` for an index outside.
   */
  async select(indices: ArrayLike<number> | ((index: number) => boolean), options: FileSliceOptions = {}): Promise<T> {
    const { readPart } = await import("./file-part.js");
    return readPart(this.#file, (size, symbol) => indexPick(indices, size, symbol), options);
  }

  /**
   * The file record by record: `batch` items along the axis each. Every entry is read, or inflated, once; no more than
   * one record of it is in memory, but for what cannot be read in rows: values of object entries, arrays in Fortran order.
   * Values that do not lie along the axis are the same objects in every record.
   *
   * Throws what {@link FileAccessor.slice} does; a wrong checksum with the record that ends the entry. The caller may stop
   * at any record.
   */
  async *frames(options: FileFramesOptions = {}): AsyncIterable<T> {
    const { readBatches } = await import("./file-part.js");
    yield* readBatches<T>(this.#file, options);
  }
}

/** A list of groups of an open file. */
export class ListAccessor<A> {
  readonly #location: Location;
  readonly #accessor: AccessorClass<A>;
  readonly #indices = new Map<string, Promise<ListIndex>>();
  #list: Promise<ListNode | undefined> | undefined;

  constructor(location: Location, accessor: AccessorClass<A>) {
    this.#location = location;
    this.#accessor = accessor;
    opened.set(this, location.file);
  }

  get path(): string {
    return this.#location.path;
  }

  /** Number of items; 0 when the file has no such list. */
  async length(): Promise<number> {
    return (await this.#node())?.length ?? 0;
  }

  /** The item at `index`; whether there is one shows when it is used. */
  at(index: number): A {
    const { file, path } = this.#location;
    const find = async (options: LoadOptions = {}): Promise<Node | undefined> => {
      const list = await this.#node();
      return list && index >= 0 && index < list.length ? list.child(index, options) : undefined;
    };
    const { scope } = this.#location;
    return new this.#accessor({ file, field: this.#itemField(index), path: elementPath(path, index), find, scope });
  }

  async *[Symbol.asyncIterator](): AsyncIterator<A> {
    const length = await this.length();
    for (let index = 0; index < length; index++) yield this.at(index);
  }

  /**
   * Which items hold which value in their member `key`, by position. The first call for a key reads that member of all
   * items, and nothing else of them; the result is kept. Items without such a member are left out.
   */
  indexBy(key: string, options: WorkOptions = {}): Promise<ListIndex> {
    let index = this.#indices.get(key);
    if (!index) {
      index = this.#index(key, options);
      this.#indices.set(key, index);
      // A reading that failed or was aborted is no answer for the next one.
      index.catch(() => this.#indices.delete(key));
    }
    return index;
  }

  /** The first item whose member `key` is `value`; undefined when there is none. */
  async find(key: string, value: IndexKey, options?: WorkOptions): Promise<A | undefined> {
    const [first] = (await this.indexBy(key, options)).get(value) ?? [];
    return first === undefined ? undefined : this.at(first);
  }

  /**
   * The items whose member `key` is one of `values`: each once, in the order of the list. Items are found when they are
   * used, all others are left alone.
   */
  async *where(key: string, values: Iterable<IndexKey>, options?: WorkOptions): AsyncGenerator<A, void, void> {
    const index = await this.indexBy(key, options);
    const positions = [...new Set(values)].flatMap((value) => index.get(value) ?? []);
    for (const position of positions.sort((a, b) => a - b)) yield this.at(position);
  }

  async #index(key: string, options: WorkOptions): Promise<ListIndex> {
    const list = await this.#node();
    if (!list) return new Map();
    const { layout } = this.#location.file;
    return indexItems({ layout, list, itemField: (index) => this.#itemField(index) }, key, options);
  }

  #itemField(index: number): FieldLayout {
    const field = dereference(this.#location.file.layout, this.#location.field) as ListLayout;
    const item = field.prefix[index] ?? field.items;
    return item === false ? { kind: "any", rule: field.rule } : item;
  }

  #node(): Promise<ListNode | undefined> {
    this.#list ??= this.#location.find().then((node) => {
      if (node && node.kind !== "list") throw mismatch(node, "a list");
      return node;
    });
    return this.#list;
  }
}
