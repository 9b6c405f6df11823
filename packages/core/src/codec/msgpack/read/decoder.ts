import { FormatError, type FormatErrorCode } from "../../../errors.js";
import { latin1Text } from "../../../value/latin1-text.js";
import { elementPath, memberPath } from "../../../value/path.js";
import { ExtValue, Float, float, NanFloat, NumpyScalar, Timestamp, type Value } from "../../../value/value.js";
import { safe } from "../../pickle/read/numbers.js";
import { TextReader, Utf8Error } from "../../pickle/utf8.js";
import { NUMPY_KEYS, type NumpyKey, Tag, TIMESTAMP } from "../format.js";
import { expandNan, USUAL_NAN } from "../nan.js";
import type { MsgpackDecodeOptions } from "../options.js";
import { valueOfNumpyMap } from "./numpy.js";

const LONE_SURROGATE = /\p{Surrogate}/u;
const NAMES: ReadonlySet<string> = new Set(NUMPY_KEYS);

/** Makes values of bytes that a `Scanner` went through: what they announce is there. */
export class Decoder {
  readonly #keys: "text" | "any";
  readonly #numpy: "decode" | "maps";
  readonly #text = new TextReader();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #base = 0;
  /** How the value that is being read was reached, from the outside in. */
  readonly #steps: (string | number)[] = [];

  constructor(options: MsgpackDecodeOptions) {
    this.#keys = options.keys ?? "text";
    this.#numpy = options.numpy ?? "decode";
  }

  /** The value that `bytes` are. `base` is their offset for messages. Bytes and arrays in it are views of `bytes`. */
  decode(bytes: Uint8Array, base: number): Value {
    // A plain view, so that a Buffer does not leak its own methods into values.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#base = base;
    this.#steps.length = 0;
    return this.#value();
  }

