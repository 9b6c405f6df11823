import { Complex, Float, Instance, NumpyScalar, type Value } from "./value.js";

/** Everyday JavaScript: see {@link plain}. */
export type PlainValue = unknown;

/**
 * A value without what only Python tells apart: floats and numpy scalars as numbers, tuples as arrays, dicts with text
 * keys as objects (others stay `Map`s), instances as objects of their items. Arrays, sets, bytes and complex numbers
 * stay. Objects shared or cyclic in the value are so in the result.
 */
export function plain(value: Value): PlainValue {
  return convert(value, new Map());
}

function convert(value: Value, done: Map<Value, PlainValue>): PlainValue {
  if (value instanceof Float) return Number(value);
  if (value instanceof NumpyScalar) return value.value;
  if (typeof value !== "object" || value === null || value instanceof Complex) return value;
  if (done.has(value)) return done.get(value);
  if (Array.isArray(value)) {
    const items: PlainValue[] = [];
    done.set(value, items);
    for (const item of value as readonly Value[]) items.push(convert(item, done));
    return items;
  }
  if (value instanceof Instance) return convertMap(value, value.items, done);
  return value instanceof Map ? convertMap(value, value, done) : value;
}

function convertMap(whole: Value, map: ReadonlyMap<Value, Value>, done: Map<Value, PlainValue>): PlainValue {
  if ([...map.keys()].every((key) => typeof key === "string")) {
    const record: Record<string, PlainValue> = {};
    done.set(whole, record);
    for (const [key, item] of map) {
      // Defined, not assigned: a key `__proto__` is a key like any other.
      Object.defineProperty(record, key as string, {
        value: convert(item, done),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return record;
  }
  const result = new Map<PlainValue, PlainValue>();
  done.set(whole, result);
  for (const [key, item] of map) result.set(convert(key, done), convert(item, done));
  return result;
}
