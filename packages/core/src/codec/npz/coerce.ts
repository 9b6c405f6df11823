import { FormatError } from "../../errors.js";
import { type DType, dtype } from "../../ndarray/dtype.js";
import type { DataOf } from "../../ndarray/elements.js";
import { toHalf } from "../../ndarray/float16.js";
import { NdArray, zeros } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { isArrayNode, settle } from "../../tree/settle.js";
import { boxed } from "../../tree/value-node.js";
import type { WriteTree } from "../../tree/write.js";
import { ByteArray, Complex, NumpyScalar, Range, type Value } from "../../value/value.js";
import { commonType } from "./common-type.js";

/** A range is spelt out in the file; nobody means one this long. */
const MAX_RANGE = 1 << 26;
/** numpy's limit on axes: what is nested deeper is objects. */
const MAX_AXES = 32;

/** What an array file stores for `tree`: arrays as they are, anything else as {@link arrayOf} makes it. */
export async function asArray(tree: WriteTree, options: WorkOptions = {}): Promise<NdArray | ArrayNode> {
  if (tree instanceof NdArray || isArrayNode(tree)) return tree;
  return arrayOf(await settle(tree, options));
}

/**
 * The array that `numpy.asanyarray` makes of a Python value. Where that would lose what the value is, an object array
 * keeps it: lists of text and numbers, ragged lists, and ints of both signs beyond 64 bits (numpy makes text of the
 * first, refuses the second, rounds the third to float64).
 */
export function arrayOf(value: Value): NdArray {
  if (value instanceof NdArray) return value;
  if (value instanceof Range) return arrayOf(spelledOut(value));
  if (value instanceof ByteArray) return NdArray.from("uint8", new Uint8Array(value));
  if (Array.isArray(value)) return arrayOfList(value);
  const type = commonType([value]);
  return type ? filled(type, [value], []) : boxed(value);
}

function arrayOfList(list: readonly Value[]): NdArray {
  const shape = shapeOf(list, 0);
  if (shape) {
    const leaves: Value[] = [];
    collect(list, shape.length, leaves);
    const type =
      leaves.length === 0 && list.every((item) => !(item instanceof NdArray)) ? dtype("<f8") : commonType(leaves);
    if (type) return filled(type, leaves, shape);
    if (!leaves.some((leaf) => leaf instanceof NdArray)) return objects(leaves, shape);
  }
  return objects(list, [list.length]);
}

function objects(items: readonly Value[], shape: readonly number[]): NdArray {
  return NdArray.from<"object">(dtype("|O"), [...items] as DataOf["object"], shape);
}

/** The shape of nested lists that are rectangular, with arrays as lists of their elements; `undefined` for others. */
function shapeOf(value: Value, depth: number): readonly number[] | undefined {
  if (value instanceof NdArray) return value.shape;
  if (!Array.isArray(value)) return [];
  if (depth >= MAX_AXES) return undefined;
  let inner: readonly number[] | undefined;
  for (const item of value as readonly Value[]) {
    const shape = shapeOf(item, depth + 1);
    if (!shape || (inner && shape.join() !== inner.join())) return undefined;
    inner = shape;
  }
  return [value.length, ...(inner ?? [])];
}

/** What is `depth` lists down, in order; an array that fills the remaining axes counts as one. */
function collect(value: Value, depth: number, leaves: Value[]): void {
  if (depth === 0 || !Array.isArray(value)) leaves.push(value);
  else for (const item of value as readonly Value[]) collect(item, depth - 1, leaves);
}

/** An array of `type` with the elements of `leaves`: numbers, text, bytes, numpy scalars, and arrays of them. */
function filled(type: DType, leaves: readonly Value[], shape: readonly number[]): NdArray {
  const array = zeros(type, shape);
  const { data } = array;
  if (Array.isArray(data)) return NdArray.from(type, [...elements(leaves)] as DataOf["string"], shape);
  const complex = type.name === "complex64" || type.name === "complex128";
  const convert = converter(type);
  let at = 0;
  for (const element of elements(leaves)) {
    if (complex) {
      const { re, im } = element instanceof Complex ? element : { re: Number(element), im: 0 };
      (data as Float64Array).set([re, im], at);
    } else (data as Float64Array)[at] = convert(element) as number;
    at += complex ? 2 : 1;
  }
  return array;
}

/** From an element in JavaScript to what the array's memory holds. */
function converter(type: DType): (element: unknown) => number | bigint {
  if (type.name === "float16") return (element) => toHalf(Number(element));
  if (["int64", "uint64", "datetime64", "timedelta64"].includes(type.name))
    return (element) => BigInt(element as number);
  return (element) => Number(element);
}

function* elements(leaves: readonly Value[]): Generator<unknown, void, void> {
  for (const leaf of leaves) {
    if (leaf instanceof NdArray) yield* leaf;
    else yield leaf instanceof NumpyScalar ? leaf.value : leaf;
  }
}

function spelledOut({ start, stop, step }: Range): Value[] {
  const length = Math.max(0, Math.ceil((Number(stop) - Number(start)) / Number(step)));
  if (!(length <= MAX_RANGE)) throw new FormatError("unwritable", `a range of ${length} numbers`);
  return Array.from({ length }, (_, index) => {
    const value = BigInt(start) + BigInt(index) * BigInt(step);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  });
}
