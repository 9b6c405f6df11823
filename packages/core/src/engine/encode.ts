import type {
  AnyLayout,
  ArrayLayout,
  FieldLayout,
  Layout,
  ListLayout,
  ObjectLayout,
  ScalarLayout,
  SparseLayout,
} from "../layout/layout.js";
import { type DTypeName, dtype, textType } from "../ndarray/dtype.js";
import type { DataOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, GroupNode, Node } from "../tree/node.js";
import { arrayNode, boxed } from "../tree/value-node.js";
import { AttributedTree, type WriteTree } from "../tree/write.js";
import { memberPath } from "../value/path.js";
import { float, NumpyScalar, Tuple, type Value } from "../value/value.js";
import type { ContainerCodec } from "./container.js";
import { asGroup } from "./decode.js";
import { applyEncodings, type Siblings } from "./encoding.js";
import { exactValue } from "./exact.js";
import { arrayOfLists } from "./nested-list.js";
import { encodeQuantized } from "./quantize/field.js";
import { isPair, numberSteps } from "./quantize/steps.js";
import { concrete, denseOf, memberField, memberNames, mismatch, presentName } from "./resolve.js";
import { plainScalar, scalarArray, valueOfScalarArray } from "./scalar.js";
import { arrayLabel } from "./shape.js";
import { largestIndex, writtenColumns } from "./sparse/columns.js";
import { SparseNode } from "./sparse/node.js";
import { type GatherBudget, storedParts } from "./sparse/stored-parts.js";
import { storePlaces } from "./store-places.js";

export interface Encoder {
  readonly layout: Layout;
  /** `arrays`: the container holds arrays only (npz), so everything else becomes one. `values`: it holds Python values. `json`: it has lists for arrays. */
  readonly target: ContainerCodec["holds"];
  /** What the container holds that the tree is in; `json` means that lists stand for arrays. */
  readonly source?: ContainerCodec["holds"] | undefined;
  /** Whether the tree to be written is as stored in another file, or logical: then encodings are applied. */
  readonly form: "logical" | "stored";
  /** Steps of quantisation in place of the schema's, by their names. */
  readonly steps?: Readonly<Record<string, number>> | undefined;
  /** Inside a value that becomes part of one array: arrays have to be in memory. */
  readonly boxed?: boolean;
  /** What sparse matrices may gather in memory, all together; more is made again when it is written. */
  readonly sparse?: GatherBudget | undefined;
  readonly options: WorkOptions;
}

/** What a container writes for `node`, which holds what `field` describes. */
export async function encode(encoder: Encoder, field: FieldLayout, node: Node, siblings: Siblings): Promise<WriteTree> {
  const target = concrete(encoder.layout, field, node);
  switch (target.kind) {
    case "array":
      return encodeArray(encoder, target, node, siblings);
    case "scalar":
      return encodeScalar(encoder, target, node);
    case "list":
      return encodeList(encoder, target, node);
    case "object":
      return box(encoder, await encodeObject(inside(encoder), target, await asGroup(encoder, node)));
    case "any":
      return encodeAny(encoder, target, node);
    case "sparse":
      return encodeSparse(encoder, target, node);
  }
}

/** The members of a group under the names that they are stored by, what the schema fills in first. */
export async function encodeObject(encoder: Encoder, field: ObjectLayout, group: GroupNode): Promise<WriteTree> {
  const members = new Map<Value, WriteTree>();
  for (const [key, value] of await impliedMembers(encoder, field, group)) {
    members.set(field.properties[key]?.stored?.name ?? key, value);
  }
  for (const [name, key] of memberNames(field, group.keys)) {
    const node = (await group.child(name, encoder.options)) as Node;
    const member = memberField(field, key)?.field ?? ({ kind: "any", rule: field.rule } as const);
    members.set(member.stored?.name ?? key, await encode(encoder, member, node, { key: name, group }));
  }
  return storePlaces(encoder, field, group, members);
}

