import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { ReadPickleOptions } from "../src/codec/pickle/index.js";
import { openPickle, readPickle, readPickleFrom } from "../src/codec/pickle/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import type { Source } from "../src/source/source.js";
import type { Node } from "../src/tree/node.js";
import { complexText, floatText } from "../src/value/python-text.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  Float,
  Instance,
  NumpyScalar,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";

const PYSKL = new URL("../../../test/conformance/pyskl/", import.meta.url);
const HUMANDATA = new URL("../../../test/conformance/humandata/", import.meta.url);

export const HUMANDATA_CLASS = "mmhuman3d.data.data_structures.human_data.HumanData";

/** What an `.expected.json` of the PYSKL fixtures may say about a pickle. */
export interface Expected {
  readonly object?: unknown;
  readonly error?: string;
  readonly must_refuse?: boolean;
  readonly lenient_ok?: boolean;
  readonly buffers?: readonly string[];
}

/** Pickles in a folder of the PYSKL fixtures; the folder "" is the top. */
export function pysklPickles(folder: string): string[] {
  const names = readdirSync(new URL(folder === "" ? "." : `${folder}/`, PYSKL));
  return names.filter((name) => name.endsWith(".pkl")).map((name) => (folder === "" ? name : `${folder}/${name}`));
}

export function pysklBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, PYSKL)));
}

export function pysklExpected(name: string): Expected {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, PYSKL), "utf8")) as Expected;
}

export function humandataPickles(): string[] {
  return readdirSync(HUMANDATA).filter((name) => name.endsWith(".pkl"));
}

export function humandataBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, HUMANDATA)));
}

/** A source that gives its bytes only when asked twice, so to speak: asynchronously, in copies, never as a view. */
export function slowSource(bytes: Uint8Array): Source {
  const inner = memorySource(bytes);
  return {
    byteLength: inner.byteLength,
    name: "",
    read: async (start, end, options) => (await inner.read(start, end, options)).slice(),
    async readInto(target, start, options) {
      await Promise.resolve();
      target.set(await inner.read(start, start + target.byteLength, options));
    },
  };
}

/** A node's value with all arrays in it. */
export async function loadNode(node: Node): Promise<Value> {
  if (node.kind === "scalar") return node.value;
  return (await node.load?.()) as Value;
}

/** The ways to read one and the same pickle. */
export const WAYS: Readonly<Record<string, (bytes: Uint8Array, options?: ReadPickleOptions) => Promise<Value>>> = {
  "in memory": async (bytes, options) => readPickle(bytes, options),
  "from a source": (bytes, options) => readPickleFrom(slowSource(bytes), options),
  "through a window of 64 bytes": (bytes, options) => readPickleFrom(slowSource(bytes), { ...options, chunkBytes: 64 }),
  "through a window of 1000 bytes": (bytes, options) =>
    readPickleFrom(slowSource(bytes), { ...options, chunkBytes: 1000 }),
  "opened and loaded": async (bytes, options) => loadNode(await openPickle(slowSource(bytes), options)),
  "opened through a window and loaded": async (bytes, options) =>
    loadNode(await openPickle(slowSource(bytes), { ...options, chunkBytes: 64 })),
  "opened in memory and loaded": async (bytes, options) => loadNode(await openPickle(memorySource(bytes), options)),
};

/** A value in the notation of the PYSKL fixtures' `object`. */
export function describeValue(value: Value): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return numberJson(value);
  if (value instanceof Float) return { py: floatText(Number(value)) };
  if (value instanceof Complex) return { py: complexText(value.re, value.im) };
  if (value instanceof ByteArray) return { bytearray: hex(value) };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (value instanceof NdArray) return describeArray(value);
  // The fixtures' makers asked for `str` first, which numpy's text scalars are.
  if (value instanceof NumpyScalar && typeof value.value === "string") return value.value;
  if (value instanceof NumpyScalar)
    return { npscalar: { dtype: value.type.descr, value: describeElement(value.value) } };
  if (value instanceof Tuple) return { tuple: value.map(describeValue) };
  if (Array.isArray(value)) return { list: value.map(describeValue) };
  if (value instanceof Set) return { set: [...value].map(describeValue).sort(byJson) };
  if (!(value instanceof Map)) throw new Error(`nothing to say about ${String(value)}`);
  const entries = [...value];
  if (entries.every(([key]) => typeof key === "string")) {
    return { dict: new Map(entries.map(([key, item]) => [key as string, describeValue(item)])) };
  }
  return { dict_items: entries.map(([key, item]) => [describeValue(key), describeValue(item)]) };
}

function byJson(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function numberJson(value: number | bigint): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : { py: String(value) };
  return Number.isFinite(value) ? value : { py: floatText(value) };
}

function describeElement(value: unknown): unknown {
  if (value instanceof Complex) return { py: complexText(value.re, value.im) };
  if (typeof value === "number" || typeof value === "bigint") return numberJson(value);
  return value;
}

function describeArray(array: NdArray): unknown {
  const { type, shape } = array;
  const head = { dtype: type.descr, shape: [...shape] };
  const elements = [...array] as unknown[];
  if (type.name === "object") return { ...head, dtype: "O", items: (elements as Value[]).map(describeValue) };
  if (type.name === "string") return { ...head, values: elements };
  if (type.name === "bytes")
    return { ...head, values: elements.map((item) => Buffer.from(item as Uint8Array).toString("latin1")) };
  const numbers = elements.map(Number);
  const sum = numbers.reduce((total, number) => total + number, 0);
  return {
    ...head,
    sha256: createHash("sha256").update(array.toBytes()).digest("hex"),
    first: elements.slice(0, 8).map(describeElement),
    sum: type.name.startsWith("complex")
      ? elements.reduce<number>((total, item) => total + (item as Complex).re, 0)
      : Number.isFinite(sum)
        ? sum
        : null,
  };
}

