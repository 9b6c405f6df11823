import type { Rule } from "./rule.js";
import type { StructureType } from "./schema.js";

/** An object that is no list, seen as a dict. */
export type Dict = Readonly<Record<string, unknown>>;

export function isDict(value: unknown): value is Dict {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** NaN and infinities are numbers: NaN stands for "not measured" in half of all data sets. */
const KINDS: { readonly [T in StructureType]: (value: unknown) => boolean } = {
  array: (value) => Array.isArray(value),
  boolean: (value) => typeof value === "boolean",
  integer: (value) => typeof value === "number" && !(value % 1) && !Number.isNaN(value),
  null: (value) => value === null,
  number: (value) => typeof value === "number",
  object: isDict,
  string: (value) => typeof value === "string",
};

/** Whether a value is of one of `types`. */
export function kindRule(
  types: readonly StructureType[],
  type: StructureType | readonly StructureType[],
  at: string,
): Rule {
  const breach = { rule: `${at}/type`, keyword: "type", params: { type }, message: `must be ${types.join(",")}` };
  const [first, second, ...others] = types.map((name) => KINDS[name]);
  if (first === undefined) return (_, trace) => trace?.add(breach) ?? false;
  if (second === undefined) return (value, trace) => first(value) || (trace?.add(breach) ?? false);
  return (value, trace) =>
    first(value) || second(value) || others.some((is) => is(value)) || (trace?.add(breach) ?? false);
}