  #value(): Value {
    const start = this.#at++;
    const tag = this.#bytes[start] as number;
    if (tag < Tag.map) return tag;
    if (tag >= Tag.negative) return tag - 256;
    if (tag < Tag.list) return this.#map(tag - Tag.map, start);
    if (tag < Tag.text) return this.#list(tag - Tag.list);
    if (tag < Tag.nil) return this.#string(tag - Tag.text);
    if (tag >= Tag.float32 && tag <= Tag.int64) return this.#number(tag);
    if (tag >= Tag.fixext1 && tag <= Tag.fixext16) return this.#ext(2 ** (tag - Tag.fixext1));
    return this.#other(tag, start);
  }

  #other(tag: number, start: number): Value {
    switch (tag) {
      case Tag.nil:
        return null;
      case Tag.false:
      case Tag.true:
        return tag === Tag.true;
      case Tag.bin8:
      case Tag.bin16:
      case Tag.bin32:
        return this.#take(this.#length(tag - Tag.bin8));
      case Tag.ext8:
      case Tag.ext16:
      case Tag.ext32:
        return this.#ext(this.#length(tag - Tag.ext8));
      case Tag.text8:
      case Tag.text16:
      case Tag.text32:
        return this.#string(this.#length(tag - Tag.text8));
      case Tag.list16:
      case Tag.list32:
        return this.#list(this.#length(tag - Tag.list16 + 1));
      default:
        return this.#map(this.#length(tag - Tag.map16 + 1), start);
    }
  }

  /** A length of one, two or four bytes: of `2 ** power`. */
  #length(power: number): number {
    const at = this.#at;
    this.#at += 2 ** power;
    if (power === 0) return this.#bytes[at] as number;
    return power === 1 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #number(tag: number): Value {
    const at = this.#at;
    if (tag === Tag.float32) return this.#single(at);
    if (tag === Tag.float64) return this.#double(at);
    const power = (tag - Tag.uint8) & 3;
    const isSigned = tag >= Tag.int8;
    this.#at += 2 ** power;
    if (power === 3) return safe(isSigned ? this.#view.getBigInt64(at) : this.#view.getBigUint64(at));
    if (power === 2) return isSigned ? this.#view.getInt32(at) : this.#view.getUint32(at);
    if (power === 1) return isSigned ? this.#view.getInt16(at) : this.#view.getUint16(at);
    return isSigned ? this.#view.getInt8(at) : (this.#bytes[at] as number);
  }

  #single(at: number): Value {
    this.#at += 4;
    const value = this.#view.getFloat32(at);
    return Number.isNaN(value) ? nan(expandNan(this.#view.getUint32(at))) : float(value);
  }

  #double(at: number): Value {
    this.#at += 8;
    const value = this.#view.getFloat64(at);
    return Number.isNaN(value) ? nan(this.#view.getBigUint64(at)) : float(value);
  }

  #take(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  #string(length: number): string {
    const start = this.#at;
    this.#at += length;
    try {
      const text = this.#text.read(this.#bytes, start, this.#at);
      // The reader lets surrogates pass, as pickles have them; UTF-8 has none.
      if (text.length === length || !LONE_SURROGATE.test(text)) return text;
      throw this.#error("corrupt", "text with a lone surrogate is not UTF-8", start);
    } catch (error) {
      if (error instanceof Utf8Error) throw this.#error("corrupt", "text is not UTF-8", error.at);
      throw error;
    }
  }

  #list(count: number): Value[] {
    const items: Value[] = [];
    for (let index = 0; index < count; index++) {
      this.#steps.push(index);
      items.push(this.#value());
      this.#steps.pop();
    }
    return items;
  }

  #map(count: number, start: number): Value {
    const map = new Map<Value, Value>();
    /** Keys that are bytes, by their text: equal ones are different objects. */
    let byteKeys: Map<string, Uint8Array> | undefined;
    for (let index = 0; index < count; index++) {
      let key = this.#key();
      if (key instanceof Uint8Array) {
        byteKeys ??= new Map();
        key = keyLike(key, byteKeys);
      }
      this.#steps.push(stepOf(key, index));
      map.set(key, this.#value());
      this.#steps.pop();
    }
    if (!byteKeys || this.#numpy === "maps") return map;
    return this.#numpyValue(map, byteKeys, start) ?? map;
  }

  #key(): Value {
    const at = this.#at;
    const key = this.#value();
    if (typeof key === "string" || key instanceof Uint8Array) return key;
    if (this.#keys === "text")
      throw this.#error("unsupported", `a map has a key that is ${labelOf(key)}, neither text nor bytes`, at);
    // A Map takes -0 for 0.
    return Object.is(key, -0) ? new Float(-0) : key;
  }

  #numpyValue(map: ReadonlyMap<Value, Value>, keys: ReadonlyMap<string, Uint8Array>, start: number): Value | undefined {
    const stored = (name: NumpyKey): Value | undefined => {
      const key = keys.get(name);
      return key && map.get(key);
    };
    try {
      return valueOfNumpyMap(stored);
    } catch (error) {
      if (error instanceof FormatError) throw this.#error(error.code, error.reason, start, error);
      throw error;
    }
  }

  #ext(length: number): Value {
    const at = this.#at;
    const code = this.#view.getInt8(this.#at++);
    const data = this.#take(length);
    if (code === TIMESTAMP) return this.#timestamp(at, data);
    if (code < 0) throw this.#error("unsupported", `extension code ${code} is reserved and has no meaning yet`, at);
    return new ExtValue(code, data);
  }

  #timestamp(at: number, { byteLength, buffer, byteOffset }: Uint8Array): Timestamp {
    const view = new DataView(buffer, byteOffset, byteLength);
    try {
      if (byteLength === 4) return new Timestamp(view.getUint32(0));
      if (byteLength === 12) return new Timestamp(safe(view.getBigInt64(4)), view.getUint32(0));
      if (byteLength !== 8) throw new RangeError(`${byteLength} bytes are no moment`);
      const packed = view.getBigUint64(0);
      return new Timestamp(Number(packed & 0x3ffffffffn), Number(packed >> 34n));
    } catch (error) {
      throw this.#error("corrupt", `a timestamp: ${(error as RangeError).message}`, at);
    }
  }

  #error(code: FormatErrorCode, reason: string, at: number, cause?: unknown): FormatError {
    const path = this.#steps.reduce<string>(
      (parent, step) => (typeof step === "number" ? elementPath(parent, step) : memberPath(parent, step)),
      "",
    );
    return new FormatError(code, reason, { path, offset: this.#base + at, cause });
  }
}

function nan(bits: bigint): number | NanFloat {
  return bits === USUAL_NAN ? Number.NaN : new NanFloat(bits);
}

/** The key among `known` with the same bytes; `key` itself, which becomes known, when there is none. */
function keyLike(key: Uint8Array, known: Map<string, Uint8Array>): Uint8Array {
  const text = latin1Text(key);
  const same = known.get(text);
  if (same === undefined) known.set(text, key);
  return same ?? key;
}

/** What a path calls an entry. */
function stepOf(key: Value, index: number): string | number {
  if (typeof key === "string") return key;
  const text = key instanceof Uint8Array && key.length < 8 ? latin1Text(key) : "";
  return NAMES.has(text) ? text : index;
}

function labelOf(key: Value): string {
  if (key === null) return "nil";
  if (Array.isArray(key)) return "a list";
  if (key instanceof Map) return "a map";
  if (typeof key === "boolean" || key instanceof NumpyScalar) return String(key.valueOf());
  return typeof key === "object" && !(key instanceof Float) ? "an object" : `the number ${key}`;
}
