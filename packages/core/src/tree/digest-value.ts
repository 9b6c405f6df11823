import { sha256 } from "#platform";
import { FormatError } from "../errors.js";
import { dtypeText } from "../ndarray/descr-text.js";
import { NdArray } from "../ndarray/ndarray.js";
import { datetimeText, timedeltaText } from "../value/datetime-text.js";
import { elementPath, memberPath } from "../value/path.js";
import { bytesText, complexText, floatText, jsonText, stringText } from "../value/python-text.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  ExtValue,
  Float,
  FrozenSet,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Timestamp,
  Tuple,
  type Value,
} from "../value/value.js";
import { bytesJson, descrJson, digestArray, numberJson, spelledOut } from "./digest-array.js";

/** Longer texts are shown by their checksum. */
const LONG_TEXT = 2000;
/** What one object that is counted prints at most, about. */
const OBJECT_LENGTH = 64;
/** Deepest nesting of what is shown as Python would print it. */
const MAX_TEXT_DEPTH = 8;

/** Digests of values in memory. One is used for a whole file, so that its limits are those of the file. */
export class ValueDigest {
  readonly #maxDepth: number;
  readonly #maxObjects: number;
  #objects = 0;
  /** The objects that are being looked at, from the outside in, and how each was reached. */
  readonly #open = new Set<Value>();
  readonly #steps: (string | number)[] = [];
  #root = "";
  /** Inside sets, whole floats stay apart from ints until the elements are sorted. */
  #inSet = 0;
  /** What was said of arrays and long texts, which can be in very many places. */
  readonly #known = new Map<NdArray | string, unknown>();

  constructor(maxObjects: number, maxDepth: number) {
    this.#maxObjects = maxObjects;
    this.#maxDepth = maxDepth;
  }

  /** Digest of `value`, which errors call `path`. */
  of(value: Value, path: string): unknown {
    this.#root = path;
    return this.#digest(value);
  }

  /** Counts what is spelled out at `path` without being one of the values here. */
  count(objects: number, path: string): void {
    this.#root = path;
    this.#count(objects);
  }

  #count(objects: number): void {
    this.#objects += objects;
    if (this.#objects > this.#maxObjects) throw this.#limit(`more than ${this.#maxObjects} objects`);
  }

  #digest(value: Value): unknown {
    this.#count(1);
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number") return numberJson(value);
    if (typeof value === "bigint") return numberJson(value);
    if (typeof value === "string") return this.#text(value);
    if (value instanceof Float) return this.#float(Number(value));
    if (value instanceof Complex) return { py: complexText(value.re, value.im) };
    if (value instanceof ByteArray) return { ...this.#bytes(value), class: "bytearray" };
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (value instanceof NumpyScalar) return this.#numpyScalar(value);
    if (value instanceof DTypeValue || value instanceof Range || value instanceof Slice)
      return { py: valueText(value) };
    if (value instanceof Timestamp) return { timestamp: [numberJson(value.seconds), value.nanoseconds] };
    if (value instanceof ExtValue) return { ext: [value.code, this.#bytes(value.data).bytes] };
    if (value instanceof NdArray && value.dtype !== "object") return this.#array(value);
    return this.#container(value);
  }

  #text(text: string): unknown {
    if (text.length <= LONG_TEXT) {
      this.#count(Math.floor(text.length / OBJECT_LENGTH));
      return text;
    }
    return this.#once(text, () => longTextJson(text));
  }

  #bytes(bytes: Uint8Array): { readonly bytes: string } {
    this.#count(Math.floor((2 * bytes.byteLength) / OBJECT_LENGTH));
    return bytesJson(bytes);
  }

