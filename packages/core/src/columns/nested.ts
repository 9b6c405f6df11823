import { FormatError } from "../errors.js";

/**
 * Members by dotted names (`camera.loc`), as arrays of an archive are called that stand for members of members. Names that have
 * an empty part are taken as they are.
 */
export class Nested {
  readonly #paths: readonly (readonly string[])[];

  /** Throws `FormatError` `mismatch` when a name is both a member and a part of another name. */
  constructor(names: readonly string[]) {
    this.#paths = names.map(pathOf);
    const whole = new Set(names);
    for (const path of this.#paths) {
      for (let length = 1; length < path.length; length++) {
        const above = path.slice(0, length).join(".");
        if (!whole.has(above)) continue;
        throw new FormatError("mismatch", `${path.join(".")} would be a member of it`, { path: above });
      }
    }
  }

  /** An object of `values`, one for each name in the order of the names. */
  build(values: readonly unknown[]): Record<string, unknown> {
    const root: Record<string, unknown> = {};
    for (const [index, path] of this.#paths.entries()) {
      let inner = root;
      for (const part of path.slice(0, -1)) {
        if (!Object.hasOwn(inner, part)) define(inner, part, {});
        inner = inner[part] as Record<string, unknown>;
      }
      define(inner, path.at(-1) as string, values[index]);
    }
    return root;
  }
}

function pathOf(name: string): readonly string[] {
  const parts = name.split(".");
  return parts.includes("") ? [name] : parts;
}

/** Defined, not assigned: a key `__proto__` is a key like any other. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Dotted names and values of an object's members, and of members of those that are objects or maps with text keys. */
export function* flattened(value: object, prefix = ""): Generator<readonly [name: string, value: unknown]> {
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  for (const [key, member] of entries) {
    const name = `${prefix}${String(key)}`;
    if (isDict(member)) yield* flattened(member, `${name}.`);
    else yield [name, member];
  }
}

function isDict(value: unknown): value is object {
  if (value instanceof Map) return [...value.keys()].every((key) => typeof key === "string");
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
