import type { FieldLayout, ListLayout, ObjectLayout, ScalarLayout } from "../layout/layout.js";
import type { GroupNode, ListNode } from "../tree/node.js";
import type { Value } from "../value/value.js";
import { scalarType } from "./resolve.js";
import { plainScalar } from "./scalar.js";

/** All that a field says of which nothing but the type is to be looked at. */
const BARE: readonly string[] = ["kind", "rule", "types", "unit"];

const known = new WeakMap<FieldLayout, boolean>();

/**
 * The plain value of a member that is in memory already, and of which only the type is to be checked, which is right. Undefined for
 * all others. Documents hold thousands of such numbers: looking at them one after the other without waiting takes a fraction of the time.
 */
export function bareScalar(object: ObjectLayout, group: GroupNode, key: string): unknown {
  if (!group.valueNow || !Object.hasOwn(object.properties, key)) return undefined;
  const field = object.properties[key] as FieldLayout;
  if (!isBare(field)) return undefined;
  return plainNow(field, group.valueNow(key));
}

/**
 * The plain items of a list that are in memory already, and of which only the type is to be checked, which is right. Undefined for all
 * others.
 */
export function bareItems({ items, prefix }: ListLayout, list: ListNode): unknown[] | undefined {
  return items !== false && prefix.length === 0 && isBare(items) ? plainItems(items, list) : undefined;
}

/** The plain values of a list that is in memory; undefined when one of them is not there yet, or of another type. */
export function plainItems(field: ScalarLayout, list: ListNode): unknown[] | undefined {
  if (!list.itemNow) return undefined;
  const items: unknown[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = plainNow(field, list.itemNow(index));
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** What is read for a value of the right type; undefined for another one, for None, and where it is not there yet. */
export function plainNow(field: ScalarLayout, value: Value | undefined): unknown {
  if (value === undefined || value === null) return undefined;
  const type = scalarType(value);
  const isRight = field.types.some((wanted) => wanted === type || (wanted === "number" && type === "integer"));
  return isRight ? plainScalar(value) : undefined;
}

function isBare(field: FieldLayout): field is ScalarLayout {
  let bare = known.get(field);
  if (bare === undefined) {
    bare = field.kind === "scalar" && Object.keys(field).every((key) => BARE.includes(key));
    known.set(field, bare);
  }
  return bare;
}
