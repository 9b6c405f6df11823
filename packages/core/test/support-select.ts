import type { AnyLayout, ArrayLayout, FieldLayout, Layout, ListLayout, ObjectLayout } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";

/** Layouts for tests of selecting, joining and upgrading: the fewest words for what a schema says. */

export function array(shape: ArrayLayout["shape"], more: Partial<ArrayLayout> = {}): ArrayLayout {
  return { kind: "array", rule: "/array", dtype: ["float32", "float64", "int64"], shape, ...more };
}

export function list(length: string | undefined, more: Partial<ListLayout> = {}): ListLayout {
  const field: ListLayout = { kind: "list", rule: "/list", prefix: [], items: any(), ...more };
  return length === undefined ? field : { ...field, length };
}

export function any(...follows: string[]): AnyLayout {
  return follows.length > 0 ? { kind: "any", rule: "/any", follows } : { kind: "any", rule: "/any" };
}

export const integer = { kind: "scalar", rule: "/integer", types: ["integer"] } as const;
export const text = { kind: "scalar", rule: "/text", types: ["string"] } as const;
export const flag = { kind: "scalar", rule: "/flag", types: ["boolean"] } as const;

export function object(properties: Record<string, FieldLayout>, more: Partial<ObjectLayout> = {}): ObjectLayout {
  return { kind: "object", rule: "/object", properties, required: [], patterns: [], additional: any(), ...more };
}

export function layoutOf(
  properties: Record<string, FieldLayout>,
  more: Partial<ObjectLayout> = {},
  defs: Layout["defs"] = {},
): Layout {
  const root = object(properties, { rule: "", dims: { N: { role: "frame", equals: "len", unset: -1 } }, ...more });
  const base = { id: "test", title: "Test", description: "", schema: "urn:test", containers: [], detect: [] };
  return { ...base, root, defs, profiles: {} };
}

/** Images with persons: `ranges` says which persons belong to each image. */
export const images: Layout = layoutOf(
  {
    images: integer,
    persons: integer,
    ranges: array(["I", 2], { dtype: ["int64", "uint8", "int32"], ranges: "N" }),
    boxes: array(["N", 2]),
    paths: list("N", { follows: ["N", "I"] }),
    sizes: array(["I"]),
    meta: any("N", "I"),
  },
  {
    dims: {
      I: { role: "frame", equals: "images", unset: -1 },
      N: { role: "person", equals: "persons", unset: -1 },
    },
    additional: any("N", "I"),
  },
);

/** `[0, 1, 2, …]` in a shape. */
export function counting(shape: readonly number[], type = "<f8", from = 0): NdArray {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values = NdArray.fromBytes(dtype(type), [size], new Uint8Array(size * dtype(type).itemSize));
  const big = /8$/.test(type) && /[iu]8$/.test(type);
  for (let i = 0; i < size; i++) values.set([i], (big ? BigInt(from + i) : from + i) as never);
  return values.reshape(shape);
}

export function pairs(type: string, ...values: readonly (readonly [number, number])[]): NdArray {
  const result = counting([values.length, 2], type);
  const big = /[iu]8$/.test(type);
  for (const [row, pair] of values.entries())
    for (const [column, value] of pair.entries()) result.set([row, column], (big ? BigInt(value) : value) as never);
  return result;
}

/** A value with its arrays as nested lists, for comparing. */
export function lists(value: unknown): unknown {
  if (value instanceof NdArray) return value.toJSON();
  if (Array.isArray(value)) return value.map(lists);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, lists(item)]));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lists(item)]));
}
