import { FormatError } from "../errors.js";
import type {
  ArrayLayout,
  ChoiceLayout,
  FieldLayout,
  Layout,
  ObjectLayout,
  RefLayout,
  ScalarLayout,
  ScalarType,
  SparseLayout,
  StoredForm,
} from "../layout/layout.js";
import type { ArrayNode, Node } from "../tree/node.js";
import { Float, NumpyScalar, type Value } from "../value/value.js";
import { isPair, numberSteps } from "./quantize/steps.js";
import { fitsForm, shapeLabel } from "./shape.js";

/** A field that says what to do: references followed, a branch chosen. */
export type ConcreteField = Exclude<FieldLayout, RefLayout | ChoiceLayout>;

/**
 * Follows references; a stored form stated beside one counts more than the part's own. Throws `TypeError` when the layout
 * names a part that it does not have.
 */
export function dereference(layout: Layout, field: FieldLayout): Exclude<FieldLayout, RefLayout> {
  let current = field;
  let stored: StoredForm | undefined;
  for (let hops = 0; current.kind === "ref"; hops++) {
    const target: FieldLayout | undefined = layout.defs[current.name];
    if (!target || hops > 64) throw new TypeError(`layout ${layout.id} has no part ${JSON.stringify(current.name)}`);
    stored = current.stored?.as === undefined ? stored : { ...current.stored, ...stored };
    current = target;
  }
  return stored === undefined ? current : { ...current, stored: { ...current.stored, ...stored } };
}

/** The field that applies to `node`: the first branch of a choice that it fits, the last one when it fits none. */
export function concrete(layout: Layout, field: FieldLayout, node: Node): ConcreteField {
  const target = dereference(layout, field);
  if (target.kind !== "choice") return target;
  const branches = target.branches.map((branch) => concrete(layout, branch, node));
  const fitting = branches.find((branch) => fits(branch, node)) ?? branches.at(-1);
  if (!fitting) throw new TypeError(`layout ${layout.id}: a choice without branches at ${target.rule}`);
  return fitting;
}

/** Whether `node` is, from the outside, what `field` describes. Values inside are not looked at. */
export function fits(field: ConcreteField, node: Node): boolean {
  switch (field.kind) {
    case "any":
      return (
        field.is === undefined ||
        (field.is === "dict" ? node.kind === "group" || asBox(node) !== undefined : node.kind === "list")
      );
    case "array":
      if (isPair(field, node)) return true;
      return node.kind === "array" && hasType(field, node) && fitsForm(field, node.shape);
    case "sparse":
      return fits(denseOf(field), node);
    case "object":
      return node.kind === "group" ? hasNeeded(field, node.keys) : asBox(node) !== undefined;
    case "list":
      return node.kind === "list" || (node.kind === "array" && node.shape.length > 0) || setOf(node) !== undefined;
    case "scalar":
      return scalarFits(field, node);
  }
}

function hasNeeded(object: ObjectLayout, keys: readonly string[]): boolean {
  return neededKeys(object).every((key) => {
    const property = Object.hasOwn(object.properties, key) ? object.properties[key] : undefined;
    return keys.includes(key) || (property !== undefined && presentName(property, key, keys) !== undefined);
  });
}

/** Whether an array has one of the field's dtypes, or the one that its numbers are stored in. */
function hasType(field: ArrayLayout, node: ArrayNode): boolean {
  if (field.dtype.includes(node.type.name)) return true;
  return numberSteps(field.encoding)?.quantize?.as === node.type.name;
}

/** What a sparse value is to those who hold it. */
export function denseOf({ dtype, shape, rule, keypoints, unit, coordinates, motion }: SparseLayout): ArrayLayout {
  return {
    kind: "array",
    rule,
    dtype,
    shape,
    ...(keypoints && { keypoints }),
    ...(unit !== undefined && { unit }),
    ...(coordinates && { coordinates }),
    ...(motion && { motion }),
  };
}

/** The set that a node is, which may stand for a list. */
export function setOf(node: Node): ReadonlySet<Value> | undefined {
  return node.kind === "scalar" && node.value instanceof Set ? node.value : undefined;
}

/** The node when it is an object array without axes, which holds one value of any kind. */
export function asBox(node: Node): ArrayNode | undefined {
  return node.kind === "array" && node.type.name === "object" && node.shape.length === 0 ? node : undefined;
}

function scalarFits(field: ScalarLayout, node: Node): boolean {
  if (node.kind === "array") return node.shape.length === 0 && field.types.some((type) => dtypeFits(type, node));
  if (node.kind !== "scalar") return false;
  const type = scalarType(node.value);
  // Python 2 stored text as bytes; an int is a number too.
  return field.types.some(
    (wanted) =>
      wanted === type || (wanted === "string" && type === "bytes") || (wanted === "number" && type === "integer"),
  );
}

/** Index of the first value that is not what `field` states, -1 when all are. */
export function misfit(values: readonly Value[], field: ScalarLayout): number {
  return values.findIndex((value) => !scalarFits(field, { kind: "scalar", path: "", value }));
}