  #array(array: NdArray): unknown {
    return this.#once(array, () => {
      this.#count(spelledOut(array));
      return digestArray(array);
    });
  }

  /** The result of `make`, which is called once for each `key`. */
  #once(key: NdArray | string, make: () => unknown): unknown {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  /** Arrays of objects, dicts, lists, tuples, sets: what can hold other values, or itself. */
  #container(value: Value): unknown {
    if (this.#open.has(value)) throw this.#limit("the value contains itself");
    if (this.#open.size >= this.#maxDepth) throw this.#limit(`values nested more than ${this.#maxDepth} deep`);
    this.#open.add(value);
    const result = this.#contents(value);
    this.#open.delete(value);
    return result;
  }

  #contents(value: Value): unknown {
    if (value instanceof NdArray)
      return { dtype: "|O", shape: value.shape, items: this.#items(value as Iterable<Value>) };
    if (value instanceof Instance) return { ...this.#dict(value.items), class: value.name };
    if (value instanceof OrderedDict) return { ...this.#dict(value), class: "OrderedDict" };
    if (value instanceof DefaultDict) return { ...this.#dict(value), class: "defaultdict" };
    if (value instanceof Map) return this.#dict(value);
    if (value instanceof Set) return this.#set(value);
    const items = this.#items(value as readonly Value[]);
    return value instanceof Tuple ? { tuple: items } : { list: items };
  }

  #items(values: Iterable<Value>): unknown[] {
    const items: unknown[] = [];
    for (const item of values) items.push(this.#at(items.length, item));
    return items;
  }

  #at(step: string | number, value: Value): unknown {
    this.#steps.push(step);
    const result = this.#digest(value);
    this.#steps.pop();
    return result;
  }

  #dict(map: ReadonlyMap<Value, Value>): Record<string, unknown> {
    const entries = [...map];
    if (entries.every(([key]) => textOf(key) !== undefined)) {
      // `fromEntries` defines its keys, so that one called `__proto__` is a key like any other.
      const members = entries.map(([key, item]): [string, unknown] => {
        const text = textOf(key) as string;
        return [text, this.#at(text, item)];
      });
      return { dict: Object.fromEntries(members) };
    }
    return { dict_items: entries.map(([key, item], index) => [this.#at(index, key), this.#at(index, item)]) };
  }

  #set(set: ReadonlySet<Value>): Record<string, unknown> {
    this.#inSet++;
    const before = this.#objects;
    const items = this.#items(set).map((json) => ({ json, text: jsonText(json) }));
    // The texts, which sets in sets make again and again, cost as much.
    this.#count(this.#objects - before);
    this.#inSet--;
    items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    const sorted = items.map(({ json }) => (this.#inSet === 0 ? plainNumbers(json) : json));
    return { set: sorted, class: set instanceof FrozenSet ? "frozenset" : "set" };
  }

  #float(value: number): unknown {
    return this.#inSet > 0 && Number.isFinite(value) ? new Float(value) : numberJson(value);
  }

  #numpyScalar({ type, value }: NumpyScalar): unknown {
    const npscalar = descrJson(type.descr);
    const { unit = "" } = type;
    if (typeof value === "string") return { npscalar, value };
    if (value instanceof Uint8Array) return { npscalar, value: bytesJson(value) };
    if (value instanceof Complex) return { npscalar, value: { py: complexText(value.re, value.im) } };
    if (typeof value === "boolean") return { npscalar, value };
    if (type.name === "datetime64") return { npscalar, value: datetimeText(BigInt(value), unit) };
    if (type.name === "timedelta64") return { npscalar, value: timedeltaText(BigInt(value), unit) };
    return { npscalar, value: type.name.startsWith("float") ? this.#float(Number(value)) : numberJson(value) };
  }

  #limit(reason: string): FormatError {
    const path = this.#steps.reduce<string>(
      (parent, step) => (typeof step === "number" ? elementPath(parent, step) : memberPath(parent, step)),
      this.#root,
    );
    return new FormatError("limit", reason, { path });
  }
}

/** The text of a key that Python counts as text. */
function textOf(key: Value): string | undefined {
  if (typeof key === "string") return key;
  return key instanceof NumpyScalar && typeof key.value === "string" ? key.value : undefined;
}

function longTextJson(text: string): unknown {
  let codePoints = 0;
  for (const _ of text) codePoints++;
  if (codePoints <= LONG_TEXT) return text;
  const hash = sha256();
  hash.update(new TextEncoder().encode(text));
  return { longstr: { codePoints, utf8sha256: hash.hex() } };
}

function plainNumbers(json: unknown): unknown {
  if (json instanceof Float) return Number(json);
  if (Array.isArray(json)) return json.map(plainNumbers);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, member]) => [key, plainNumbers(member)]));
}

/** Python's `repr` of the values that slices and the like are made of. */
function valueText(value: Value, depth = 0): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value);
  if (typeof value === "string") return stringText(value);
  if (value instanceof Float) return floatText(Number(value));
  if (value instanceof Complex) return complexText(value.re, value.im);
  if (value instanceof DTypeValue) return dtypeText(value.type);
  if (value instanceof Uint8Array) return bytesText(value);
  if (depth >= MAX_TEXT_DEPTH) return "...";
  const inner = (item: Value): string => valueText(item, depth + 1);
  if (value instanceof Range) {
    const step = Number(value.step) === 1 ? "" : `, ${value.step}`;
    return `range(${value.start}, ${value.stop}${step})`;
  }
  if (value instanceof Slice) return `slice(${inner(value.start)}, ${inner(value.stop)}, ${inner(value.step)})`;
  if (value instanceof Tuple)
    return value.length === 1 ? `(${inner(value[0] as Value)},)` : `(${value.map(inner).join(", ")})`;
  if (Array.isArray(value)) return `[${value.map(inner).join(", ")}]`;
  return "...";
}
