import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { Complex, DTypeValue, Float, Instance, NumpyScalar, Range, Slice } from "@somakit/core/value";

/** Values that a document may hold at most; what is shared counts each time it would be written. */
const MOST_VALUES = 200_000_000;
const DEEPEST = 500;
const PIECE = 1 << 16;

/**
 * Strict JSON of any value, in pieces, so that large arrays need no large text. NaN and infinities become texts,
 * integers beyond 2^53 - 1 too; bytes become hex, complex numbers `[re, im]`, sets lists, dicts with keys that are no
 * text lists of `[key, value]` pairs.
 * Throws `FormatError` before the first piece for values that hold themselves, or that sharing makes endless.
 */
export function* jsonPieces(value: unknown, indent = 0): Generator<string> {
  weigh(value, new Map());
  let buffer = "";
  for (const piece of write(value, "\n", indent)) {
    buffer += piece;
    if (buffer.length < PIECE) continue;
    yield buffer;
    buffer = "";
  }
  yield buffer;
}

function* write(value: unknown, newline: string, indent: number): Generator<string> {
  if (value instanceof NdArray) yield* writeArray(value);
  else if (Array.isArray(value) || (value instanceof Set && !(value instanceof Map)))
    yield* writeItems([...value], newline, indent);
  else {
    const members = membersOf(value);
    if (members) yield* writeMembers(members, newline, indent);
    else yield scalarJson(value);
  }
}

function* writeItems(items: readonly unknown[], newline: string, indent: number): Generator<string> {
  const flat = indent === 0 || items.every((item) => !isNested(item));
  const inner = flat ? "" : newline + " ".repeat(indent);
  yield "[";
  for (const [index, item] of items.entries()) {
    yield index > 0 ? (flat && indent > 0 ? ", " : ",") + inner : inner;
    yield* write(item, flat ? newline : inner, indent);
  }
  yield items.length > 0 && !flat ? `${newline}]` : "]";
}

function* writeMembers(
  members: readonly (readonly [string, unknown])[],
  newline: string,
  indent: number,
): Generator<string> {
  const inner = indent === 0 ? "" : newline + " ".repeat(indent);
  yield "{";
  for (const [index, [key, member]] of members.entries()) {
    yield `${index > 0 ? "," : ""}${inner}${textJson(key)}:${indent === 0 ? "" : " "}`;
    yield* write(member, inner, indent);
  }
  yield members.length > 0 && indent > 0 ? `${newline}}` : "}";
}

/** Nested lists; the last axis in one go where its elements are plain. */
function* writeArray(array: NdArray): Generator<string> {
  if (array.ndim === 0) {
    yield* write(array.get(), "", 0);
    return;
  }
  yield "[";
  if (array.ndim === 1 && array.dtype !== "object") {
    let text = "";
    let separator = "";
    for (const element of array) {
      text += separator + scalarJson(element);
      separator = ", ";
      if (text.length < PIECE) continue;
      yield text;
      text = "";
    }
    yield text;
  } else {
    for (let index = 0; index < (array.shape[0] as number); index++) {
      if (index > 0) yield ", ";
      yield* write(array.ndim > 1 ? array.slice(index) : array.get(index), "", 0);
    }
  }
  yield "]";
}

function isNested(value: unknown): boolean {
  return value instanceof NdArray || Array.isArray(value) || value instanceof Set || membersOf(value) !== undefined;
}

/** Members of what becomes a JSON object; undefined for everything else. */
function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (value instanceof Map) return mapMembers(value);
  if (value instanceof Instance) return mapMembers(value.items);
  if (typeof value !== "object" || value === null || SCALARS.some((kind) => value instanceof kind)) return undefined;
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

const SCALARS = [Float, Complex, Uint8Array, NumpyScalar, DTypeValue, Range, Slice] as const;

function mapMembers(map: ReadonlyMap<unknown, unknown>): readonly (readonly [string, unknown])[] {
  const entries = [...map];
  if (entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string")) return entries;
  return [["items", entries]];
}

function scalarJson(value: unknown): string {
  if (value instanceof NumpyScalar) return scalarJson(value.value);
  if (value instanceof Float) return numberJson(Number(value));
  if (value instanceof Complex) return `[${numberJson(value.re)},${numberJson(value.im)}]`;
  if (value instanceof Uint8Array)
    return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex"));
  if (value instanceof DTypeValue) return JSON.stringify(value.type.descr);
  if (value instanceof Range) return `[${[value.start, value.stop, value.step].map(scalarJson).join(",")}]`;
  if (value instanceof Slice) return `[${[value.start, value.stop, value.step].map(scalarJson).join(",")}]`;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (typeof value === "number") return numberJson(value);
  return typeof value === "string" ? textJson(value) : JSON.stringify(value ?? null);
}

/** JSON may hold characters that steer a terminal; written as escapes they mean the same. */
function textJson(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => {
    return Array.from({ length: sign.length }, (_, i) => `\\u${sign.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
      "",
    );
  });
}

function numberJson(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0.0" : String(value);
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"Infinity"' : '"-Infinity"';
}

/** How many values writing `value` takes, each shared one looked at once. Throws for what cannot be written. */
function weigh(value: unknown, known: Map<object, number>, depth = 0): number {
  if (typeof value !== "object" || value === null) return 1;
  if (value instanceof NdArray && value.dtype !== "object") return value.size;
  const seen = known.get(value);
  if (seen === -1) throw new FormatError("unwritable", "a value that holds itself cannot be written as JSON");
  if (seen !== undefined) return seen;
  if (depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels: choose a part of it`);
  known.set(value, -1);
  let weight = 1;
  for (const child of childrenOf(value)) weight += weigh(child, known, depth + 1);
  if (weight > MOST_VALUES) throw new FormatError("limit", `more than ${MOST_VALUES} values: choose a part of it`);
  known.set(value, weight);
  return weight;
}

function* childrenOf(value: object): Iterable<unknown> {
  if (value instanceof NdArray || Array.isArray(value) || (value instanceof Set && !(value instanceof Map)))
    yield* value;
  else for (const [, member] of membersOf(value) ?? []) yield member;
}
