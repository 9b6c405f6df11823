import type { ArrayNode, FormatError, GroupNode, ListNode, Node, WorkOptions } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import { nodeOfValue, unboxed } from "@somakit/core/tree";
import { Tuple } from "@somakit/core/value";
import { arrayText } from "./array.js";
import { type Piece, styled } from "./printer.js";
import { arrayTitle, containerTitle, valueText } from "./value.js";

export interface TreeOptions extends WorkOptions {
  /** Shows every member; otherwise long lists and trees are cut. */
  readonly all?: boolean;
  /** Called for each member that cannot be read, which has a line that says so. */
  readonly onUnreadable?: (error: FormatError) => void;
}

/** Pieces of one line. */
export type Line = readonly Piece[];

const MOST_LINES = 300;
const MOST_ITEMS = 5;
const MOST_MEMBERS = 100;
/** Values that hold themselves would never end. */
const DEEPEST = 40;
/** Arrays of up to this many elements are shown with their values. */
const SMALL = 8;

/** The lines of a tree: a line for each member, those of dicts and lists indented below. */
export async function* treeLines(root: Node, options: TreeOptions = {}): AsyncGenerator<Line> {
  let count = 0;
  for await (const line of below(options, await unboxed(root, options), 0)) {
    if (!options.all && count === MOST_LINES) {
      yield [styled("dim", "… cut here; --all shows everything, a path a part")];
      return;
    }
    count++;
    yield line;
  }
}

/** The lines of a node's members. */
async function* below(options: TreeOptions, node: Node, depth: number): AsyncGenerator<Line> {
  if (depth > DEEPEST) {
    yield indented(depth, styled("dim", "… deeper still"));
    return;
  }
  if (node.kind === "scalar" && node.value instanceof Map) yield* oddMembers(options, node.value, depth);
  if (node.kind !== "group" && node.kind !== "list") return;
  yield* attributeLines(options, node, depth);
  const size = node.kind === "group" ? node.keys.length : node.length;
  const most = options.all ? size : Math.min(size, node.kind === "group" ? MOST_MEMBERS : MOST_ITEMS);
  for (let index = 0; index < most; index++) {
    const label = node.kind === "group" ? (node.keys[index] as string) : `[${index}]`;
    const open = async (): Promise<Node | undefined> =>
      node.kind === "group" ? node.child(label, options) : node.child(index, options);
    yield* member(options, label, open, depth);
  }
  if (size > most) yield indented(depth, styled("dim", `… ${size - most} more`));
}

/** The line of one member, and those below it. What cannot be read is said, and passed over. */
async function* member(
  options: TreeOptions,
  label: string,
  open: () => Promise<Node | undefined>,
  depth: number,
): AsyncGenerator<Line> {
  let node: Node;
  let short: string | undefined;
  try {
    const found = await open();
    if (!found) return;
    node = await unboxed(found, options);
    short = await shortText(options, node);
  } catch (error) {
    if (!isFormatError(error)) throw error;
    options.onUnreadable?.(error);
    yield indented(depth, styled("cyan", label), ": ", styled("red", `unreadable: ${error.reason}`));
    return;
  }
  yield indented(depth, styled("cyan", label), ": ", short ?? nodeTitle(node));
  if (short === undefined) yield* below(options, node, depth + 1);
  else yield* attributeLines(options, node, depth + 1);
}

/** A line for each attribute of a group or an array. */
async function* attributeLines(options: TreeOptions, node: Node, depth: number): AsyncGenerator<Line> {
  const attributes = await node.attributes?.(options);
  for (const key of attributes?.keys ?? []) {
    const open = async (): Promise<Node | undefined> => attributes?.child(key, options);
    yield* member(options, `@${key}`, open, depth);
  }
}

/** What a group or list is; other nodes say it by their values. */
export function nodeTitle(node: Node): string {
  if (node.kind === "group") return `dict of ${node.keys.length}`;
  if (node.kind === "list") return `${node.form ?? "list"} of ${node.length}`;
  return node.kind === "array" ? arrayTitle(node.type, node.shape) : containerTitle(node.value);
}

/** All of a value in one line where it is short enough; undefined for what needs lines of its own. */
async function shortText(options: TreeOptions, node: Node): Promise<string | undefined> {
  if (node.kind === "array") return arrayLine(options, node);
  if (node.kind === "scalar")
    return node.value instanceof Map
      ? undefined
      : valueText(node.value, options.all ? Number.POSITIVE_INFINITY : undefined);
  return node.kind === "list" && node.length <= SMALL ? shortList(options, node) : emptyText(node);
}

function emptyText(node: GroupNode | ListNode): string | undefined {
  if (node.kind === "list") return undefined;
  return node.keys.length === 0 ? "{}" : undefined;
}

async function shortList(options: TreeOptions, list: ListNode): Promise<string | undefined> {
  const items: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = await list.child(index, options);
    if (item.kind !== "scalar" || item.value instanceof Map) return undefined;
    items.push(item.value);
  }
  const text = valueText(list.form === "tuple" ? Tuple.of(...items) : items, Number.POSITIVE_INFINITY);
  return text.length <= 100 ? text : undefined;
}

async function arrayLine(options: TreeOptions, node: ArrayNode): Promise<string> {
  const title = arrayTitle(node.type, node.shape);
  const size = node.shape.reduce((product, axis) => product * axis, 1);
  if (size > SMALL || node.shape.length > 1) return title;
  const array = await node.load(options);
  return `${title} ${arrayText(array, { width: Number.POSITIVE_INFINITY, element: (value) => valueText(value, 30) })}`;
}

/** Members of a dict whose keys are not all text. */
async function* oddMembers(
  options: TreeOptions,
  map: ReadonlyMap<unknown, unknown>,
  depth: number,
): AsyncGenerator<Line> {
  let shown = 0;
  for (const [key, item] of map) {
    if (!options.all && shown++ === MOST_MEMBERS) {
      yield indented(depth, styled("dim", `… ${map.size - MOST_MEMBERS} more`));
      return;
    }
    yield* member(options, valueText(key, 40), async () => nodeOfValue(item), depth);
  }
}

function indented(depth: number, ...pieces: readonly Piece[]): Line {
  return ["  ".repeat(depth), ...pieces];
}