/** An array as the parts of a sparse matrix, by their names; parts that are still in a file stay there. */
async function encodeSparse(encoder: Encoder, field: SparseLayout, node: Node): Promise<WriteTree> {
  if (node.kind !== "array") throw mismatch(node, arrayLabel(denseOf(field)));
  if (node.shape.length < field.shape.length) throw mismatch(node, arrayLabel(denseOf(field)));
  const { parts } = field;
  let members: ReadonlyMap<Value, WriteTree>;
  let indices: ArrayNode;
  if (node instanceof SparseNode) {
    const stored = node.matrix.parts;
    indices = stored.indices;
    members = new Map<Value, WriteTree>([
      [parts.data, stored.data],
      [parts.indices, indices],
      [parts.indptr, stored.indptr],
    ]);
  } else {
    members = await storedParts(node, field, { ...encoder.options, budget: encoder.sparse });
    const columns = members.get(parts.indices) as NdArray | ArrayNode;
    indices = columns instanceof NdArray ? arrayNode(columns, node.path) : columns;
  }
  const said = await writtenColumns(field, node, () => largestIndex(indices, encoder.options));
  const tree = new Map([...members, ...said.members]);
  return said.attributes.size === 0 ? tree : new AttributedTree(tree, { attributes: said.attributes });
}

/** Values of keys that are absent but follow from the schema: defaults, and sizes that a symbol's `equals` names. */
async function impliedMembers(
  encoder: Encoder,
  field: ObjectLayout,
  group: GroupNode,
): Promise<Map<string, WriteTree>> {
  const implied = new Map<string, WriteTree>();
  for (const [key, member] of Object.entries(field.properties)) {
    if (presentName(member, key, group.keys) !== undefined || group.keys.includes(key)) continue;
    const symbol = Object.entries(field.dims ?? {}).find(([, dim]) => dim.equals === key)?.[0];
    const value =
      symbol === undefined ? member.default : ((await sizeOfSymbol(encoder, field, group, symbol)) ?? member.default);
    if (value === undefined) continue;
    const node: Node = { kind: "scalar", path: memberPath(group.path, key), value };
    implied.set(key, await encode(encoder, member, node, { key, group }));
  }
  return implied;
}