function dtypeFits(type: ScalarType, node: ArrayNode): boolean {
  const name = node.type.name;
  if (name === "object") return true;
  if (type === "string") return name === "string" || name === "bytes";
  if (type === "boolean") return name === "bool";
  if (type === "integer") return /^u?int/.test(name);
  return type === "number" && /^(u?int|float)/.test(name);
}

/** The schema type of an exact value, or its Python name where it has none. An int is an `integer`, which is a number too. */
export function scalarType(value: Value): ScalarType | "float" | "bytes" | "complex" | "set" | "other" {
  const plain = value instanceof NumpyScalar ? value.value : value;
  if (plain === null) return "null";
  if (plain instanceof Float) return "number";
  switch (typeof plain) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "bigint":
      return "integer";
    case "number":
      if (value instanceof NumpyScalar && value.type.name.startsWith("float")) return "number";
      return Number.isInteger(plain) && !Object.is(plain, -0) ? "integer" : "number";
    default:
      return plain instanceof Uint8Array ? "bytes" : plain instanceof Set ? "set" : "other";
  }
}

/** The field of a member, with how the schema came to it. */
export interface MemberField {
  readonly field: FieldLayout;
  /** `property` by name, `pattern` by expression, `additional` for other keys; `unknown` where none are allowed. */
  readonly by: "property" | "pattern" | "additional";
}

const compiled = new Map<string, RegExp>();

/** The field that describes the member `key` of an object; undefined when the schema allows no such key. */
export function memberField(object: ObjectLayout, key: string): MemberField | undefined {
  if (Object.hasOwn(object.properties, key)) return { field: object.properties[key] as FieldLayout, by: "property" };
  for (const { pattern, field } of object.patterns) {
    let expression = compiled.get(pattern);
    if (!expression) {
      expression = new RegExp(pattern, "u");
      if (compiled.size < 1024) compiled.set(pattern, expression);
    }
    if (expression.test(key)) return { field, by: "pattern" };
  }
  return object.additional === false ? undefined : { field: object.additional, by: "additional" };
}

/**
 * Keys that an object cannot do without. Those with a default are not among them: files made before there was the key lack it,
 * and reading fills it in.
 */
export function neededKeys({ required, properties }: ObjectLayout): readonly string[] {
  return required.filter((key) => !Object.hasOwn(properties, key) || properties[key]?.default === undefined);
}

/** Under which name each property of `object` may be stored: its own or its stored name first, then former names. */
export function storedNames(field: FieldLayout, key: string): readonly string[] {
  return [field.stored?.name ?? key, ...(field.stored?.aliases ?? [])];
}

/** The stored name that `keys` has for a property. */
export function presentName(field: FieldLayout, key: string, keys: readonly string[]): string | undefined {
  return storedNames(field, key).find((name) => keys.includes(name));
}

const storing = new WeakMap<ObjectLayout, boolean>();

/** Whether any property is stored under another name, or in another place, than its own. */
function hasStoredNames(object: ObjectLayout): boolean {
  const known = storing.get(object);
  if (known !== undefined) return known;
  const has = Object.values(object.properties).some(({ stored }) => stored !== undefined);
  storing.set(object, has);
  return has;
}

/**
 * Stored names of an object's members and the property keys that they stand for, in stored order; those that belong behind
 * the others there. A member under its plain key beside the one under its stored name is passed over.
 */
export function memberNames(
  object: ObjectLayout,
  names: readonly string[],
): readonly (readonly [name: string, key: string])[] {
  if (!hasStoredNames(object)) return names.map((name) => [name, name]);
  const keys = new Map<string, string>();
  const passed = new Set<string>();
  const last: string[] = [];
  for (const [key, member] of Object.entries(object.properties)) {
    const name = presentName(member, key, names);
    if (name !== undefined) keys.set(name, key);
    if (name !== undefined && name !== key && names.includes(key)) passed.add(key);
    if (member.stored?.last) last.push(name ?? key);
  }
  const first = names.filter((name) => !last.includes(name));
  const ordered = last.length === 0 ? names : [...first, ...last.filter((name) => names.includes(name))];
  return ordered.flatMap((name) => (passed.has(name) && !keys.has(name) ? [] : [[name, keys.get(name) ?? name]]));
}

/** Fails for a node that is not of the kind that the schema states. */
export function mismatch(node: Node, expected: string): FormatError {
  return new FormatError("mismatch", `${expected} expected, ${describeNode(node)} found`, { path: node.path });
}

/** How messages name what a node is. */
export function describeNode(node: Node): string {
  if (node.kind === "group") return `a dict of ${node.keys.length}`;
  if (node.kind === "list") return `a ${node.form ?? "list"} of ${node.length}`;
  if (node.kind === "array") return `${node.type.name} array ${shapeLabel(node.shape)}`;
  const type = scalarType(node.value);
  const names: Readonly<Record<string, string>> = {
    null: "None",
    string: "text",
    integer: "an int",
    number: "a float",
    boolean: "a bool",
  };
  if (node.value instanceof Map) return `a dict of ${node.value.size}`;
  return names[type] ?? (type === "other" ? (node.value?.constructor.name ?? "a value") : type);
}
