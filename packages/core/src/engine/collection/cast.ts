import { FormatError } from "../../errors.js";
import { astype } from "../../ndarray/astype.js";
import { type DTypeName, dtype } from "../../ndarray/dtype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";

/** Types of floats that arrays of clips and records can be cast to. */
export type FloatName = "float16" | "float32" | "float64";

/** A finite number that the type written cannot hold. */
export interface Overflow {
  /** The array, such as `annotations[3].keypoint`. */
  readonly path: string;
  /** Elements that became infinite. */
  readonly count: number;
  /** The first of them, and where it is in C order. */
  readonly value: number;
  readonly index: number;
}

/** A float array in a file with its elements as another type, converted when it is read; other arrays as they are. `report` hears of overflow. */
export function castNode(node: ArrayNode, to: FloatName, report: (overflow: Overflow) => void): ArrayNode {
  if (node.type.name === to || !node.type.name.startsWith("float")) return node;
  const type = dtype(CODES[to]);
  let reported = false;
  const load = async (options?: WorkOptions): Promise<NdArray> => {
    const array = await node.load(options);
    const cast = astype(array, type) as NdArray;
    const overflow = reported ? undefined : overflowOf(array, cast, node.path);
    if (overflow) report(overflow);
    // Some containers go through an array twice.
    reported = true;
    return cast;
  };
  return {
    kind: "array",
    path: node.path,
    type,
    shape: node.shape,
    order: "C",
    load,
    async *chunks(options) {
      yield (await load(options)).toBytes();
    },
  };
}

const CODES: Readonly<Record<FloatName, string>> = { float16: "<f2", float32: "<f4", float64: "<f8" };

function overflowOf(array: NdArray, cast: NdArray, path: string): Overflow | undefined {
  if (!hasInfinity(cast)) return undefined;
  let count = 0;
  let first: Pick<Overflow, "value" | "index"> | undefined;
  let index = 0;
  const source = array[Symbol.iterator]();
  for (const element of cast) {
    const value = Number(source.next().value);
    if (Math.abs(element as number) === Number.POSITIVE_INFINITY && Number.isFinite(value)) {
      count++;
      first ??= { value, index };
    }
    index++;
  }
  return first && { path, count, ...first };
}

function hasInfinity(cast: NdArray): boolean {
  const { data, offset, size } = cast;
  const halves = data instanceof Uint16Array;
  const numbers = data as Uint16Array | Float32Array;
  for (let at = offset; at < offset + size; at++) {
    const element = numbers[at] as number;
    if (halves ? (element & 0x7fff) === 0x7c00 : Math.abs(element) === Number.POSITIVE_INFINITY) return true;
  }
  return false;
}

/** What is thrown about numbers that do not fit. */
export function overflowError({ path, count, value, index }: Overflow, to: DTypeName): FormatError {
  const others = count === 1 ? "" : ` (and ${count - 1} more)`;
  return new FormatError("unwritable", `element ${index} is ${value}${others}, which ${to} cannot hold`, { path });
}
