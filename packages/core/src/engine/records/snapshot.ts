import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { isPlainObject } from "../../tree/value-node.js";
import { Tuple, type Value } from "../../value/value.js";

/** Deeper values are not written anyhow. */
const DEEPEST = 1000;

/** A value that shares no memory with the one given, so that this may change while its copy waits to be written. */
export function snapshot(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new FormatError("unwritable", "the value is nested too deeply, or holds itself");
  const inner = (item: unknown): unknown => snapshot(item, depth + 1);
  if (value instanceof NdArray) return value.copy({ byteOrder: "stored" });
  // Not `slice`, which makes no copy of a Node Buffer.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Tuple) return Tuple.of<Value>(...(value.map(inner) as Value[]));
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, inner(item)]));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) copy[key] = inner(item);
  return copy;
}
