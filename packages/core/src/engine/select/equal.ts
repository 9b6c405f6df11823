import { sameType } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import {
  Complex,
  DTypeValue,
  ExtValue,
  Float,
  Instance,
  NumpyScalar,
  Range,
  Slice,
  Timestamp,
  Tuple,
  type Value,
} from "../../value/value.js";
import { isDict, membersOf } from "./member.js";

/**
 * Whether two values are the same: arrays by dtype, shape and elements, dicts whatever the order of their text keys, NaN as
 * equal to itself, a whole float as equal to the int, as in Python. Values may be shared or cyclic, and nested at will.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  const open: [unknown, unknown][] = [[a, b]];
  const seen = new Map<unknown, Set<unknown>>();
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [left, right] = pair.map(bare) as [unknown, unknown];
    if (Object.is(left, right) || left === right) continue;
    if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
    // A pair that was met before is compared already, or being compared.
    const met = seen.get(left) ?? new Set();
    if (met.has(right)) continue;
    seen.set(left, met.add(right));
    const inside = parts(left, right);
    if (!inside) return false;
    for (const inner of inside) open.push(inner);
  }
  return true;
}

function bare(value: unknown): unknown {
  const inner = value instanceof NumpyScalar ? value.value : value;
  if (inner instanceof Float) return Number(inner);
  return typeof inner === "bigint" && Number.isSafeInteger(Number(inner)) ? Number(inner) : inner;
}

/** What two objects of one kind have inside, in pairs; `undefined` when they differ already. */
function parts(left: object, right: object): readonly [unknown, unknown][] | undefined {
  if (left instanceof NdArray || right instanceof NdArray)
    return left instanceof NdArray && right instanceof NdArray ? arrayParts(left, right) : undefined;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left instanceof Tuple !== right instanceof Tuple)
      return undefined;
    return zipped(left, right);
  }
  if (isDict(left) && isDict(right)) return dictParts(membersOf(left), membersOf(right));
  if (left.constructor !== right.constructor) return undefined;
  if (left instanceof Uint8Array) return sameBytes(left, right as Uint8Array) ? [] : undefined;
  if (left instanceof Set) return zipped([...left], [...(right as Set<unknown>)]);
  return fieldsOf(left, right);
}

function fieldsOf(left: object, right: object): readonly [unknown, unknown][] | undefined {
  if (left instanceof Complex && right instanceof Complex)
    return [
      [left.re, right.re],
      [left.im, right.im],
    ];
  if (left instanceof DTypeValue && right instanceof DTypeValue)
    return sameType(left.type, right.type) ? [] : undefined;
  if (left instanceof Timestamp && right instanceof Timestamp)
    return [
      [left.seconds, right.seconds],
      [left.nanoseconds, right.nanoseconds],
    ];
  if (left instanceof ExtValue && right instanceof ExtValue)
    return [
      [left.code, right.code],
      [left.data, right.data],
    ];
  if (left instanceof Instance && right instanceof Instance) {
    if (left.module !== right.module || left.name !== right.name) return undefined;
    return [
      [left.items, right.items],
      [left.state, right.state],
    ];
  }
  const ranges = (left instanceof Range && right instanceof Range) || (left instanceof Slice && right instanceof Slice);
  if (!ranges) return undefined;
  const [a, b] = [left as Slice, right as Slice];
  return [
    [a.start, b.start],
    [a.stop, b.stop],
    [a.step, b.step],
  ];
}

function arrayParts(left: NdArray, right: NdArray): readonly [unknown, unknown][] | undefined {
  if (left.dtype !== right.dtype || left.shape.join() !== right.shape.join()) return undefined;
  if (left.dtype !== "object" && left.dtype !== "struct") {
    const others = right[Symbol.iterator]();
    for (const element of left) if (!sameElement(element, others.next().value)) return undefined;
    return [];
  }
  if (left.dtype === "struct" && !sameType(left.type, right.type)) return undefined;
  return zipped([...left] as Value[], [...right] as Value[]);
}

function sameElement(left: unknown, right: unknown): boolean {
  return left === right || (typeof left === "object" ? sameValue(left, right) : Object.is(left, right));
}

function dictParts(
  left: readonly (readonly [unknown, unknown])[],
  right: readonly (readonly [unknown, unknown])[],
): readonly [unknown, unknown][] | undefined {
  if (left.length !== right.length) return undefined;
  const others = new Map(right);
  const byKey = left.every(([key]) => typeof key !== "object");
  if (!byKey) return zipped(left.flat(), right.flat());
  return left.every(([key]) => others.has(key)) ? left.map(([key, value]) => [value, others.get(key)]) : undefined;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function zipped(left: readonly unknown[], right: readonly unknown[]): readonly [unknown, unknown][] | undefined {
  return left.length === right.length ? left.map((item, index) => [item, right[index]]) : undefined;
}
