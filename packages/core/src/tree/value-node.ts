import { dtype } from "../ndarray/dtype.js";
import type { DataOf } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";
import { elementPath, memberPath } from "../value/path.js";
import { Float, Instance, NumpyScalar, Tuple, type Value } from "../value/value.js";
import type { ArrayNode, GroupNode, ListNode, Node } from "./node.js";
import { shapeOfRows } from "./rows.js";

/**
 * The tree of a value in memory: dicts whose keys are all text and plain objects are groups, lists and tuples are
 * lists, arrays are arrays; everything else is a scalar.
 */
export function nodeOfValue(value: unknown, path = ""): Node {
  if (value instanceof NdArray) return arrayNode(value, path);
  if (value instanceof NumpyScalar) return { kind: "scalar", path, value };
  if (value instanceof Instance) return groupNode(membersOf(value), path, value);
  if (Array.isArray(value)) return listNode(value, path);
  if (value instanceof Map && [...value.keys()].every((key) => typeof key === "string"))
    return groupNode(value, path, value as Value);
  if (isPlainObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const map = new Map(members);
    return groupNode(map, path, map as unknown as Value);
  }
  return { kind: "scalar", path, value: value as Value };
}

/** True for objects made by `{}` or with no prototype, which stand for records. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Attributes of an instance, then its items: an item of the same name counts. */
export function membersOf(instance: Instance): ReadonlyMap<string, unknown> {
  const attributes = instance.state instanceof Map ? [...instance.state] : [];
  const named = [...attributes, ...instance.items].filter(
    (entry): entry is [string, Value] => typeof entry[0] === "string",
  );
  return new Map(named);
}

/** The node of an array in memory. */
export function arrayNode(array: NdArray, path: string): ArrayNode {
  const stored = array.dtype === "object" ? undefined : array.storedBytes();
  const order = array.isContiguous || !array.isFortran ? "C" : "F";
  const node: ArrayNode = {
    kind: "array",
    path,
    type: array.type,
    shape: array.shape,
    order,
    array,
    load: async () => array,
    ...(array.dtype !== "object" && array.ndim > 0 && { rows: async (start, stop) => rowsOf(array, start, stop) }),
  };
  if (!stored) return node;
  return {
    ...node,
    order: stored.order,
    async *chunks() {
      yield stored.bytes;
    },
  };
}

/** A view of rows `start` up to `stop`. Throws `RangeError` outside the array. */
export function rowsOf(array: NdArray, start: number, stop: number): NdArray {
  shapeOfRows(array.shape, start, stop);
  return array.slice([start, stop]);
}

function groupNode(members: ReadonlyMap<string, unknown>, path: string, whole: Value): GroupNode {
  return {
    kind: "group",
    path,
    keys: [...members.keys()],
    child: async (key) => (members.has(key) ? nodeOfValue(members.get(key), memberPath(path, key)) : undefined),
    load: async () => whole,
    valueNow: (key) => singleOf(members.get(key)),
  };
}

/** A value that is a single one; undefined for any other. */
export function singleOf(value: unknown): Value | undefined {
  const isSingle =
    typeof value !== "object" || value === null || value instanceof Float || value instanceof NumpyScalar;
  return isSingle ? (value as Value | undefined) : undefined;
}

function listNode(items: readonly unknown[], path: string): ListNode {
  return {
    kind: "list",
    path,
    length: items.length,
    form: items instanceof Tuple ? "tuple" : "list",
    child: async (index) => nodeOfValue(items[index], elementPath(path, index)),
    itemNow: (index) => singleOf(items[index]),
    load: async () => items as Value,
  };
}

/** An object array without axes that holds `value`: how array files store what is no array. */
export function boxed(value: Value): NdArray<"object"> {
  return NdArray.from<"object">(dtype("|O"), [value] as DataOf["object"], []);
}