/** Expects `found` to be what an expected file says; sums may differ by rounding. Order of dict keys counts. */
export function expectDescribed(found: unknown, expected: unknown, path = ""): void {
  if (Array.isArray(expected)) {
    expect(Array.isArray(found) && found.length, `${path}: length`).toBe(expected.length);
    for (const [index, item] of expected.entries())
      expectDescribed((found as unknown[])[index], item, `${path}[${index}]`);
  } else if (typeof expected === "object" && expected !== null) {
    const map = found instanceof Map ? (found as Map<string, unknown>) : new Map(Object.entries(found as object));
    expect([...map.keys()], `${path}: keys`).toEqual(Object.keys(expected));
    for (const [key, item] of Object.entries(expected)) expectDescribed(map.get(key), item, `${path}.${key}`);
  } else if (path.endsWith(".sum") && typeof expected === "number") {
    expect(Math.abs((found as number) - expected), path).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));
  } else expect(found, path).toBe(expected);
}

/**
 * Whether two values are the same, and shared and cyclic in the same places. Arrays may have become little-endian: numpy
 * swaps them while it unpickles. `loose` leaves out what Python does not keep: the order of sets, and the identity of
 * what is no container.
 */
export function sameValues(a: Value, b: Value, { loose = false }: { readonly loose?: boolean } = {}): boolean {
  const pairs = new Map<unknown, unknown>();
  const reverse = new Map<unknown, unknown>();
  const open: [Value, Value][] = [[a, b]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [left, right] = next;
    if (typeof left !== "object" || left === null) {
      if (Object.is(left, right)) continue;
      return false;
    }
    if (typeof right !== "object" || right === null || left.constructor !== right.constructor) return false;
    if (loose ? isContainer(left) : isObject(left)) {
      if (pairs.has(left) || reverse.has(right)) {
        if (pairs.get(left) === right) continue;
        return false;
      }
      pairs.set(left, right);
      reverse.set(right, left);
    }
    const parts = partsOf(left, right, loose);
    if (!parts) return false;
    for (const part of parts) open.push(part);
  }
  return true;
}

/** Floats, numpy scalars and the like have no identity worth keeping; nor have empty tuples. */
function isObject(value: object): boolean {
  if (value instanceof Tuple && value.length === 0) return false;
  return !(value instanceof Float || value instanceof DTypeValue);
}

function isContainer(value: object): boolean {
  if (value instanceof Tuple) return value.length > 0;
  return Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof NdArray;
}

type Pair = [Value, Value];

function partsOf(a: Value, b: Value, loose: boolean): Pair[] | undefined {
  const zip = (left: readonly Value[], right: readonly Value[]): Pair[] | undefined =>
    left.length === right.length ? left.map((item, index): Pair => [item, right[index] as Value]) : undefined;
  if (Array.isArray(a)) return zip(a, b as readonly Value[]);
  if (a instanceof Map) {
    const other = b as Map<Value, Value>;
    if (a instanceof DefaultDict && a.factory !== (b as DefaultDict).factory) return undefined;
    return zip([...a].flat() as Value[], [...other].flat() as Value[]);
  }
  if (a instanceof Set) return zip(members(a, loose), members(b as Set<Value>, loose));
  if (a instanceof Float) return zip([Number(a)], [Number(b)]);
  if (a instanceof Uint8Array) return hex(a) === hex(b as Uint8Array) ? [] : undefined;
  if (a instanceof Complex) return zip([a.re, a.im], [(b as Complex).re, (b as Complex).im]);
  if (a instanceof NumpyScalar) {
    const other = b as NumpyScalar;
    return a.type.name === other.type.name ? zip([a.value as Value], [other.value as Value]) : undefined;
  }
  if (a instanceof DTypeValue)
    return JSON.stringify(a.type.descr) === JSON.stringify((b as DTypeValue).type.descr) ? [] : undefined;
  if (a instanceof Range || a instanceof Slice) {
    const other = b as Range;
    return zip([a.start, a.stop, a.step], [other.start, other.stop, other.step]);
  }
  if (a instanceof Instance) return zip([a.items, a.state], [(b as Instance).items, (b as Instance).state]);
  return a instanceof NdArray ? arrayParts(a, b as NdArray, zip) : undefined;
}

function members(set: ReadonlySet<Value>, sorted: boolean): Value[] {
  const text = (value: Value): string => JSON.stringify(describeValue(value)) + typeof value;
  return sorted ? [...set].sort((a, b) => (text(a) < text(b) ? -1 : 1)) : [...set];
}

function arrayParts(
  a: NdArray,
  b: NdArray,
  zip: (left: readonly Value[], right: readonly Value[]) => Pair[] | undefined,
): Pair[] | undefined {
  if (a.dtype !== b.dtype || a.type.itemSize !== b.type.itemSize || a.shape.join() !== b.shape.join()) return undefined;
  if (a.dtype === "object") return zip([...a] as Value[], [...b] as Value[]);
  return hex(a.toBytes()) === hex(b.toBytes()) ? [] : undefined;
}
