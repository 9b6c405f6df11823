import type { ArrayLayout } from "../layout/layout.js";
import { type DTypeName, dtype } from "../ndarray/dtype.js";
import { type NdArray, zeros } from "../ndarray/ndarray.js";
import { sizeOf } from "../ndarray/strides.js";
import type { WorkOptions } from "../source/source.js";
import type { ArrayNode, Node } from "../tree/node.js";
import { arrayNode } from "../tree/value-node.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { mismatch } from "./resolve.js";
import { plainScalar } from "./scalar.js";
import { arrayLabel } from "./shape.js";

type Number_ = number | bigint | boolean;

/**
 * The array that nested lists of numbers stand for, in containers that have no arrays: in the first dtype of the field
 * that holds all of them. Throws `mismatch` for ragged lists and for anything but numbers.
 */
export async function arrayOfLists(field: ArrayLayout, node: Node, options: WorkOptions): Promise<ArrayNode> {
  const value = (await exactValue(node, options)) as Value;
  const shape = shapeOf(value);
  const items: Number_[] = [];
  if (!collect(value, shape, 0, items)) throw mismatch(node, `${arrayLabel(field)} as nested lists of numbers`);
  const name = field.dtype.find((candidate) => items.every((item) => holds(candidate, item)));
  if (name === undefined) throw mismatch(node, arrayLabel(field));
  return arrayNode(fill(name, shape, items), node.path);
}

/** Sizes along the first element of each level. An empty list ends the levels. */
function shapeOf(value: Value): number[] {
  const shape: number[] = [];
  let level = value;
  while (Array.isArray(level)) {
    shape.push(level.length);
    if (level.length === 0) break;
    level = level[0] as Value;
  }
  return shape;
}

/** Gathers the numbers in order; false when some list has another length or holds something else. */
function collect(value: Value, shape: readonly number[], axis: number, items: Number_[]): boolean {
  if (axis < shape.length) {
    if (!Array.isArray(value) || value.length !== shape[axis]) return false;
    return value.every((item) => collect(item as Value, shape, axis + 1, items));
  }
  const plain = plainScalar(value);
  if (typeof plain !== "number" && typeof plain !== "bigint" && typeof plain !== "boolean") return false;
  items.push(plain);
  return true;
}

/** From here on, finite numbers become infinite: halfway between the largest number and what would come next. */
const FLOAT_LIMITS: Readonly<Partial<Record<DTypeName, number>>> = {
  float16: 65520,
  float32: 2 ** 128 - 2 ** 103,
  complex64: 2 ** 128 - 2 ** 103,
  float64: Number.POSITIVE_INFINITY,
  complex128: Number.POSITIVE_INFINITY,
};

function holds(name: DTypeName, item: Number_): boolean {
  if (name === "bool") return typeof item === "boolean";
  if (typeof item === "boolean") return false;
  const limit = FLOAT_LIMITS[name];
  if (limit !== undefined)
    return !(Number.isFinite(item) || typeof item === "bigint") || Math.abs(Number(item)) < limit;
  const sized = /^(u?)int(\d+)$/.exec(name);
  if (!sized || (typeof item === "number" && !Number.isInteger(item))) return false;
  const bits = BigInt(sized[2] as string);
  const [low, high] = sized[1] === "u" ? [0n, 2n ** bits] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n)];
  return BigInt(item) >= low && BigInt(item) < high;
}

function fill(name: DTypeName, shape: readonly number[], items: readonly Number_[]): NdArray {
  const flat = zeros(dtype(name), [sizeOf(shape)]);
  const big = name === "int64" || name === "uint64";
  for (const [index, item] of items.entries()) {
    flat.set([index], (name === "bool" ? item : big ? BigInt(item) : Number(item)) as never);
  }
  return flat.reshape(shape) as NdArray;
}
