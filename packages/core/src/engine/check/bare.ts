import type { FieldLayout, ObjectLayout, ScalarLayout } from "../../layout/layout.js";
import type { GroupNode } from "../../tree/node.js";
import { scalarType } from "../resolve.js";
import { plainScalar } from "../scalar.js";

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
  const value = group.valueNow(key);
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
