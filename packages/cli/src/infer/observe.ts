import {
  type ArrayNode,
  Complex,
  FormatError,
  type GroupNode,
  Instance,
  type ListNode,
  type Node,
  NumpyScalar,
  nodeOfValue,
  type Value,
  type WorkOptions,
} from "@somakit/core";
import { mergeAll, type Numbered, type ScalarName, type Seen, type StoredAs } from "./seen.js";

export interface ObserveOptions extends WorkOptions {
  /** Kind of the container, which decides what is the obvious form of a value. */
  readonly container: string;
}

/** Deeper trees hold themselves, or are hostile. */
const DEEPEST = 64;
/** Nodes that are looked at; a schema of more than that is nobody's first one. */
const MOST = 2_000_000;

/** What a tree holds: headers of arrays, single values, keys. Reads no array but object arrays without axes. */
export async function observe(root: Node, options: ObserveOptions): Promise<Seen> {
  return new Observer(options).node(root, 0);
}

class Observer {
  readonly #options: ObserveOptions;
  #count = 0;

  constructor(options: ObserveOptions) {
    this.#options = options;
  }

  async node(node: Node, depth: number): Promise<Seen> {
    this.#options.signal?.throwIfAborted();
    if (depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels`, { path: node.path });
    if (++this.#count > MOST) throw new FormatError("limit", `more than ${MOST} values`, { path: node.path });
    switch (node.kind) {
      case "group":
        return this.#group(node, depth);
      case "list":
        return this.#list(node, depth);
      case "array":
        return this.#attributed(node, await this.#array(node, depth), depth);
      case "scalar":
        return scalar(node.value);
    }
  }

  async #group(node: GroupNode, depth: number): Promise<Seen> {
    const members = new Map<string, { readonly seen: Seen; readonly where: readonly number[] }>();
    for (const key of node.keys) {
      const child = await node.child(key, this.#options);
      if (child) members.set(key, { seen: await this.node(child, depth + 1), where: [0] });
    }
    const attributes = await this.#attributes(node, depth);
    const numbered =
      this.#options.container === "hdf5" && attributes.size === 0 ? numberedChildren(members) : undefined;
    if (numbered) return numbered;
    for (const [key, seen] of attributes) if (!members.has(key)) members.set(key, { seen, where: [0] });
    return { kind: "object", count: 1, members };
  }

  async #attributes(node: Node, depth: number): Promise<ReadonlyMap<string, Seen>> {
    const group = await node.attributes?.(this.#options);
    const found = new Map<string, Seen>();
    for (const key of group?.keys ?? []) {
      const child = await group?.child(key, this.#options);
      if (child) found.set(key, { ...(await this.node(child, depth + 1)), place: "attribute" });
    }
    return found;
  }

  /** An array that has attributes is an object with them around it. */
  async #attributed(node: ArrayNode, seen: Seen, depth: number): Promise<Seen> {
    const attributes = await this.#attributes(node, depth);
    if (attributes.size === 0) return seen;
    const key = attributes.has("array") ? "array_itself" : "array";
    const members = new Map([[key, { seen: { ...seen, place: "itself" as const }, where: [0] }]]);
    for (const [name, attribute] of attributes) members.set(name, { seen: attribute as never, where: [0] });
    return { kind: "object", count: 1, members };
  }

  async #list(node: ListNode, depth: number): Promise<Seen> {
    const items: Seen[] = [];
    const source = node.items?.(this.#options) ?? children(node, this.#options);
    for await (const item of source) items.push(await this.node(item, depth + 1));
    const as = node.form === "tuple" ? ("tuple" as const) : undefined;
    return { kind: "list", as, lengths: [items.length], items: mergeAll(items) };
  }

  async #array(node: ArrayNode, depth: number): Promise<Seen> {
    const { name } = node.type;
    const text = this.#textArray(node);
    if (text) return text;
    if (node.shape.length > 0) return name === "struct" ? { kind: "anything" } : array(name, node.shape);
    if (name !== "object") return scalarArray(name, this.#form("scalar-array"));
    const value = (await node.load(this.#options)).get() as Value;
    const inner = await this.node(nodeOfValue(value, node.path), depth + 1);
    return inner.kind === "object" || inner.kind === "list" ? { ...inner, as: this.#form("pickled-scalar") } : inner;
  }

  /** Arrays of texts are lists of them, and a text where they have no axes. */
  #textArray({ type, shape }: ArrayNode): Seen | undefined {
    const isText = type.name === "string" || (this.#options.container === "hdf5" && isHdf5Text(type.name));
    if (!isText || shape.length > 1) return undefined;
    if (shape.length === 0) return { kind: "scalar", types: ["string"], as: this.#form("scalar-array") };
    const items: Seen | undefined = shape[0] === 0 ? undefined : { kind: "scalar", types: ["string"] };
    return { kind: "list", lengths: [shape[0] as number], items, as: "string-array" };
  }

  /** HDF5 has no other form for a single value. */
  #form(as: StoredAs): StoredAs | undefined {
    return this.#options.container === "hdf5" ? undefined : as;
  }
}

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

type Members = ReadonlyMap<string, { readonly seen: Seen; readonly where: readonly number[] }>;

const NUMBERED = /^(.*?)(\d+)(\D*)$/su;

/** A group whose children are all called alike but for a number, and are all groups. */
function numberedChildren(members: Members): Seen | undefined {
  const parts = [...members.keys()].map((key) => NUMBERED.exec(key));
  const [first] = parts;
  if (!first || parts.length < 2) return undefined;
  const [, prefix = "", digits = "", suffix = ""] = first;
  if (parts.some((part) => part?.[1] !== prefix || part[3] !== suffix)) return undefined;
  const texts = parts.map((part) => part?.[2] as string);
  const isPadded = texts.some((text) => text.length > 1 && text.startsWith("0"));
  const pad = isPadded ? digits.length : 0;
  if (pad > 32 || texts.some((text) => text.length > 15 || (isPadded && text.length < pad))) return undefined;
  const numbers = texts.map(Number).sort((a, b) => a - b);
  const items = [...members.values()].map(({ seen }) => seen);
  const merged = mergeAll(items);
  if (merged?.kind !== "object" || items.some(({ place }) => place !== undefined)) return undefined;
  const from = numbers[0] as number;
  const numbered: Numbered = { prefix, suffix, from, pad, gaps: (numbers.at(-1) as number) - from >= numbers.length };
  return { kind: "list", lengths: [items.length], items: merged, numbered };
}
