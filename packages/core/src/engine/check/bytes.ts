import type { FieldLayout, Layout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import { isPlainObject, membersOf } from "../../tree/value-node.js";
import { Complex, DTypeValue, Instance, NumpyScalar, Range, Slice } from "../../value/value.js";
import type { Walk } from "./state.js";

/** Reports a value that takes more bytes, about, than its field's `maxBytes`. A check of headers reads none of them. */
export async function checkBytes(walk: Walk, field: FieldLayout, node: Node): Promise<void> {
  const limit = limitOf(walk.layout, field);
  if (!limit || walk.options.depth === "headers") return;
  const bytes = await storedBytes(node, walk.options);
  if (bytes <= limit.maxBytes) return;
  walk.report.add({
    code: "constraint",
    severity: "warning",
    path: node.path,
    message: `takes about ${bytes} bytes, ${limit.maxBytes} at most expected`,
    expected: `<= ${limit.maxBytes} bytes`,
    actual: `${bytes} bytes`,
    rule: `${limit.rule}/maxBytes`,
  });
}

/** The limit beside a reference, else that of what it refers to. */
function limitOf(layout: Layout, field: FieldLayout): { readonly maxBytes: number; readonly rule: string } | undefined {
  let current: FieldLayout | undefined = field;
  for (let hops = 0; current && hops <= 64; hops++) {
    if (current.maxBytes !== undefined) return { maxBytes: current.maxBytes, rule: current.rule };
    current = current.kind === "ref" ? layout.defs[current.name] : undefined;
  }
  return undefined;
}

/** About as many bytes as a pickle of the node's value takes. Arrays of numbers are not read. */
export async function storedBytes(node: Node, options: WorkOptions = {}): Promise<number> {
  switch (node.kind) {
    case "scalar":
      return valueBytes(node.value);
    case "array":
      if (node.type.name === "object") return valueBytes(await node.load(options));
      return ARRAY + node.shape.reduce((count, size) => count * size, node.type.itemSize);
    case "list":
      if (node.load) return valueBytes(await node.load(options));
      return sum(node.length, (index) => node.child(index, options), options);
    case "group":
      if (node.load) return valueBytes(await node.load(options));
      return sum(node.keys.length, (index) => node.child(node.keys[index] as string, options), options);
  }
}

async function sum(
  length: number,
  child: (index: number) => Promise<Node | undefined>,
  options: WorkOptions,
): Promise<number> {
  let bytes = 0;
  for (let index = 0; index < length; index++) {
    const node = await child(index);
    if (node) bytes += await storedBytes(node, options);
  }
  return bytes;
}

/** What pickle writes around the elements of an array, and around those of a list or dict. */
const ARRAY = 120;
const BOX = 4;
const REPEATED = 2;

/** The same for a value in memory, however deep or cyclic: what occurs again is written as a reference. */
export function valueBytes(value: unknown): number {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) bytes += scalarBytes(next);
    else if (seen.has(next)) bytes += REPEATED;
    else {
      seen.add(next);
      bytes += ownBytes(next);
      for (const inner of partsOf(next)) waiting.push(inner);
    }
  }
  return bytes;
}

function scalarBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return textBytes(value);
    case "number":
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? (Math.abs(value) < 256 ? 2 : 5) : 9;
    case "bigint":
      return 2 + Math.ceil(value.toString(16).length / 2);
    default:
      return 1;
  }
}

/** The length in UTF-8, with what announces it. */
function textBytes(text: string): number {
  let bytes = text.length < 256 ? 2 : 5;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** Bytes of an object without what is in it. */
function ownBytes(value: object): number {
  if (value instanceof NdArray) return value.dtype === "object" ? ARRAY : ARRAY + value.size * value.type.itemSize;
  if (value instanceof Uint8Array) return value.byteLength + 5;
  if (value instanceof NumpyScalar) return 32 + value.type.itemSize;
  if (value instanceof Number) return 9;
  if (value instanceof Complex) return 20;
  if (value instanceof Instance) return BOX + value.module.length + value.name.length;
  return value instanceof DTypeValue ? 40 : BOX;
}

/** Values directly inside an object. */
function* partsOf(value: object): Generator<unknown> {
  if (value instanceof NdArray) {
    if (value.dtype === "object") yield* value;
  } else if (value instanceof Instance) {
    for (const [key, member] of membersOf(value)) yield* [key, member];
  } else if (value instanceof Map) {
    for (const [key, member] of value) yield* [key, member];
  } else if (Array.isArray(value) || value instanceof Set) {
    yield* value;
  } else if (value instanceof Range || value instanceof Slice) {
    yield* [value.start, value.stop, value.step];
  } else if (isPlainObject(value)) {
    for (const [key, member] of Object.entries(value)) yield* [key, member];
  }
}
