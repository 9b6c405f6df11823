import { checkHeader } from "../engine/check/array.js";
import { Scope } from "../engine/check/dims.js";
import { summariseRanges } from "../engine/check/ranges.js";
import { Report } from "../engine/check/report.js";
import { type ConcreteField, concrete, describeNode, fits, memberField, misfit } from "../engine/resolve.js";
import { alignAxes, fitsShape, shapeLabel } from "../engine/shape.js";
import type { Issue } from "../issues.js";
import type { ArrayLayout, FieldLayout, Layout, ListLayout, ObjectLayout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { ArrayNode, Node } from "../tree/node.js";
import { isPlainObject, membersOf, nodeOfValue } from "../tree/value-node.js";
import { elementPath, memberPath } from "../value/path.js";
import { Instance, type Value } from "../value/value.js";
import { type DictRules, isSupported } from "./rules.js";

export interface MemberFindings {
  /** Why the value cannot be stored under the key. */
  readonly errors: readonly Issue[];
  /** What a check of the whole dict would find in it as well. */
  readonly warnings: readonly Issue[];
  /** Sizes as they are with the value, by the key that states them. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** A value that is about to be stored. */
export interface Candidate {
  readonly key: string;
  readonly value: unknown;
}

/** How strictly a rule is meant: `must` refuses a value, `should` is a remark. */
type Grade = "must" | "should";

/** A value at its place. */
interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly grade: Grade;
}

interface Visit {
  readonly layout: Layout;
  readonly scope: Scope;
  readonly reports: Readonly<Record<Grade, Report>>;
}

/**
 * Compares one value in memory with its field, from headers alone, by the rules that checks of files use.
 *
 * A dict is filled step by step, so an assignment is held to less than a finished file: what must hold is the kind of a
 * supported value, dtype and shape of its array, the members that an object requires, and that its arrays are as long
 * as the sizes known so far. Optional members of objects, items and length of lists, and values of keys that are not
 * supported are remarks. Sizes that no key states (joint counts, say) are left to checks of the whole.
 */
export function checkMember(
  rules: DictRules,
  sizes: ReadonlyMap<string, number>,
  { key, value }: Candidate,
): MemberFindings {
  const { layout, root } = rules;
  const scope = statedScope(rules, sizes, key);
  const reports = { must: new Report(layout, {}), should: new Report(layout, {}) };
  const member = memberField(root, key);
  const grade = isSupported(rules, key) ? "must" : "should";
  const visit = { layout, scope, reports };
  if (member) visitField(visit, member.field, { value, path: memberPath("", key), grade });
  const found = new Map<string, number>();
  for (const { symbol, key: stating } of rules.sizes) {
    const size = scope.size(symbol);
    if (size !== undefined) found.set(stating, size);
  }
  if (rules.ranges?.key === key && reports.must.issues().length === 0) checkRanges(visit, rules, found, value);
  return { errors: reports.must.issues(), warnings: reports.should.issues(), sizes: found };
}

/** A scope of the symbols that keys state. The rows of the ranges array are counted anew with every one assigned. */
function statedScope(rules: DictRules, sizes: ReadonlyMap<string, number>, key: string): Scope {
  const dims = rules.root.dims ?? {};
  const scope = new Scope(
    Object.fromEntries(rules.sizes.flatMap(({ symbol }) => (dims[symbol] ? [[symbol, dims[symbol]]] : []))),
  );
  for (const { symbol, key: stating } of rules.sizes) {
    const size = sizes.get(stating);
    const counted = rules.ranges?.key === key && rules.ranges.along === symbol;
    if (size !== undefined && !counted) scope.state(symbol, size, `${stating} is ${size}`);
  }
  return scope;
}

/** How far ranges reach is a size too. */
function checkRanges(
  { reports }: Visit,
  { ranges, sizes }: DictRules,
  found: Map<string, number>,
  value: unknown,
): void {
  const stating = sizes.find(({ symbol }) => symbol === ranges?.over)?.key;
  if (!ranges || !(value instanceof NdArray)) return;
  const size = stating === undefined ? undefined : found.get(stating);
  const { extent, fault, gap } = summariseRanges(value, size);
  const place = { code: "range", path: ranges.key, rule: ranges.rule } as const;
  const short = size !== undefined && extent < size ? `covers ${extent} positions, ${size} expected` : undefined;
  const message = fault ?? short;
  if (message !== undefined) reports.must.add({ ...place, message });
  else if (gap !== undefined) reports.should.add({ ...place, severity: "warning", message: gap });
  if (stating !== undefined) found.set(stating, extent);
}

function visitField(visit: Visit, field: FieldLayout, place: Place): void {
  const node = nodeOfValue(place.value, place.path);
  const target = concrete(visit.layout, field, node);
  if (!isKind(target, node)) reportType(visit, target, node, place.grade);
  else if (target.kind === "array" && node.kind === "array") visitArray(visit, target, node, place.grade);
  else if (target.kind === "list") visitList(visit, target, place);
  else if (target.kind === "object") visitObject(visit, target, place);
}

/** Whether a value is of the kind that users hold for such a field; a stored form that reads as one is not enough. */
function isKind(field: ConcreteField, node: Node): boolean {
  switch (field.kind) {
    case "array":
      return node.kind === "array";
    case "list":
      return node.kind === "list" && (node.form !== "tuple" || field.stored?.as === "tuple");
    case "object":
      return node.kind === "group";
    case "any":
      // A dict whose keys are not all text is no group.
      return fits(field, node) || (field.is === "dict" && node.kind === "scalar" && node.value instanceof Map);
    default:
      return fits(field, node);
  }
}

const KINDS: Readonly<Record<ConcreteField["kind"], string>> = {
  array: "an array",
  sparse: "a sparse matrix",
  list: "a list",
  object: "a dict",
  scalar: "a scalar",
  any: "a value",
};

function reportType({ reports }: Visit, field: ConcreteField, node: Node, grade: Grade): void {
  const named =
    field.kind === "scalar" ? field.types.join(" or ") : field.kind === "any" && field.is && `a ${field.is}`;
  const expected = named || KINDS[field.kind];
  const actual = describeNode(node);
  const message = `${actual} where ${expected} is needed`;
  reports[grade].add({ code: "type", path: node.path, message, expected, actual, rule: field.rule });
}

/** Outdated shapes are for files; an outdated dtype is a remark, as whole numbers in place of floats are. */
function visitArray({ scope, reports }: Visit, field: ArrayLayout, node: ArrayNode, grade: Grade): void {
  const { legacy, ...current } = field;
  const outdated =
    fitsShape(field.shape, node.shape) &&
    legacy?.some((form) => form.dtype?.includes(node.type.name) && fitsShape(form.shape ?? field.shape, node.shape));
  const axes = outdated
    ? checkHeader({ report: reports.should }, field, node)
    : checkHeader({ report: reports[grade] }, current, node);
  for (const { axis, rule, actual } of axes ? (alignAxes(field.shape, node.shape) ?? []) : []) {
    if (typeof rule !== "string" || (grade === "should" && scope.size(rule) === undefined)) continue;
    const what = `axis ${axis} of ${shapeLabel(node.shape)}`;
    scope.bind(reports[grade], rule, actual, { path: node.path, what, rule: field.rule });
  }
}

function visitList({ scope, reports }: Visit, field: ListLayout, { value, path }: Place): void {
  const items = value as readonly Value[];
  const { length, rule } = field;
  const followed = field.follows?.some((symbol) => scope.size(symbol) === items.length) === true;
  if (typeof length === "string" && scope.size(length) !== undefined && !followed)
    scope.bind(reports.should, length, items.length, { path, what: "the number of items", rule });
  const item = field.items === false || field.prefix.length > 0 ? undefined : field.items;
  const at = item?.kind === "scalar" ? misfit(items, item) : -1;
  if (at < 0 || item === undefined) return;
  const actual = describeNode(nodeOfValue(items[at]));
  const expected = item.kind === "scalar" ? item.types.join(" or ") : "";
  const message = `${actual} where ${expected} is needed`;
  reports.should.add({ code: "type", path: elementPath(path, at), message, expected, actual, rule: item.rule });
}

/** Required members first: they fix sizes that the others are compared with. */
function visitObject(visit: Visit, field: ObjectLayout, { value, path, grade }: Place): void {
  const members = membersOfValue(value);
  for (const key of field.required) {
    const place = { value: members.get(key), path: memberPath(path, key), grade };
    const member = memberField(field, key);
    if (!members.has(key)) {
      const message = `${JSON.stringify(key)} is required in ${path}, but missing`;
      visit.reports[grade].add({ code: "missing", path: place.path, message, expected: key, rule: field.rule });
    } else if (member) visitField(visit, member.field, place);
  }
  for (const [key, inner] of members) {
    const member = memberField(field, key);
    if (field.required.includes(key) || member?.by !== "property") continue;
    visitField(visit, member.field, { value: inner, path: memberPath(path, key), grade: "should" });
  }
}

function membersOfValue(value: unknown): ReadonlyMap<string, unknown> {
  if (value instanceof Instance) return membersOf(value);
  if (value instanceof Map) return value as ReadonlyMap<string, unknown>;
  return isPlainObject(value) ? new Map(Object.entries(value)) : new Map();
}
