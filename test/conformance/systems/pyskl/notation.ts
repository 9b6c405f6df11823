import { isObject, sameJson } from "../../compare.js";

/**
 * The notation of this system's manifest says less than that of core's digest: no classes of dicts, no checksums of
 * text arrays, little-endian dtypes, byte strings as Latin-1 text, sums of complex arrays in some way of their own.
 * This takes from both sides what only one of them says.
 */
export function common(description: unknown): unknown {
  if (Array.isArray(description)) return description.map(common);
  if (!isObject(description)) return description;
  if ("dtype" in description && Array.isArray(description["shape"])) return commonArray(description);
  if (typeof description["bytearray"] === "string") return { bytes: description["bytearray"], kind: "bytearray" };
  if (typeof description["bytes"] === "string")
    return { bytes: description["bytes"], ...(description["class"] === "bytearray" ? { kind: "bytearray" } : {}) };
  if ("npscalar" in description) return commonScalar(description);
  if (Array.isArray(description["set"])) return { set: sorted(description["set"].map(common)) };
  const { class: _, ...rest } = description;
  const wrapped = ["dict", "dict_items"].some((key) => key in description) ? rest : description;
  return mapped(wrapped, common);
}

function commonArray(array: Readonly<Record<string, unknown>>): unknown {
  const { sha256, sum, values, ...rest } = array;
  const dtype =
    typeof array["dtype"] === "string" ? array["dtype"].replace(/^>/, "<").replace(/^\|O$/, "O") : array["dtype"];
  const text = typeof dtype === "string" && /^.?[US]/.test(dtype);
  const complex = typeof dtype === "string" && /c\d+$/.test(dtype);
  return {
    ...mapped(rest, common),
    dtype,
    ...(sha256 === undefined || text ? {} : { sha256 }),
    ...(sum === undefined || complex ? {} : { sum }),
    ...(values === undefined ? {} : { values: (values as readonly unknown[]).map(textOf) }),
  };
}

/** A byte string as Latin-1 text. */
function textOf(value: unknown): unknown {
  const bytes = isObject(value) ? value["bytes"] : undefined;
  return typeof bytes === "string" ? Buffer.from(bytes, "hex").toString("latin1") : value;
}

function commonScalar(scalar: Readonly<Record<string, unknown>>): unknown {
  const inner = scalar["npscalar"];
  const { dtype, value } = isObject(inner) ? inner : { dtype: inner, value: scalar["value"] };
  // Text is text here, whether numpy's or Python's.
  if (typeof dtype === "string" && /^.?U/.test(dtype)) return value;
  return { npscalar: typeof dtype === "string" ? dtype.replace(/^>/, "<") : dtype, value: common(value) };
}

function sorted(items: readonly unknown[]): readonly unknown[] {
  return [...items].sort((a, b) => (sameJson(a, b) ? 0 : JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function mapped(
  members: Readonly<Record<string, unknown>>,
  change: (member: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, change(member)]));
}