/** The size that a symbol has in the first member whose shape or length states it, in schema order. */
async function sizeOfSymbol(
  encoder: Encoder,
  field: ObjectLayout,
  group: GroupNode,
  symbol: string,
): Promise<number | undefined> {
  for (const [key, member] of Object.entries(field.properties)) {
    const node = await group.child(key, encoder.options);
    if (!node) continue;
    const target = concrete(encoder.layout, member, node);
    if ((target.kind === "array" || target.kind === "sparse") && node.kind === "array") {
      const axis = target.shape.indexOf(symbol);
      if (axis >= 0 && node.shape.length > axis && !target.shape.includes("...")) return node.shape[axis];
    } else if (target.kind === "list" && target.length === symbol) {
      return node.kind === "list" ? node.length : node.kind === "array" ? node.shape[0] : undefined;
    } else if (target.kind === "object" && !target.dims && node.kind === "group") {
      const inner = await sizeOfSymbol(encoder, target, node, symbol);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

async function encodeArray(encoder: Encoder, field: ArrayLayout, node: Node, siblings: Siblings): Promise<WriteTree> {
  if (encoder.form === "stored" && isPair(field, node)) return (await exactValue(node, encoder.options)) as Value;
  if (node.kind !== "array") {
    if (encoder.source !== "json") throw mismatch(node, arrayLabel(field));
    return encodeArray(encoder, field, await arrayOfLists(field, node, encoder.options), siblings);
  }
  if (encoder.form === "stored" || !field.encoding) return handOver(encoder, node);
  if (numberSteps(field.encoding))
    return encodeQuantized(field, await node.load(encoder.options), { steps: encoder.steps, path: node.path });
  const place = { path: node.path, siblings, options: encoder.options };
  return applyEncodings(field.encoding, await node.load(encoder.options), place);
}

/** Arrays that are still in a file stay there until the container copies them; objects have to be read. */
async function handOver(encoder: Encoder, node: ArrayNode): Promise<WriteTree> {
  return node.array ?? (node.chunks && !encoder.boxed ? node : node.load(encoder.options));
}

async function encodeScalar(encoder: Encoder, field: ScalarLayout, node: Node): Promise<WriteTree> {
  if (encoder.target === "arrays" && node.kind === "array" && !field.stored?.dtype) return handOver(encoder, node);
  let value = (await exactValue(node, encoder.options)) as Value;
  if (value instanceof NdArray) throw mismatch(node, field.types.join(" or "));
  if (encoder.target === "arrays") return scalarArray(value, field) ?? boxed(value);
  if (value instanceof NumpyScalar && node.kind === "array") value = plainScalar(value);
  const isFloat = field.types.includes("number") && !field.types.includes("integer") && typeof value === "number";
  return isFloat ? float(value as number) : value;
}

async function encodeList(encoder: Encoder, field: ListLayout, node: Node): Promise<WriteTree> {
  if (encoder.target === "arrays" && node.kind === "array") return handOver(encoder, node);
  const items = await itemsOf(encoder, field, node);
  const form = field.stored?.as ?? (node.kind === "list" ? node.form : undefined) ?? "list";
  const values = items as readonly Value[];
  // An empty list says nothing of text; h5py makes an array of float64 of it, as NumPy does.
  if (encoder.target === "values" && isTyped(field) && items.length > 0) return listArray(values, field) ?? items;
  if (encoder.target !== "arrays") return form === "tuple" ? Tuple.of<WriteTree>(...items) : items;
  if (field.stored?.as === "pickled-scalar") return boxed(form === "tuple" ? Tuple.of<Value>(...values) : values);
  return listArray(values, field) ?? objectArray(values);
}

async function itemsOf(encoder: Encoder, field: ListLayout, node: Node): Promise<WriteTree[]> {
  const whole = node.kind === "list" ? undefined : ((await exactValue(node, encoder.options)) as Value);
  if (whole instanceof NdArray)
    return [...whole].map((element) => (typeof element === "bigint" ? plainScalar(element) : (element as Value)));
  if (node.kind !== "list") throw mismatch(node, "a list");
  const items: WriteTree[] = [];
  for (let index = 0; index < node.length; index++) {
    const item = field.prefix[index] ?? field.items;
    if (item === false) throw mismatch(node, `a list of ${index}`);
    items.push(
      await encode(inside(encoder), item, await node.child(index, encoder.options), {
        key: "",
        group: undefined,
      }),
    );
  }
  return items;
}

/** Whether the schema wants an array of text of one type even where lists could be stored. */
function isTyped({ stored }: ListLayout): boolean {
  return stored?.as === "string-array" && stored.dtype !== undefined;
}

/** A 1-d array of text or of whole numbers; undefined when the items are of several kinds. */
function listArray(items: readonly Value[], field: ListLayout): NdArray | undefined {
  if (items.length === 0 && field.stored?.as !== "string-array")
    return NdArray.from("float64", new Float64Array(0)) as NdArray;
  if (items.every((item) => typeof item === "string")) return textArray(items as string[], field.stored?.dtype);
  if (items.every((item) => typeof item === "boolean"))
    return NdArray.from("bool", Uint8Array.from(items.map(Number))) as NdArray;
  if (!items.every((item) => typeof item === "number" || typeof item === "bigint")) return undefined;
  if (items.every((item) => typeof item === "bigint" || Number.isSafeInteger(item))) {
    const integers = items.map(BigInt as (item: Value) => bigint);
    const fitting = integers.every((item) => item === BigInt.asIntN(64, item));
    return fitting ? (NdArray.from("int64", BigInt64Array.from(integers)) as NdArray) : undefined;
  }
  return items.every((item) => typeof item === "number")
    ? (NdArray.from("float64", Float64Array.from(items as number[])) as NdArray)
    : undefined;
}

/** Text as NumPy's `U`, or in UTF-8 as its `S`, both as wide as the longest item. */
function textArray(items: readonly string[], type: DTypeName = "string"): NdArray {
  if (type === "bytes") {
    const encoder = new TextEncoder();
    const encoded = items.map((item) => encoder.encode(item));
    const longest = encoded.reduce((most, { length }) => Math.max(most, length), 1);
    return NdArray.from<"bytes">(textType("bytes", longest), encoded) as NdArray;
  }
  const longest = items.reduce((most, item) => Math.max(most, [...item].length), 1);
  return NdArray.from<"string">(textType("string", longest), [...items] as DataOf["string"]) as NdArray;
}

function objectArray(items: readonly Value[]): NdArray {
  return NdArray.from<"object">(dtype("|O"), [...items] as DataOf["object"]) as NdArray;
}

async function encodeAny(encoder: Encoder, field: AnyLayout, node: Node): Promise<WriteTree> {
  if (node.kind === "array") {
    if (encoder.target === "arrays" || node.shape.length > 0) return handOver(encoder, node);
    return valueOfScalarArray(await node.load(encoder.options));
  }
  const value = (await exactValue(node, encoder.options)) as Value;
  return field.is === "dict" ? box(encoder, value) : value;
}

/** The encoder of what is inside a dict or list. */
function inside(encoder: Encoder): Encoder {
  return encoder.target === "arrays" ? { ...encoder, target: "values", boxed: true } : encoder;
}

/** Dicts go into an object array without axes where the container holds arrays only. */
function box(encoder: Encoder, value: WriteTree): WriteTree {
  return encoder.target === "arrays" ? boxed(value as Value) : value;
}
