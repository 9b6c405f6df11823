import { decode } from "../../engine/decode.js";
import { ownName } from "../../engine/encoding.js";
import { exactValue } from "../../engine/exact.js";
import { concrete, memberField, presentName } from "../../engine/resolve.js";
import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { DrawablePlace } from "./place.js";

/** What stands beside a value under a key, by the schema; undefined when there is no such thing. */
export async function siblingValue(place: DrawablePlace, key: string, options: WorkOptions): Promise<unknown> {
  const { group } = place.siblings;
  const field = place.object && memberField(place.object, key)?.field;
  const name = group && (field ? presentName(field, key, group.keys) : key);
  const node = name === undefined ? undefined : await group?.child(name, options);
  if (!node || !group) return undefined;
  if (!field) return plain((await exactValue(node, options)) as Value);
  const { layout, container } = place.file;
  const decoder = { layout, holds: container.codec.holds, nulls: "keep" as const, options };
  return decode(decoder, field, node, { key: name as string, group });
}

/** The text beside a value; undefined when there is none. */
export async function siblingText(
  place: DrawablePlace,
  key: string,
  options: WorkOptions,
): Promise<string | undefined> {
  const value = await siblingValue(place, ownName(key, place.siblings.key), options);
  return typeof value === "string" ? value : undefined;
}

/** The text under a key of the root; undefined when there is none. */
export async function rootText(
  { file }: DrawablePlace,
  key: string,
  options: WorkOptions,
): Promise<string | undefined> {
  const { layout, root } = file;
  const object = concrete(layout, layout.root, root);
  if (root.kind !== "group" || object.kind !== "object") return undefined;
  const place = {
    file,
    path: "",
    exact: "",
    scope: undefined,
    dims: new Map(),
    object,
    siblings: { key, group: root },
  };
  const value = await siblingValue(place, key, options);
  return typeof value === "string" ? value : undefined;
}

/** The numbers beside a value: one, or those of a list or an array. Throws `FormatError` `mismatch` for anything else. */
export async function siblingNumbers(
  place: DrawablePlace,
  key: string,
  options: WorkOptions,
): Promise<readonly number[] | undefined> {
  const value = await siblingValue(place, key, options);
  if (value === undefined || value === null) return undefined;
  const items = value instanceof NdArray ? [...value] : Array.isArray(value) ? (value as unknown[]) : [value];
  const numbers = items.map((item) =>
    typeof item === "number" || typeof item === "bigint" ? Number(item) : Number.NaN,
  );
  if (numbers.every(Number.isFinite)) return numbers;
  throw new FormatError("mismatch", "numbers expected", { path: key });
}
