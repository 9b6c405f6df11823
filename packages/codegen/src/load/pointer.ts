import type { Json } from "../ir.js";
import { isObject } from "./shape.js";

/** The JSON pointer of a member or element of what `pointer` names. */
export function child(pointer: string, ...segments: readonly (string | number)[]): string {
  let result = pointer;
  for (const segment of segments) result += `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return result;
}

/** The segments of a JSON pointer. */
export function segmentsOf(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The pointer of what contains `pointer`; `undefined` for the whole document. */
export function parentOf(pointer: string): string | undefined {
  const end = pointer.lastIndexOf("/");
  return end < 0 ? undefined : pointer.slice(0, end);
}

/** What `pointer` names within `value`; `undefined` when there is nothing. */
export function at(value: Json, pointer: string): Json | undefined {
  let current: Json | undefined = value;
  for (const segment of segmentsOf(pointer)) {
    if (Array.isArray(current)) current = /^(?:0|[1-9]\d*)$/.test(segment) ? current[Number(segment)] : undefined;
    else if (isObject(current)) current = Object.hasOwn(current, segment) ? current[segment] : undefined;
    else return undefined;
  }
  return current;
}
