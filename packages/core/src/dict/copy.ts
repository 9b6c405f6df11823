import { NdArray } from "../ndarray/ndarray.js";
import { isPlainObject } from "../tree/value-node.js";
import { DefaultDict, FrozenSet, OrderedDict, Tuple, type Value } from "../value/value.js";

/**
 * A value that shares nothing that can be changed with `value`: arrays, lists, dicts, sets and bytes are copied at any
 * depth. What is shared or cyclic inside stays so.
 */
export function copyValue<T>(value: T): T {
  const copies = new Map<unknown, unknown>();
  // A list of what is still to be filled instead of recursion: nesting may be deeper than the stack.
  const open: (readonly [from: unknown, to: unknown])[] = [];
  const copyOf = (from: unknown): unknown => {
    if (copies.has(from)) return copies.get(from);
    const to = shell(from);
    if (to !== from) {
      copies.set(from, to);
      open.push([from, to]);
    }
    return to;
  };
  const result = copyOf(value);
  for (let next = open.pop(); next; next = open.pop()) fill(next[0], next[1], copyOf);
  return result as T;
}

/** What a value is copied into: empty for containers, done for arrays and bytes, the value itself where it is constant. */
function shell(value: unknown): unknown {
  if (value instanceof NdArray) return value.copy();
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Tuple) return new Tuple();
  if (Array.isArray(value)) return [];
  if (value instanceof OrderedDict) return new OrderedDict();
  if (value instanceof DefaultDict) return Object.assign(new DefaultDict(), { factory: value.factory });
  if (value instanceof Map) return new Map();
  if (value instanceof FrozenSet) return value;
  if (value instanceof Set) return new Set();
  return isPlainObject(value) ? {} : value;
}

function fill(from: unknown, to: unknown, copyOf: (value: unknown) => unknown): void {
  if (Array.isArray(from)) for (const item of from) (to as unknown[]).push(copyOf(item));
  else if (from instanceof Map) for (const [key, item] of from) (to as Map<Value, unknown>).set(key, copyOf(item));
  else if (from instanceof Set) for (const item of from) (to as Set<unknown>).add(item);
  else if (isPlainObject(from)) {
    for (const [key, item] of Object.entries(from))
      Object.defineProperty(to, key, { value: copyOf(item), writable: true, enumerable: true, configurable: true });
  }
}
