import type { ArrayNode, GroupNode, ListNode, Node, Value, WorkOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { nodeOfValue } from "@somakit/core/tree";
import { Complex, Instance, NumpyScalar } from "@somakit/core/value";
import { familiesOf, freeKey, isFamily, pluralOf } from "./families.js";
import { mergeAll } from "./merge.js";
import { numberArray } from "./number-lists.js";
import { holdsAnything, type Member, type ScalarName, type Seen, type SeenList, type StoredAs } from "./seen.js";
import { columnsOf } from "./sparse.js";

export interface ObserveOptions extends WorkOptions {
  /** Kind of the container, which decides what is the obvious form of a value. */
  readonly container: string;
  /** Nodes that were looked at so far, where several trees count as one. */
  readonly counter?: Counter | undefined;
}

export interface Counter {
  count: number;
}

/** Deeper trees hold themselves, or are hostile. */
const DEEPEST = 64;
/** Nodes that are looked at; a schema of more than that is nobody's first one. */
const MOST = 2_000_000;

/** What a tree holds: headers of arrays, single values, keys. Reads no array but object arrays without axes. */
export async function observe(root: Node, options: ObserveOptions): Promise<Seen> {
  const { container } = options;
  const holds = container === "json" ? "json" : ARRAYS_ONLY.includes(container) ? "arrays" : "values";
  return new Observer(options).node(root, { depth: 0, holds });
}

/** Containers in which everything is an array. */
const ARRAYS_ONLY: readonly string[] = ["npz", "npy", "hdf5", "image"];

interface Place {
  readonly depth: number;
  /** What there is here: arrays only, any values of Python, or JSON, in which lists stand for arrays. */
  readonly holds: "arrays" | "values" | "json";
}

function inside(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

class Observer {
  readonly #options: ObserveOptions;
  readonly #counter: Counter;

  constructor(options: ObserveOptions) {
    this.#options = options;
    this.#counter = options.counter ?? { count: 0 };
  }

  get #isHdf5(): boolean {
    return this.#options.container === "hdf5";
  }

  async node(node: Node, place: Place): Promise<Seen> {
    this.#options.signal?.throwIfAborted();
    countNode(this.#counter, node.path);
    if (place.depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels`, { path: node.path });
    switch (node.kind) {
      case "group":
        return this.#group(node, place);
      case "list":
        return this.#list(node, place);
      case "array":
        return this.#attributed(node, await this.#array(node, place), place);
      case "scalar":
        return scalar(node.value);
    }
  }

  async #group(node: GroupNode, place: Place): Promise<Seen> {
    const members = new Map<string, Member>();
    for (const key of node.keys) {
      const child = await node.child(key, this.#options);
      if (child) members.set(key, { seen: await this.node(child, inside(place)), where: [0] });
    }
    const found = this.#isHdf5 ? withLists(members) : members;
    for (const [key, seen] of await this.#attributes(node, place)) {
      const isTaken = found.has(key);
      const free = freeKey(isTaken ? `${key}_attribute` : key, (name) => found.has(name));
      found.set(free, { seen: isTaken ? { ...seen, place: { attribute: key } } : seen, where: [0] });
    }
    const columns = place.holds === "arrays" ? await columnsOf(node, this.#options) : undefined;
    return { kind: "object", count: 1, members: found, columns };
  }

  async #attributes(node: Node, place: Place): Promise<ReadonlyMap<string, Seen>> {
    const group = await node.attributes?.(this.#options);
    const found = new Map<string, Seen>();
    for (const key of group?.keys ?? []) {
      const child = await group?.child(key, this.#options);
      if (child) found.set(key, { ...(await this.node(child, inside(place))), place: { attribute: true } });
    }
    return found;
  }

  /** An array that has attributes is an object with them around it. */
  async #attributed(node: ArrayNode, seen: Seen, place: Place): Promise<Seen> {
    const attributes = await this.#attributes(node, place);
    if (attributes.size === 0) return seen;
    const key = freeKey("array", (name) => attributes.has(name));
    const members = new Map<string, Member>([[key, { seen: { ...seen, place: { itself: true } }, where: [0] }]]);
    for (const [name, attribute] of attributes) members.set(name, { seen: attribute, where: [0] });
    return { kind: "object", count: 1, members };
  }

  async #list(node: ListNode, place: Place): Promise<Seen> {
    const items: Seen[] = [];
    const source = node.items?.(this.#options) ?? children(node, this.#options);
    for await (const item of source) items.push(await this.node(item, inside(place)));
    const as = node.form === "tuple" ? ("tuple" as const) : undefined;
    const list: SeenList = { kind: "list", as, lengths: [items.length], items: mergeAll(items) };
    return place.holds === "json" ? (numberArray(list, items) ?? list) : list;
  }

  async #array(node: ArrayNode, place: Place): Promise<Seen> {
    const { name } = node.type;
    if (name === "struct") return { kind: "anything" };
    if (place.holds !== "arrays") return name === "object" ? { kind: "anything" } : array(name, node.shape);
    const text = this.#textArray(node);
    if (text) return text;
    if (node.shape.length > 0) return array(name, node.shape);
    if (name !== "object") return scalarArray(name, this.#form("scalar-array"));
    const value = (await node.load(this.#options)).get() as Value;
    const inner = await this.node(nodeOfValue(value, node.path), { ...inside(place), holds: "values" });
    return inner.kind === "object" || inner.kind === "list" ? { ...inner, as: this.#form("pickled-scalar") } : inner;
  }

  /** Arrays of texts are lists of them, and a text where they have no axes. */
  #textArray({ type, shape }: ArrayNode): Seen | undefined {
    const isText = type.name === "string" || (this.#isHdf5 && isHdf5Text(type.name));
    if (!isText || shape.length > 1) return undefined;
    if (shape.length === 0) return { kind: "scalar", types: ["string"], as: this.#form("scalar-array") };
    const items: Seen | undefined = shape[0] === 0 ? undefined : { kind: "scalar", types: ["string"] };
    const dtype = type.name === "bytes" ? "bytes" : undefined;
    return { kind: "list", lengths: [shape[0] as number], items, as: "string-array", dtype };
  }

  /** HDF5 has no other form for a single value. */
  #form(as: StoredAs): StoredAs | undefined {
    return this.#isHdf5 ? undefined : as;
  }
}

/** Throws `FormatError` `limit` beyond what a schema can be made of. */
export function countNode(counter: Counter, path: string): void {
  if (++counter.count > MOST) throw new FormatError("limit", `more than ${MOST} values`, { path });
}

/** Groups whose names differ by a number only become lists; arrays do where there are several. */
function withLists(members: ReadonlyMap<string, Member>): Map<string, Member> {
  const kinds = new Map([...members].map(([key, { seen }]) => [key, seen.kind]));
  const isGroup = (key: string): boolean => kinds.get(key) === "object" || kinds.get(key) === "list";
  const keys = [...members.keys()];
  const families = [
    ...familiesOf(keys.filter(isGroup), 1),
    ...familiesOf(
      keys.filter((key) => kinds.get(key) === "array"),
      MANY,
    ),
  ];
  const rest = new Map(members);
  const lists = new Map<string, Member>();
  for (const family of families.filter(isFamily)) {
    const { rule, names } = family;
    const items = mergeAll(names.map((name) => members.get(name)?.seen as Seen));
    // Only objects can keep a number of their own, by which they are written to their places again.
    const isLost = rule.gaps && items?.kind !== "object";
    if (!items || isLost || holdsAnything(items) || items.place !== undefined) continue;
    for (const name of names) rest.delete(name);
    const key = freeKey(pluralOf(rule), (name) => members.has(name) || lists.has(name));
    lists.set(key, { seen: { kind: "list", lengths: [names.length], items, numbered: rule }, where: [0] });
  }
  return new Map([...rest, ...lists]);
}

/** So many arrays `x1`, `x2`, … are a list; fewer may be different things. */
const MANY = 4;

function isHdf5Text(name: string): boolean {
  return name === "object" || name === "bytes";
}

async function* children(node: ListNode, options: WorkOptions): AsyncGenerator<Node> {
  for (let index = 0; index < node.length; index++) yield await node.child(index, options);
}

function array(dtype: string, shape: readonly number[]): Seen {
  return { kind: "array", dtypes: [dtype], shapes: [shape] };
}

function scalarArray(dtype: string, as: StoredAs | undefined): Seen {
  const type = scalarOfDtype(dtype);
  return type === undefined ? array(dtype, []) : { kind: "scalar", types: [type], as, dtype };
}

function scalarOfDtype(dtype: string): ScalarName | undefined {
  if (dtype === "bool") return "boolean";
  if (/^u?int\d+$/.test(dtype)) return "integer";
  return /^float\d+$/.test(dtype) ? "number" : undefined;
}

function scalar(value: Value): Seen {
  if (value === null) return { kind: "scalar", types: ["null"] };
  if (typeof value === "string") return { kind: "scalar", types: ["string"] };
  if (typeof value === "boolean") return { kind: "scalar", types: ["boolean"] };
  if (typeof value === "bigint") return { kind: "scalar", types: ["integer"] };
  if (typeof value === "number")
    return { kind: "scalar", types: [Number.isSafeInteger(value) && !Object.is(value, -0) ? "integer" : "number"] };
  if (value instanceof Number) return { kind: "scalar", types: ["number"] };
  if (value instanceof NumpyScalar && !(value.value instanceof Complex)) {
    const type = scalarOfDtype(value.type.name) ?? (value.type.name === "string" ? "string" : undefined);
    return type === undefined ? { kind: "anything" } : { kind: "scalar", types: [type] };
  }
  if (value instanceof Instance) return { kind: "anything" };
  return { kind: "anything" };
}
