import type { FieldLayout, Layout, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { Node } from "../../tree/node.js";
import { isPlainObject, nodeOfValue } from "../../tree/value-node.js";
import { define } from "../defaults.js";
import { type ConcreteField, concrete, fits, memberField } from "../resolve.js";

/** A field that says what to do, and the symbols that its value may follow. */
export interface Described {
  readonly field: ConcreteField;
  /** What stands beside a reference or a choice counts more than what its part or branch says. */
  readonly follows: readonly string[] | undefined;
}

/** The field that applies to a value in memory: references followed, branches chosen. */
export function describe(layout: Layout, field: FieldLayout, value: unknown): Described {
  let current = field;
  let follows = field.follows;
  // Parts that refer to each other in a circle are found by `concrete`.
  for (let hops = 0; current.kind === "ref" || current.kind === "choice"; hops++) {
    const next: FieldLayout | undefined =
      current.kind === "ref" ? layout.defs[current.name] : branchFor(layout, current.branches, value);
    if (!next || hops > 64) return { field: concrete(layout, current, nodeFor(value)), follows };
    current = next;
    follows ??= current.follows;
  }
  return { field: current, follows };
}

function branchFor(layout: Layout, branches: readonly FieldLayout[], value: unknown): FieldLayout | undefined {
  const node = nodeFor(value);
  return branches.find((branch) => fits(concrete(layout, branch, node), node)) ?? branches.at(-1);
}

/** The header of an array is all that choosing a branch looks at; its memory stays as it is. */
function nodeFor(value: unknown): Node {
  if (!(value instanceof NdArray)) return nodeOfValue(value);
  return { kind: "array", path: "", type: value.type, shape: value.shape, order: "C", load: async () => value };
}

/** A value with named members: an object, or a dict under any keys. */
export type Dict = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

export function isDict(value: unknown): value is Dict {
  return value instanceof Map || isPlainObject(value);
}

/** Members that are there, in their order. */
export function membersOf(dict: Dict): readonly (readonly [key: unknown, value: unknown])[] {
  const members = dict instanceof Map ? [...dict] : Object.entries(dict);
  return members.filter(([, value]) => value !== undefined);
}

export function memberOf(dict: Dict, key: string): unknown {
  if (dict instanceof Map) return dict.get(key);
  return Object.hasOwn(dict, key) ? (dict as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** A dict of the same kind as `dict` with other members. */
export function dictLike(dict: Dict, members: Iterable<readonly [key: unknown, value: unknown]>): Dict {
  if (dict instanceof Map) {
    const map = new (dict.constructor as MapConstructor)<unknown, unknown>();
    // A defaultdict has a member of its own.
    Object.assign(map, dict);
    for (const [key, value] of members) map.set(key, value);
    return map;
  }
  const record: Record<string, unknown> = {};
  for (const [key, value] of members) define(record, String(key), value);
  return record;
}

/** The field of a member under any key; `undefined` where the schema allows no such key. */
export function fieldOfMember(object: ObjectLayout, key: unknown): FieldLayout | undefined {
  return typeof key === "string" ? memberField(object, key)?.field : undefined;
}
