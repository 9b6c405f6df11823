import { FormatError, isFormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";
import { isPlainObject } from "../tree/value-node.js";
import { elementPath, memberPath } from "../value/path.js";
import type { TensorAdapter } from "./adapter.js";
import { cast } from "./cast.js";
import type { Tensors, ToTensorsOptions } from "./tensors.js";

/**
 * Hands the arrays of a record (a plain object or a `Map`) to a tensor library: the result has a tensor for each array,
 * under the same key, and all else as it is. The record itself is not changed. What is shared in the record is shared in
 * the result.
 *
 * ```ts
 * const tensors = toTensors(data, onnx(ort), { other: "omit", dtype: "float32" });
 * ```
 *
 * Throws what the adapter throws, after it released the tensors that were made before; `FormatError` `limit` for dicts
 * and lists nested too deep, `TypeError` for what is no record.
 */
export function toTensors<T extends object, U, const O extends ToTensorsOptions = Record<never, never>>(
  record: T,
  adapter: TensorAdapter<U>,
  options?: O,
): Tensors<T, U, O> {
  if (!(record instanceof Map || isPlainObject(record))) throw new TypeError("a record is a plain object or a Map");
  const walk = new Walk(adapter, options ?? {});
  try {
    return walk.dict(record, "") as Tensors<T, U, O>;
  } catch (error) {
    for (const tensor of walk.made) release(tensor);
    throw error;
  }
}

/** How deep dicts and lists may be in each other. */
const MAX_DEPTH = 1000;

/** Stands for a member that is not to be in the result. */
const OMITTED = Symbol("omitted");

class Walk<U> {
  readonly made: U[] = [];
  readonly #adapter: TensorAdapter<U>;
  readonly #options: ToTensorsOptions;
  readonly #done = new Map<object, unknown>();
  #depth = 0;

  constructor(adapter: TensorAdapter<U>, options: ToTensorsOptions) {
    this.#adapter = adapter;
    this.#options = options;
  }

  dict(dict: object, path: string): object {
    const map = dict instanceof Map ? new Map<unknown, unknown>() : undefined;
    const record = {};
    this.#done.set(dict, map ?? record);
    for (const [key, member] of dict instanceof Map ? dict : Object.entries(dict)) {
      const result = this.#member(
        member,
        typeof key === "number" ? elementPath(path, key) : memberPath(path, String(key)),
      );
      if (result === OMITTED) continue;
      if (map) map.set(key, result);
      // Defined, not assigned: a key `__proto__` is a key like any other.
      else Object.defineProperty(record, key as string, { value: result, ...ORDINARY });
    }
    return map ?? record;
  }

  #member(member: unknown, path: string): unknown {
    if (typeof member !== "object" || member === null) return this.#other(member);
    if (this.#done.has(member)) return this.#done.get(member);
    if (member instanceof NdArray) return this.#array(member, path);
    const list = Array.isArray(member);
    const walked = this.#options.nested && (list || member instanceof Map || isPlainObject(member));
    if (!walked) return this.#other(member);
    if (++this.#depth > MAX_DEPTH) throw new FormatError("limit", `dicts and lists are more than ${MAX_DEPTH} deep`);
    const result = list ? this.#list(member, path) : this.dict(member, path);
    this.#depth--;
    return result;
  }

  /** Elements of lists keep their places; a list in which nothing was handed over is as any other member. */
  #list(list: readonly unknown[], path: string): unknown {
    const results: unknown[] = [];
    this.#done.set(list, results);
    for (const [index, element] of list.entries()) {
      const result = this.#member(element, elementPath(path, index));
      results.push(result === OMITTED ? element : result);
    }
    const result = results.every((element, index) => Object.is(element, list[index])) ? this.#other(list) : results;
    this.#done.set(list, result);
    return result;
  }

  #array(array: NdArray, path: string): unknown {
    const result = this.#handedOver(array, path);
    this.#done.set(array, result);
    return result;
  }

  #handedOver(array: NdArray, path: string): unknown {
    const { dtype, copy, unsupported } = this.#options;
    try {
      const wanted = dtype === undefined ? array : cast(array, dtype, path);
      const tensor = this.#adapter(copy && wanted === array ? array.copy() : wanted, path);
      this.made.push(tensor);
      return tensor;
    } catch (error) {
      if (unsupported === "skip" && isFormatError(error, "unsupported")) return this.#other(array);
      throw error;
    }
  }

  #other(member: unknown): unknown {
    return this.#options.other === "omit" ? OMITTED : member;
  }
}

const ORDINARY = { writable: true, enumerable: true, configurable: true } as const;

/** Gives back what a tensor holds outside of JavaScript's memory. */
function release(tensor: unknown): void {
  if (typeof tensor === "object" && tensor !== null && "dispose" in tensor && typeof tensor.dispose === "function")
    tensor.dispose();
}
