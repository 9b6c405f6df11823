import type { Json, JsonObject } from "../ir.js";

/** Small questions about JSON that is not known to be what it should be. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member `key`, own ones only: keys such as `constructor` are ordinary here. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Members of the object `key`, none when it is no object. */
export function members(value: Json | undefined, key: string): [string, Json][] {
  const object = member(value, key);
  return isObject(object) ? Object.entries(object) : [];
}

export function elements(value: Json | undefined, key: string): Json[] {
  const list = member(value, key);
  return Array.isArray(list) ? list : [];
}

export function text(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === "string" ? found : undefined;
}

/** The strings of the list `key`. */
export function strings(value: Json | undefined, key: string): string[] {
  return elements(value, key).filter((item) => typeof item === "string");
}

/** A value that may stand for a list of one. */
export function listOf(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
