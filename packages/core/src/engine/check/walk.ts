import { FormatError } from "../../errors.js";
import type {
  AnyLayout,
  FieldLayout,
  ListLayout,
  ObjectLayout,
  ScalarLayout,
  SparseLayout,
} from "../../layout/layout.js";
import type { GroupNode, Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { elementPath } from "../../value/path.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import { bareItems, bareScalar } from "../at-once.js";
import { asGroup, decode } from "../decode.js";
import { NO_SIBLINGS, type Siblings } from "../encoding.js";
import { exactValue, isNone } from "../exact.js";
import { PlacedGroup } from "../placed.js";
import {
  asBox,
  type ConcreteField,
  concrete,
  denseOf,
  dereference,
  describeNode,
  fits,
  memberField,
  memberNames,
  misfit,
  setOf,
} from "../resolve.js";
import { arrayItems, plainScalar } from "../scalar.js";
import { SparseNode } from "../sparse/node.js";
import { placeIn, reportAbsent } from "./absent.js";
import { aloneInFolder, aloneInRoot, kept } from "./alone.js";
import { checkArray } from "./array.js";
import { checkBytes } from "./bytes.js";
import { reportConsecutive, reportFileName, reportUnread, reportVersion } from "./contents.js";
import { Scope, stateSizes } from "./dims.js";
import { readThrough } from "./elements.js";
import { reportFormer, reportLabel, reportNote, reportNumpy, reportUnnamed } from "./forms.js";
import { checkItems } from "./items.js";
import { integerAt, reportUnknown } from "./keys.js";
import { noteNeeds, reportNeeds } from "./needs.js";
import { visitItems } from "./records.js";
import { checkDisjoint, noteReference } from "./references.js";
import { checkSpan } from "./span.js";
import { checkSparseContents, reportSparseParts } from "./sparse.js";
import type { Need, Walk } from "./state.js";

/** Stands for a member that is there, and cannot be read. */
const UNREADABLE = "unreadable";
/** Stands for arrays in the value that structure is checked on. */
const ARRAY: unknown = Object.freeze({});

/**
 * Checks a node against its field and reports what is wrong. Returns the plain value, with arrays left out, on which
 * the structural rules are then checked. Damaged values are reported and passed over.
 */
export async function visit(walk: Walk, field: FieldLayout, node: Node, siblings: Siblings): Promise<unknown> {
  try {
    const target = concrete(walk.layout, field, node);
    for (const form of target === field ? [field] : [field, target]) {
      noteNeeds(walk, form, siblings);
      reportNote(walk, form, node.path);
    }
    const value = await visitConcrete(inside(walk, target), target, node, siblings);
    await checkBytes(walk, field, node);
    return value;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const at = error.offset === undefined ? "" : ` (byte ${error.offset})`;
    const inside = error.path === "" || error.path === node.path ? "" : `${error.path}: `;
    const code = error.code === "mismatch" ? "type" : "unreadable";
    walk.report.add({
      code,
      path: node.path,
      message: `${inside}${error.reason}${at}`,
      actual: error.code,
      rule: field.rule,
    });
    return undefined;
  }
}

/** Headers as those of the dense array; contents part by part, without making it dense. */
async function checkSparse(walk: Walk, field: SparseLayout, node: Node, siblings: Siblings): Promise<void> {
  if (!(node instanceof SparseNode)) return checkArray(walk, denseOf(field), node, siblings);
  const headers = { ...walk, options: { ...walk.options, depth: "headers" as const } };
  await checkArray(headers, denseOf(field), node, siblings);
  if (walk.options.depth !== "headers") await checkSparseContents(walk, field, node.matrix);
}

/** Only objects compare their scopes, and members know what they need beside them. In scalars there is nothing more. */
function inside(walk: Walk, target: ConcreteField): Walk {
  if (target.kind === "object" || target.kind === "scalar" || (!walk.scopes && !walk.needs)) return walk;
  return { ...walk, scopes: undefined, needs: undefined };
}

async function visitConcrete(walk: Walk, field: ConcreteField, node: Node, siblings: Siblings): Promise<unknown> {
  switch (field.kind) {
    case "array":
      await checkArray(walk, field, node, siblings);
      return ARRAY;
    case "scalar":
      return visitScalar(walk, field, node);
    case "list":
      return visitList(walk, field, node);
    case "object":
      return visitObject(walk, field, node);
    case "sparse":
      await checkSparse(walk, field, node, siblings);
      return ARRAY;
    case "any":
      if (!(await fitsAny(field.is, node, walk))) reportType(walk, node, `a ${field.is}`, field.rule);
      else if (field.numberKeys && !(await hasNumberKeys(walk, field, field.numberKeys, node))) return ARRAY;
      else if (walk.options.depth !== "headers") return freeValue(walk, node);
      return ARRAY;
  }
}

async function fitsAny(is: "dict" | "list" | undefined, node: Node, walk: Walk): Promise<boolean> {
  if (is === undefined) return true;
  const box = asBox(node);
  if (!box)
    return (
      fits({ kind: "any", is, rule: "" }, node) ||
      (node.kind === "scalar" && is === "dict" && node.value instanceof Map)
    );
  const value = (await box.load(walk.options)).get();
  return is === "dict" ? value instanceof Map : Array.isArray(value);
}

/** Whether a dict has no other keys than those numbers; reports the first that is none of them. */
async function hasNumberKeys(walk: Walk, field: AnyLayout, allowed: readonly number[], node: Node): Promise<boolean> {
  const value = node.kind === "group" ? undefined : await exactValue(node, walk.options);
  const keys = node.kind === "group" ? node.keys : value instanceof Map ? [...value.keys()] : [];
  const odd = keys.find((key) => !allowed.includes(plainScalar(key as Value) as number));
  if (odd === undefined) return true;
  const [expected, actual] = [allowed.join(", "), JSON.stringify(plain(odd as Value))];
  const message = `has the key ${actual}; its keys are the numbers ${expected}`;
  walk.report.add({ code: "range", path: node.path, message, expected, actual, rule: `${field.rule}/numberKeys` });
  return false;
}

/** Everything below a node that no rule describes, read so that damage in it is found. */
async function freeValue(walk: Walk, node: Node): Promise<unknown> {
  if (node.kind === "array" && !asBox(node)) {
    await readThrough(walk, node);
    return ARRAY;
  }
  return plain((await exactValue(node, walk.options)) as Value);
}

function reportType(walk: Walk, node: Node, expected: string, rule: string): void {
  const actual = describeNode(node);
  walk.report.add({
    code: "type",
    path: node.path,
    message: `${actual} where ${expected} is needed`,
    expected,
    actual,
    rule,
  });
}

async function visitScalar(walk: Walk, field: ScalarLayout, node: Node): Promise<unknown> {
  try {
    const value = await decode(walk, field, node);
    const { references, rule } = field;
    if (references && (typeof value === "string" || typeof value === "number"))
      noteReference(walk, { references, rule }, { name: value, path: node.path });
    if (field.labels && typeof value === "number") reportLabel(walk, field, field.labels, { value, path: node.path });
    reportVersion(walk, field, node, value);
    reportFileName(walk, field, node, value);
    if (field.stored?.as === "python-scalar") reportNumpy(walk, field, node);
    return value;
  } catch (error) {
    if (!(error instanceof FormatError) || error.code !== "mismatch") throw error;
    reportType(walk, node, field.types.join(" or "), field.rule);
    return undefined;
  }
}

async function visitList(walk: Walk, field: ListLayout, node: Node): Promise<unknown> {
  const list = await unboxed(walk, node);
  const length = list.kind === "list" ? list.length : list.kind === "array" ? list.shape[0] : undefined;
  if (length === undefined || list.kind === "group" || list.kind === "scalar") {
    reportType(walk, node, "a list", field.rule);
    return undefined;
  }
  bindLength(walk, field, length, node.path);
  if (list.kind === "array") return visitArrayAsList(walk, field, list);
  const stop = walk.options.depth === "headers" && list.itemwise ? Math.min(length, FIRST_ITEMS) : length;
  if (stop < length) walk.report.cut(list.path);
  const bare = walk.options.labels || stop < length ? undefined : bareItems(field, list);
  if (bare) return bare;
  const scopes = new Map<number, Scope>();
  const visitItem = (item: FieldLayout, child: Node, index: number): Promise<unknown> => {
    const own = { ...walk, alone: undefined };
    const inner = field.uniform ? { ...own, scopes: (scope: Scope) => void scopes.set(index, scope) } : own;
    return visit(inner, item, child, NO_SIBLINGS);
  };
  const alone = walk.alone ?? (node === walk.root ? aloneInRoot(walk, list, field, undefined) : undefined);
  const compared = field.unique !== undefined || field.allOrNone !== undefined;
  const items = list.items ? await visitItems(walk, field, list, visitItem) : [];
  for (let index = items.length; index < stop && !list.items; index++) {
    const item = field.prefix[index] ?? field.items;
    const child = await list.child(index, walk.options);
    if (item === false) {
      walk.report.add({
        code: "shape",
        path: node.path,
        message: `${length} items, ${index} expected`,
        expected: String(index),
        actual: String(length),
        rule: field.rule,
      });
      break;
    }
    const value = await visitItem(item, child, index);
    // The first stands for all when the root is checked.
    if (!alone || (!alone.keys && (compared || index === 0))) items.push(value);
    else alone.check(value, child.path);
    if (alone?.keys) items.push(kept(value, alone.keys));
  }
  checkItems(walk, field, { path: node.path, items, scopes });
  if (!alone?.keys) return items;
  alone.keep?.(items);
  return [];
}

/** Items that a check of headers looks at where they are read one by one. */
const FIRST_ITEMS = 100;

async function unboxed(walk: Walk, node: Node): Promise<Node> {
  const set = setOf(node);
  if (set) return nodeOfValue([...set], node.path);
  const box = asBox(node);
  return box ? nodeOfValue((await box.load(walk.options)).get(), node.path) : node;
}

function bindLength(walk: Walk, field: ListLayout, length: number, path: string): void {
  // A list may be as long as something else that is there: one item an image in place of one a person.
  if (field.follows?.some((symbol) => walk.scope?.size(symbol) === length)) return;
  if (typeof field.length === "string")
    walk.scope?.bind(walk.report, field.length, length, { path, what: "the number of items", rule: field.rule });
  else if (field.length !== undefined && field.length !== length) {
    const expected = String(field.length);
    walk.report.add({
      code: "shape",
      path,
      message: `${length} items, ${expected} expected`,
      expected,
      actual: String(length),
      rule: field.rule,
    });
  }
}

/** A list stored as one array: its elements are looked at without making a node of each. */
async function visitArrayAsList(walk: Walk, field: ListLayout, node: Node & { kind: "array" }): Promise<unknown> {
  const item = field.items === false ? undefined : field.items;
  if (node.shape.length !== 1 || item?.kind !== "scalar" || field.prefix.length > 0) {
    if (walk.options.depth !== "headers") await readThrough(walk, node);
    return ARRAY;
  }
  if (walk.options.depth === "headers") return ARRAY;
  const items = arrayItems(await node.load(walk.options), item);
  const { references, rule } = item;
  for (const [index, name] of references ? items.entries() : []) {
    if (references && typeof name === "string")
      noteReference(walk, { references, rule }, { name, path: elementPath(node.path, index) });
  }
  const at = misfit(items, item);
  if (at >= 0) {
    const found: Node = { kind: "scalar", path: `${node.path}[${at}]`, value: items[at] as Value };
    reportType(walk, found, item.types.join(" or "), item.rule);
  }
  return items;
}

async function visitObject(walk: Walk, field: ObjectLayout, node: Node): Promise<unknown> {
  const group = await asGroup(walk, node);
  const scope = field.dims ? new Scope(field.dims, walk.scope) : walk.scope;
  const needs: Need[] = [];
  const folder = group.hasFile ? group : walk.folder;
  if (field.dims && scope) {
    walk.scopes?.(scope);
    await stateSizes(scope, field.dims, group.path, (key) => integerAt(walk, field, group, key));
  }
  const span = field.span ? await checkSpan(walk, field, group) : walk.span;
  // One for all members: there may be thousands of objects of a few numbers.
  const members: Walk = { ...walk, scope, nulls: "keep", scopes: undefined, alone: undefined, needs, folder, span };
  const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  walk.report.place(record, group.path);
  const closed = field.closed !== undefined && (await integerAt(walk, field, group, field.closed.when)) === 1;
  const present = new Set<string>();
  for (const [name, key] of memberNames(field, group.keys)) {
    const scalar = name === key && !walk.options.labels ? bareScalar(field, group, key) : undefined;
    if (scalar !== undefined) {
      present.add(key);
      record[key] = scalar;
      continue;
    }
    const member = await group
      .child(name, walk.options)
      .catch((error: unknown) => unreadable(walk, error, { group, name, key }, field));
    if (member === UNREADABLE) {
      present.add(key);
      if (!isPlain(group, name, key)) walk.report.placeMember(record, key, placeIn(group, name));
      record[key] = ARRAY;
      continue;
    }
    if (!member || (walk.nulls === "absent" && (await isNone(member).catch(() => false)))) continue;
    present.add(key);
    if (!isPlain(group, name, key)) walk.report.placeMember(record, key, member.path);
    const known = memberField(field, key);
    if (known?.field.stored?.aliases?.includes(name)) reportFormer(walk, known.field, member.path, { name, key });
    reportUnknown(walk, field, { key, path: placeIn(group, name), known, closed });
    if (known) {
      const alone =
        aloneInFolder(walk, group, key) ??
        (node === walk.root && field.disjoint === undefined ? aloneBelow(walk, known.field, member, key) : undefined);
      const value = await visit(alone ? { ...members, alone } : members, known.field, member, { key: name, group });
      reportUnnamed(walk, known.field, { key, path: member.path }, value);
      record[key] = value;
    } else record[key] = ARRAY;
  }
  reportAbsent(walk, field, { group, present, record });
  for (const need of needs) reportNeeds(walk, need, group.path, present);
  checkDisjoint(walk, field, group.path, record);
  reportConsecutive(walk, field, group);
  reportUnread(walk, field, group);
  return record;
}

/** How items of a list in the root are checked, where that is one by one. */
function aloneBelow(walk: Walk, known: FieldLayout, member: Node, key: string): Walk["alone"] {
  const field = dereference(walk.layout, known);
  return field.kind === "list" ? aloneInRoot(walk, member, field, key) : undefined;
}

/** Whether the path of a member is that of its group and its key, as in a document; those of attributes are not. */
function isPlain(group: GroupNode, name: string, key: string): boolean {
  return !group.placeOf && name === key && !(group instanceof PlacedGroup);
}

async function unreadable(
  walk: Walk,
  error: unknown,
  { group, name, key }: { readonly group: GroupNode; readonly name: string; readonly key: string },
  { rule, properties }: ObjectLayout,
): Promise<typeof UNREADABLE> {
  if (!(error instanceof FormatError)) throw error;
  const path = placeIn(group, name);
  const known = properties[key] && dereference(walk.layout, properties[key]);
  if (known?.kind === "sparse" && group instanceof PlacedGroup && group.stored.kind === "group") {
    await reportSparseParts(walk, known, { group: group.stored, path }, error);
    return UNREADABLE;
  }
  const at = error.offset === undefined ? "" : ` (byte ${error.offset})`;
  const inside = error.path === "" || error.path === path ? "" : `${error.path}: `;
  walk.report.add({ code: "unreadable", path, message: `${inside}${error.reason}${at}`, actual: error.code, rule });
  return UNREADABLE;
}
