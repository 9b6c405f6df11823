import type { DType } from "../../ndarray/dtype.js";
import { isReal } from "../../ndarray/kinds.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { sizeOf } from "../../ndarray/strides.js";
import { piecesOfSize } from "../../source/pieces.js";
import type { WorkOptions } from "../../source/source.js";
import type { Value } from "../../value/value.js";
import type { ArrayNode } from "../node.js";
import type { ElementDifference } from "./difference.js";
import { absolute, sameNumber, sameValue } from "./values.js";

export interface CompareOptions extends WorkOptions {
  readonly tolerance: number;
}

/** Elements that are compared at once. */
const BLOCK = 1 << 16;

/** Whether elements of two types can be compared at all. */
export function comparable(before: DType, after: DType): boolean {
  if (isReal(before.name) && isReal(after.name)) return true;
  // Texts of another length are texts; dates count in units.
  return before.name === after.name && before.unit === after.unit;
}

/**
 * In which elements two arrays of one shape differ; undefined when in none. Both are read piece by piece side by side where
 * their containers can do that; object arrays and those in Fortran order are loaded. Throws the `FormatError` of either.
 */
export async function compareElements(
  before: ArrayNode,
  after: ArrayNode,
  options: CompareOptions,
): Promise<ElementDifference | undefined> {
  const tally = new Tally(before, options.tolerance);
  const others = blocksOf(after, options);
  try {
    for await (const block of blocksOf(before, options)) {
      options.signal?.throwIfAborted();
      const other = await others.next();
      if (!other.done) tally.add(block, other.value);
    }
  } finally {
    await others.return(undefined);
  }
  return tally.result();
}

/** The elements in C order, in arrays of one axis with as many each, the last one apart. */
async function* blocksOf(node: ArrayNode, options: WorkOptions): AsyncGenerator<NdArray, void, undefined> {
  const { type } = node;
  if (!node.chunks || node.order === "F" || type.itemSize === 0) {
    const array = await node.load(options);
    const flat = array.reshape([sizeOf(array.shape)]);
    for (let at = 0; at < flat.size; at += BLOCK) yield flat.slice([at, at + BLOCK]);
    return;
  }
  for await (const bytes of piecesOfSize(node.chunks(options), BLOCK * type.itemSize)) {
    yield NdArray.fromBytes(type, [bytes.byteLength / type.itemSize], bytes);
  }
}

/** Counts elements that differ. */
class Tally {
  readonly #path: string;
  readonly #shape: readonly number[];
  readonly #tolerance: number;
  #seen = 0;
  #count = 0;
  #largest: number | null = null;
  #first: { readonly at: number; readonly before: Value; readonly after: Value } | undefined;

  constructor({ path, shape }: ArrayNode, tolerance: number) {
    this.#path = path;
    this.#shape = shape;
    this.#tolerance = tolerance;
  }

  add(before: NdArray, after: NdArray): void {
    if (isReal(before.dtype) && isReal(after.dtype)) this.#addNumbers(before, after);
    else this.#addValues(before as Iterable<Value>, after as Iterable<Value>);
    this.#seen += before.size;
  }

  result(): ElementDifference | undefined {
    if (!this.#first) return undefined;
    const { at, before, after } = this.#first;
    const first = { index: indexOf(at, this.#shape), before, after };
    return { count: this.#count, total: this.#seen, largest: this.#largest, first };
  }

  #addNumbers(before: NdArray, after: NdArray): void {
    const others = (after as Iterable<number | bigint | boolean>)[Symbol.iterator]();
    let at = this.#seen;
    for (const element of before as Iterable<number | bigint | boolean>) {
      const first = countOf(element);
      const other = others.next().value as number | bigint | boolean;
      const second = countOf(other);
      if (first !== second && !sameNumber(first, second, this.#tolerance)) {
        const distance = distanceOf(first, second);
        if (distance !== null && !((this.#largest ?? -1) >= distance)) this.#largest = distance;
        this.#note(at, element, other);
      }
      at++;
    }
  }

  #addValues(before: Iterable<Value>, after: Iterable<Value>): void {
    const others = after[Symbol.iterator]();
    let at = this.#seen;
    for (const element of before) {
      const other = others.next().value as Value;
      if (!sameValue(element, other, this.#path, this.#tolerance)) this.#note(at, element, other);
      at++;
    }
  }

  #note(at: number, before: Value, after: Value): void {
    this.#count++;
    this.#first ??= { at, before, after };
  }
}

function countOf(element: number | bigint | boolean): number | bigint {
  return typeof element === "boolean" ? Number(element) : element;
}

/** Null where one of them is no finite number. */
function distanceOf(first: number | bigint, second: number | bigint): number | null {
  if (typeof first === "bigint" && typeof second === "bigint") return Number(absolute(first - second));
  const distance = Math.abs(Number(first) - Number(second));
  return Number.isFinite(distance) ? distance : null;
}

/** The index along each axis of the element at `at` in C order. */
function indexOf(at: number, shape: readonly number[]): readonly number[] {
  const index: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
