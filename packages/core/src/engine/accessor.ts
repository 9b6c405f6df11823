import { FormatError } from "../errors.js";
import type { Issue } from "../issues.js";
import type { FieldLayout, Layout, ListLayout, ObjectLayout } from "../layout/layout.js";
import type { GroupNode, ListNode, Node } from "../tree/node.js";
import { elementPath, memberPath } from "../value/path.js";
import { type CheckOptions, checkFile } from "./check/check.js";
import { asGroup, type DecodeOptions, type Decoder, decode } from "./decode.js";
import { exactValue, isNone } from "./exact.js";
import type { OpenFile } from "./open.js";
import { dereference, memberField, mismatch, presentName } from "./resolve.js";

export type LoadOptions = DecodeOptions;

/** A place in an open file that generated code can make an accessor for. Found in the file when first used. */
export interface Location {
  readonly file: OpenFile;
  readonly field: FieldLayout;
  readonly path: string;
  readonly find: (options?: LoadOptions) => Promise<Node | undefined>;
}

export type AccessorClass<A> = new (location: Location) => A;

/** A group of an open file: one member for each property of its schema. Nothing is read before a member is asked for. */
export class GroupAccessor<T> {
  readonly #location: Location;
  #group: Promise<GroupNode | undefined> | undefined;

  constructor(location: Location) {
    this.#location = location;
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
    return field ? decode(this.#decoder(options), field, node, { key: name, group }) : exactValue(node, options);
  }

  /** The value exactly as stored, whatever the schema says. */
  async unchecked(key: string, options: LoadOptions = {}): Promise<unknown> {
    const found = await this.#member(key, options);
    return found && exactValue(found.node, options);
  }

  /** Everything in this group, in memory. Throws `FormatError` `missing` when the file has no such group. */
  async read(options: LoadOptions = {}): Promise<T> {
    const node = await this.#location.find(options);
    if (!node) throw new FormatError("missing", "there is no such value", { path: this.path });
    return (await decode(this.#decoder(options), this.#location.field, node)) as T;
  }

  /** The group in the file, for code that works on any tree. */
  async node(): Promise<GroupNode | undefined> {
    this.#group ??= this.#location.find().then((node) => node && asGroup({ options: {} }, node));
    return this.#group;
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
    return { file, field, path: memberPath(path, key), find };
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
    const node = name === undefined ? undefined : await group.child(name, options);
    if (!node || name === undefined) return undefined;
    if (this.path === "" && this.#location.file.container.nulls === "absent" && (await isNone(node))) return undefined;
    return { node, name, group, field };
  }

  #decoder(options: LoadOptions): Decoder {
    const { layout, container } = this.#location.file;
    return { layout, holds: container.codec.holds, nulls: container.nulls, options };
  }
}

/** An open file. Close it when done: a file on disk stays open until then. */
export class FileAccessor<T> extends GroupAccessor<T> {
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

/** A list of groups of an open file. */
export class ListAccessor<A> {
  readonly #location: Location;
  readonly #accessor: AccessorClass<A>;
  #list: Promise<ListNode | undefined> | undefined;

  constructor(location: Location, accessor: AccessorClass<A>) {
    this.#location = location;
    this.#accessor = accessor;
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
    return new this.#accessor({ file, field: this.#itemField(index), path: elementPath(path, index), find });
  }

  async *[Symbol.asyncIterator](): AsyncIterator<A> {
    const length = await this.length();
    for (let index = 0; index < length; index++) yield this.at(index);
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
