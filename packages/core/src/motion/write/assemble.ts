import { define } from "../../engine/defaults.js";
import type { Dim, JsonValue, MotionPart, ObjectLayout } from "../../layout/layout.js";
import type { MotionLevel, MotionMember } from "../plan.js";

/** What the values of a new object are, by the parts that they play, and sizes by the roles of their symbols. */
export interface Parts {
  readonly values: Readonly<Partial<Record<MotionPart, unknown>>>;
  /** Arrays and whatever else has a place of its own. */
  readonly at?: ReadonlyMap<MotionMember, unknown> | undefined;
  readonly sizes?: Readonly<Partial<Record<NonNullable<Dim["role"]>, number>>> | undefined;
  /** Objects below, by the keys that lead to them. */
  readonly below?: readonly { readonly keys: readonly string[]; readonly value: unknown }[] | undefined;
  /** Further members by their keys. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

export type Assembled = Record<string, unknown>;

/** An object of a level, with what its schema asks for beside: constants, and sizes that a key states. */
export function assemble(level: MotionLevel, parts: Parts): Assembled {
  const { object } = level;
  const record: Assembled = {};
  if (!object) return record;
  for (const [key, value] of Object.entries(parts.more ?? {})) define(record, key, value);
  for (const member of level.members) {
    const value = parts.at?.get(member) ?? playedBy(member, parts);
    if (value !== undefined) put(record, member.keys, value);
  }
  for (const { keys, value } of parts.below ?? []) put(record, keys, value);
  stateSizes(record, object, parts.sizes ?? {});
  return ordered(record, object);
}

function playedBy({ part, field, mark, rowwise }: MotionMember, { values }: Parts): unknown {
  if (part === "constant") return mark.value as JsonValue;
  // Whoever is written is one person.
  if (part === "crowd") return field.kind === "scalar" && field.types.includes("integer") ? 0 : false;
  return rowwise ? undefined : values[part];
}

function put(record: Assembled, keys: readonly string[], value: unknown): void {
  const [key, ...rest] = keys;
  if (key === undefined) {
    Object.assign(record, value);
    return;
  }
  if (rest.length === 0) {
    if (!Object.hasOwn(record, key)) define(record, key, value);
    return;
  }
  if (!Object.hasOwn(record, key)) define(record, key, {});
  put(record[key] as Assembled, rest, value);
}

function stateSizes(record: Assembled, { dims = {} }: ObjectLayout, sizes: NonNullable<Parts["sizes"]>): void {
  for (const { role, equals } of Object.values(dims)) {
    const size = role === undefined ? undefined : sizes[role];
    if (typeof equals === "string" && size !== undefined && !Object.hasOwn(record, equals))
      define(record, equals, size);
  }
}

/** Members in the order of the schema. */
function ordered(record: Assembled, { properties }: ObjectLayout): Assembled {
  const sorted: Assembled = {};
  for (const key of [...Object.keys(properties), ...Object.keys(record)])
    if (Object.hasOwn(record, key) && !Object.hasOwn(sorted, key)) define(sorted, key, record[key]);
  return sorted;
}
