import { define } from "../engine/defaults.js";
import { FormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";

/** New values for members of records and items of lists, to be put into copies of them. */
export class Edits {
  readonly #edits = new Map<object, Map<string | number, unknown>>();

  /**
   * Plans `holder[key] = value`. Throws `FormatError` `mismatch` when another value was planned for the same place, which
   * is what two arrays do that share a mask, or the name of a convention, and cannot both have their way.
   */
  plan(holder: object, key: string | number, value: unknown, path: string): void {
    const members = this.#edits.get(holder) ?? new Map<string | number, unknown>();
    this.#edits.set(holder, members);
    if (members.has(key) && !same(members.get(key), value))
      throw new FormatError("mismatch", `another array needs another ${JSON.stringify(key)}`, { path });
    members.set(key, value);
  }

  has(holder: object, key: string | number): boolean {
    return this.#edits.get(holder)?.has(key) === true;
  }

  /** A copy of `whole` with everything that was planned. What is not in `ancestors` is shared with it. */
  apply<T extends object>(whole: T, ancestors: ReadonlySet<object>): T {
    const copies = new Map<object, object>();
    const copy = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null || (value !== whole && !ancestors.has(value))) return value;
      const known = copies.get(value);
      if (known) return known;
      const result: object = Array.isArray(value) ? value.slice() : Object.create(Object.getPrototypeOf(value) as null);
      copies.set(value, result);
      const edits = this.#edits.get(value);
      if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) (result as unknown[])[index] = edits?.get(index) ?? copy(item);
        return result;
      }
      const record = result as Record<string, unknown>;
      for (const [key, member] of Object.entries(value)) define(record, key, edits?.get(key) ?? copy(member));
      for (const [key, member] of edits ?? []) if (!Object.hasOwn(record, key)) define(record, String(key), member);
      return result;
    };
    return copy(whole) as T;
  }
}

function same(a: unknown, b: unknown): boolean {
  if (!(a instanceof NdArray && b instanceof NdArray)) return a === b;
  const [left, right] = [[...a], [...b]];
  return left.length === right.length && left.every((element, index) => element === right[index]);
}
