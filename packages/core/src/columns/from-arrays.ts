import { FormatError } from "../errors.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../tree/node.js";
import { float, type Value } from "../value/value.js";
import { Nested } from "./nested.js";
import { rowsOf } from "./rows.js";

/** A record made of rows. Members are those of the arrays: `camera.loc` is the member `loc` of the member `camera`. */
export type RowRecord = Record<string, unknown>;

/** Arrays of one file that agree in how many rows they have. */
export interface Columns {
  /** How many rows there are. */
  readonly count: number;
  /** Arrays of which each record gets a row, by the name of the member. */
  readonly members: ReadonlyMap<string, ArrayNode>;
  /** What is no column, and belongs to all of them: whole arrays and single values, by name. */
  readonly shared: ReadonlyMap<string, Value>;
  /** What cannot be taken over, and why. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The records, in order. Holds one, and one piece of each array. */
  records(options?: WorkOptions): AsyncGenerator<RowRecord, void, void>;
}

export interface ColumnsOptions extends WorkOptions {
  /** Members that records are known to have: arrays of these names say how many rows there are. */
  readonly known: readonly string[];
  /** Which array is which member, where names differ: `{ vertices: "verts" }`. */
  readonly from?: Readonly<Record<string, string>> | undefined;
}

/** More than that is no value for all records, and would be held in memory. */
const MOST_SHARED = 2 ** 26;

/**
 * Takes the arrays of a file for columns. Those of known members lead; others with as many rows follow them, and what is left is
 * shared. A file that is one array gives the first known member. Throws `FormatError`: `missing` when no array is a known
 * member, `mismatch` when they differ in rows.
 */
export async function columnsOf(root: Node, options: ColumnsOptions): Promise<Columns> {
  const found = await namedNodes(root, options);
  const leading = options.known.filter((name) => found.get(name)?.kind === "array");
  const count = rowCount(leading.map((name) => found.get(name) as ArrayNode));
  const members = new Map<string, ArrayNode>(leading.map((name) => [name, found.get(name) as ArrayNode]));
  const shared = new Map<string, Value>();
  const leftOut: { path: string; reason: string }[] = [];
  for (const [name, node] of found) {
    if (members.has(name)) continue;
    const reason = refusalOf(node, count);
    if (reason !== undefined) leftOut.push({ path: name, reason });
    else if (node.kind === "array" && node.shape[0] === count) members.set(name, node);
    else if (node.kind === "array") shared.set(name, memberOf(await node.load(options)));
    else if (node.kind === "scalar") shared.set(name, node.value);
  }
  return { count, members, shared, leftOut, records: (more = options) => rowRecords(members, count, more) };
}

/** Nodes by the name of the member that they become. */
async function namedNodes(root: Node, { known, from = {}, signal }: ColumnsOptions): Promise<Map<string, Node>> {
  const nodes = new Map<string, Node>();
  if (root.kind === "array") {
    const [first] = known;
    if (first !== undefined) nodes.set(first, root);
  }
  if (root.kind !== "group") return nodes;
  const names = new Map(Object.entries(from).map(([name, key]) => [key, name]));
  for (const key of root.keys) nodes.set(names.get(key) ?? key, (await childOf(root, key, signal)) as Node);
  for (const [name, key] of Object.entries(from))
    if (!root.keys.includes(key)) throw new FormatError("missing", `there is no array for ${name}`, { path: key });
  return nodes;
}

function childOf(root: GroupNode, key: string, signal: AbortSignal | undefined): Promise<Node | undefined> {
  return root.child(key, { signal });
}

function rowCount(leading: readonly ArrayNode[]): number {
  const [first, ...others] = leading;
  if (!first) throw new FormatError("missing", "there is no array that records could be made of");
  const [count] = first.shape;
  if (count === undefined) throw new FormatError("mismatch", "the array has no rows", { path: first.path });
  for (const { path, shape } of others) {
    if (shape[0] === count) continue;
    throw new FormatError("mismatch", `${first.path} has ${count} rows, this array ${shape[0] ?? "none"}`, { path });
  }
  return count;
}

function refusalOf(node: Node, count: number): string | undefined {
  if (node.kind === "scalar") return undefined;
  if (node.kind !== "array") return `a ${node.kind === "list" ? "list" : "dict"} is no array`;
  if (node.type.name === "object") return "an array of objects has no rows of its own";
  const bytes = node.shape.reduce((product, size) => product * size, node.type.itemSize);
  if (node.shape[0] === count || bytes <= MOST_SHARED) return undefined;
  return `it has ${node.shape[0]} rows, not ${count}, and is too large to be kept beside the records`;
}

async function* rowRecords(
  members: ReadonlyMap<string, ArrayNode>,
  count: number,
  options: WorkOptions,
): AsyncGenerator<RowRecord, void, void> {
  const nested = new Nested([...members.keys()]);
  const rows = [...members.values()].map((node) => rowsOf(node, options));
  try {
    for (let index = 0; index < count; index++) {
      options.signal?.throwIfAborted();
      const next = await Promise.all(rows.map((row) => row.next()));
      const values = next.map(({ value, done }, at) => {
        if (!done) return memberOf(value);
        const reason = `the array ends after ${index} of ${count} rows`;
        throw new FormatError("truncated", reason, { path: [...members.values()][at]?.path ?? "" });
      });
      yield nested.build(values);
      options.onProgress?.({ stage: "write records", done: index + 1, total: count, unit: "records" });
    }
  } finally {
    await Promise.allSettled(rows.map((row) => row.return()));
  }
}

/** A row as a member: a single number or text stands for an array without axes. */
function memberOf(row: NdArray): Value {
  if (row.ndim > 0) return row;
  const value: unknown = row.get();
  return typeof value === "number" && row.dtype.startsWith("float") ? float(value) : (value as Value);
}
