import { NdArray, typeLabel } from "@somakit/core/ndarray";
import {
  ByteArray,
  bytesText,
  Complex,
  complexText,
  DefaultDict,
  DTypeValue,
  ExtValue,
  Float,
  FrozenSet,
  floatText,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  stringText,
  Timestamp,
  Tuple,
} from "@somakit/core/value";
import { floatSize } from "./array.js";
import { cutText } from "./escape.js";
import { shortestFloat } from "./float.js";

/** Columns that a value takes at most in one line. */
const LONGEST = 100;
const DEEPEST = 3;
const MOST_ITEMS = 8;

/** A value in one line, as Python would write it, shortened with `…`. */
export function valueText(value: unknown, longest: number = LONGEST): string {
  const text = write(value, 0, longest);
  return longest === Number.POSITIVE_INFINITY ? text : cutText(text, longest);
}

function write(value: unknown, depth: number, longest: number): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string")
    return stringText(longest === Number.POSITIVE_INFINITY ? value : value.slice(0, longest));
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value);
  if (value instanceof Float) return floatText(Number(value));
  if (value instanceof Complex) return complexText(value.re, value.im);
  if (value instanceof ByteArray) return `bytearray(${cutBytes(value, longest)})`;
  if (value instanceof Uint8Array) return cutBytes(value, longest);
  if (value instanceof NumpyScalar) return scalarText(value, longest);
  if (value instanceof NdArray) return `${arrayTitle(value.type, value.shape)}`;
  if (value instanceof DTypeValue) return `dtype(${stringText(JSON.stringify(value.type.descr))})`;
  if (value instanceof Range) return `range(${value.start}, ${value.stop}, ${value.step})`;
  if (value instanceof Slice)
    return `slice(${[value.start, value.stop, value.step].map((item) => write(item, depth + 1, longest)).join(", ")})`;
  if (value instanceof Timestamp) return `Timestamp(${value.seconds}, ${value.nanoseconds})`;
  if (value instanceof ExtValue) return `ExtType(${value.code}, ${cutBytes(value.data, longest)})`;
  return containerText(value, depth, longest);
}

function cutBytes(bytes: Uint8Array, longest: number): string {
  return bytesText(longest === Number.POSITIVE_INFINITY ? bytes : bytes.subarray(0, longest));
}

function scalarText({ type, value }: NumpyScalar, longest: number): string {
  const text = type.name.startsWith("float")
    ? shortestFloat(value as number, floatSize(type))
    : write(value, 0, longest);
  return `${text} (${typeLabel(type)})`;
}

function containerText(value: unknown, depth: number, longest: number): string {
  if (depth >= DEEPEST) return containerTitle(value);
  const text = (item: unknown): string => write(item, depth + 1, longest);
  const most = longest === Number.POSITIVE_INFINITY ? longest : MOST_ITEMS;
  if (value instanceof Tuple) return `(${listed(value, most, text)}${value.length === 1 ? "," : ""})`;
  if (Array.isArray(value)) return `[${listed(value, most, text)}]`;
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${listed(value, most, text)}}`;
  const map: unknown = value instanceof Instance ? value.items : value;
  if (map instanceof Map)
    return `{${listed(map, most, ([key, member]: [unknown, unknown]) => `${text(key)}: ${text(member)}`)}}`;
  return containerTitle(value);
}

function listed<T>(items: Iterable<T>, most: number, text: (item: T) => string): string {
  const texts: string[] = [];
  for (const item of items) {
    if (texts.length === most) return `${texts.join(", ")}, …`;
    texts.push(text(item));
  }
  return texts.join(", ");
}

/** What a container is, without what is in it: `dict of 3`, `list of 5`. */
export function containerTitle(value: unknown): string {
  if (value instanceof Tuple) return `tuple of ${value.length}`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (value instanceof FrozenSet) return `frozenset of ${value.size}`;
  if (value instanceof Set) return `set of ${value.size}`;
  if (value instanceof OrderedDict) return `OrderedDict of ${value.size}`;
  if (value instanceof DefaultDict) return `defaultdict of ${value.size}`;
  if (value instanceof Instance) return `${value.module}.${value.name} of ${value.items.size}`;
  if (value instanceof Map) return `dict of ${value.size}`;
  return typeof value;
}

export function arrayTitle(type: NdArray["type"], shape: readonly number[]): string {
  return `${typeLabel(type)} (${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}
