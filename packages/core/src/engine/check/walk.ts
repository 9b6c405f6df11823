import { FormatError } from "../../errors.js";
import type { FieldLayout, ListLayout, ObjectLayout, ScalarLayout } from "../../layout/layout.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import { memberPath } from "../../value/path.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import { asGroup, decode } from "../decode.js";
import { NO_SIBLINGS, type Siblings } from "../encoding.js";
import { exactValue, isNone } from "../exact.js";
import {
  asBox,
  type ConcreteField,
  concrete,
  describeNode,
  fits,
  memberField,
  memberNames,
  misfit,
} from "../resolve.js";
import { arrayItems } from "../scalar.js";
import { checkArray, readThrough } from "./array.js";
import { Scope, stateSizes } from "./dims.js";
import { integerAt, reportUnknown } from "./keys.js";
import type { Walk } from "./state.js";

/** Stands for arrays in the value that structure is checked on. */
const ARRAY: unknown = Object.freeze({});

/**
 * Checks a node against its field and reports what is wrong. Returns the plain value, with arrays left out, on which
 * the structural rules are then checked. Damaged values are reported and passed over.
 */
export async function visit(walk: Walk, field: FieldLayout, node: Node, siblings: Siblings): Promise<unknown> {
  try {
    return await visitConcrete(walk, concrete(walk.layout, field, node), node, siblings);
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
      throw new FormatError("unsupported", `sparse ${field.layout} values cannot be checked yet`, { path: node.path });
    case "any":
      if (!(await fitsAny(field.is, node, walk))) reportType(walk, node, `a ${field.is}`, field.rule);
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
    return await decode(walk, field, node);
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
  const items: unknown[] = [];
  for (let index = 0; index < length; index++) {
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
    items.push(await visit(walk, item, child, NO_SIBLINGS));
  }
  return items;
}

async function unboxed(walk: Walk, node: Node): Promise<Node> {
  const box = asBox(node);
  return box ? nodeOfValue((await box.load(walk.options)).get(), node.path) : node;
}

function bindLength(walk: Walk, field: ListLayout, length: number, path: string): void {
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
  const inner: Walk = { ...walk, scope, nulls: "keep" };
  if (field.dims && inner.scope)
    await stateSizes(inner.scope, field.dims, group.path, (key) => integerAt(walk, field, group, key));
  const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const closed = field.closed !== undefined && (await integerAt(walk, field, group, field.closed.when)) === 1;
  const present = new Set<string>();
  for (const [name, key] of memberNames(field, group.keys)) {
    const member = await group
      .child(name, walk.options)
      .catch((error: unknown) => unreadable(walk, error, memberPath(group.path, name), field.rule));
    if (!member || (walk.nulls === "absent" && (await isNone(member).catch(() => false)))) continue;
    present.add(key);
    const known = memberField(field, key);
    reportUnknown(walk, field, { key, path: memberPath(group.path, name), known, closed });
    record[key] = known ? await visit(inner, known.field, member, { key: name, group }) : ARRAY;
  }
  for (const key of [...field.required, ...(walk.required[field.rule] ?? [])]) {
    if (present.has(key)) continue;
    const path = memberPath(group.path, key);
    walk.report.add({
      code: "missing",
      path,
      message: `${JSON.stringify(key)} is required${group.path === "" ? "" : ` in ${group.path}`}, but missing`,
      expected: key,
      rule: `${field.rule}/required`,
    });
  }
  return record;
}

function unreadable(walk: Walk, error: unknown, path: string, rule: string): undefined {
  if (!(error instanceof FormatError)) throw error;
  const at = error.offset === undefined ? "" : ` (byte ${error.offset})`;
  walk.report.add({ code: "unreadable", path, message: `${error.reason}${at}`, actual: error.code, rule });
  return undefined;
}
