import type { ArrayNode, ListNode, Node, WorkOptions } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import { typeLabel } from "@somakit/core/ndarray";
import { Float, Tuple, type Value } from "@somakit/core/value";
import { arrayText } from "../print/array.js";
import { nodeTitle } from "../print/tree.js";
import { valueText } from "../print/value.js";

export interface KeySummary {
  readonly key: string;
  /** `array`, `dict`, `list`, `tuple`, `value`, `records`, `folder`, `file` or `unreadable`. */
  readonly kind: string;
  /** numpy's code, and the type in words; of a file its container. */
  readonly dtype?: string;
  readonly type?: string;
  /** Absent where the length of a stream would have to be counted. */
  readonly shape?: readonly number[];
  /** What the first items of a list are. */
  readonly items?: readonly string[];
  /** Bytes of all elements; bytes in the file, where the container knows them. */
  readonly bytes?: number;
  readonly storedBytes?: number;
  /** A single value, or what is wrong with it. */
  readonly value?: string;
  readonly meaning?: string;
  /** What is in it, as far down as was asked for, and how many members are not listed. */
  readonly members?: readonly KeySummary[];
  readonly more?: number;
}

/** Items of a list that say what it is a list of, and single values that a short one has. */
const SAMPLED = 4;
const SHORT = 8;

/** What a node is, without what is in it. */
export async function nodeSummary(node: Node, options: WorkOptions): Promise<Omit<KeySummary, "key">> {
  switch (node.kind) {
    case "group":
      return { kind: "dict", shape: [node.keys.length] };
    case "list":
      return { kind: node.form ?? "list", shape: [node.length], ...(await itemsSummary(node, options)) };
    case "scalar":
      return { kind: "value", value: node.value instanceof Map ? nodeTitle(node) : valueText(node.value, 60) };
    case "array": {
      const { type, shape } = node;
      const size = shape.reduce((product, axis) => product * axis, 1);
      const bytes = type.name === "object" ? {} : { bytes: size * type.itemSize };
      return {
        kind: "array",
        dtype: typeof type.descr === "string" ? type.descr : "struct",
        type: typeLabel(type),
        shape,
        ...bytes,
        ...(await single(node, options)),
      };
    }
  }
}

/**
 * What the first items are, each form once, and the whole list where it is a short one of single values. Items that have files or
 * records of their own are not opened for this.
 */
async function itemsSummary(list: ListNode, options: WorkOptions): Promise<Pick<KeySummary, "items" | "value">> {
  if (list.length === 0 || list.items) return {};
  const forms = new Set<string>();
  const values: Value[] = [];
  for (let index = 0; index < Math.min(list.length, SHORT); index++) {
    const node = await itemAt(list, index, options);
    if (!node) break;
    forms.add(formOf(node));
    if (node.kind === "scalar") values.push(node.value);
    else if (index + 1 >= SAMPLED) break;
  }
  const isWhole = values.length === list.length && areSingle(forms);
  const items = [...forms];
  if (items.length === 0) return {};
  return isWhole ? { items, value: valueText(list.form === "tuple" ? Tuple.of(...values) : values, 60) } : { items };
}

/** Undefined for an item that cannot be read: that is said where the item is listed. */
async function itemAt(list: ListNode, index: number, options: WorkOptions): Promise<Node | undefined> {
  try {
    return list.childNow?.(index) ?? (await list.child(index, options));
  } catch (error) {
    if (isFormatError(error)) return undefined;
    throw error;
  }
}

/** Forms of items of which a list has no members to be listed. */
const SINGLE: ReadonlySet<string> = new Set(["None", "float", "int", "text", "bool", "bytes"]);

/** Whether items of these forms are single values. */
export function areSingle(forms: Iterable<string>): boolean {
  return [...forms].every((form) => SINGLE.has(form));
}

/** What an item is, in a word or two. */
export function formOf(node: Node): string {
  if (node.kind === "group") return "dict";
  if (node.kind === "list") return node.form ?? "list";
  if (node.kind === "array") return `${typeLabel(node.type)} array`;
  const { value } = node;
  if (value === null || value === undefined) return "None";
  if (value instanceof Map) return "dict";
  if (value instanceof Float || (typeof value === "number" && !Number.isSafeInteger(value))) return "float";
  if (typeof value === "number" || typeof value === "bigint") return "int";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "bool";
  if (value instanceof Tuple) return "tuple";
  return value instanceof Uint8Array ? "bytes" : value.constructor.name;
}

/** The value of an array without axes; what object arrays hold is not loaded for this. */
async function single(node: ArrayNode, options: WorkOptions): Promise<{ readonly value?: string }> {
  if (node.shape.length > 0 || node.type.name === "object" || node.type.itemSize > 4096) return {};
  return { value: arrayText(await node.load(options)) };
}
