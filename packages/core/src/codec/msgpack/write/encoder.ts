import { FormatError } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import { isPlainObject } from "../../../tree/value-node.js";
import { elementPath, memberPath } from "../../../value/path.js";
import { complexText } from "../../../value/python-text.js";
import { Complex, ExtValue, Float, NumpyScalar, Timestamp, type Value } from "../../../value/value.js";
import { Tag } from "../format.js";
import { depthOf } from "../options.js";
import { arrayPairs, complexPairs, floatOfScalar, scalarPairs } from "./numpy.js";
import type { Output } from "./output.js";
import { writeBytes, writeCount, writeExt, writeFloat, writeInt, writeText, writeTimestamp } from "./scalars.js";
import type { WriteMsgpackOptions } from "./write.js";

/** Writes values as Python's msgpack does with its defaults, and msgpack-numpy what is numpy's. */
export class Encoder {
  readonly #out: Output;
  readonly #floats: "float64" | "float32";
  readonly #keys: "text" | "any";
  readonly #maxDepth: number;
  /** How the value that is being written was reached, from the outside in. */
  readonly #steps: (string | number)[] = [];
  #depth = 0;

  constructor(out: Output, options: WriteMsgpackOptions) {
    this.#out = out;
    this.#floats = options.floats ?? "float64";
    this.#keys = options.keys ?? "text";
    this.#maxDepth = depthOf(options.maxDepth);
  }

  /** Throws `FormatError` `unwritable` with the path of what cannot be written. */
  write(value: Value): void {
    try {
      this.#value(value);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(error.code, error.reason, { path: this.#path(), cause: error });
    }
  }

  #value(value: Value): void {
    const out = this.#out;
    if (value === null) out.u8(Tag.nil);
    else if (typeof value === "boolean") out.u8(value ? Tag.true : Tag.false);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "bigint") writeInt(out, value);
    else if (typeof value === "string") writeText(out, value);
    else if (typeof value !== "object") throw unwritable(typeof value);
    else this.#object(value);
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInt(this.#out, value);
    else writeFloat(this.#out, value, this.#floats);
  }

  #object(value: Exclude<Value, null | boolean | number | bigint | string>): void {
    if (value instanceof Float) writeFloat(this.#out, value, this.#floats);
    else if (value instanceof NdArray) this.#pairs(arrayPairs(value));
    else if (value instanceof Uint8Array) writeBytes(this.#out, value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value instanceof Map) this.#map(value);
    else if (value instanceof NumpyScalar) this.#scalar(value);
    else if (value instanceof Complex) this.#pairs(complexPairs(complexText(value.re, value.im)));
    else if (value instanceof Timestamp) writeTimestamp(this.#out, value);
    else if (value instanceof ExtValue) writeExt(this.#out, value);
    else if (isPlainObject(value)) this.#record(value);
    else throw unwritable(value.constructor.name);
  }

  #scalar(scalar: NumpyScalar): void {
    const pairs = scalarPairs(scalar);
    if (pairs) this.#pairs(pairs);
    else if (typeof scalar.value === "number") writeFloat(this.#out, floatOfScalar(scalar), this.#floats);
    else this.#value(scalar.value);
  }

  #list(items: readonly Value[]): void {
    writeCount(this.#out, "list", items.length);
    this.#enter(items.length);
    for (let index = 0; index < items.length; index++) this.#at(index, items[index] as Value);
    this.#depth--;
  }

  #map(map: ReadonlyMap<Value, Value>): void {
    writeCount(this.#out, "map", map.size);
    this.#enter(map.size);
    let index = 0;
    for (const [key, value] of map) {
      this.#key(key, index);
      this.#at(typeof key === "string" ? key : index, value);
      index++;
    }
    this.#depth--;
  }

  /** Members that are undefined are left out. */
  #record(record: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(record).filter((key) => record[key] !== undefined);
    writeCount(this.#out, "map", keys.length);
    this.#enter(keys.length);
    for (const key of keys) {
      this.#at(key, key);
      this.#at(key, record[key] as Value);
    }
    this.#depth--;
  }

  /** Maps of msgpack-numpy's own, whose keys are no part of paths. */
  #pairs(pairs: readonly (readonly [Uint8Array, Value])[]): void {
    writeCount(this.#out, "map", pairs.length);
    this.#enter(pairs.length);
    for (const [key, value] of pairs) {
      writeBytes(this.#out, key);
      this.#value(value);
    }
    this.#depth--;
  }

  #key(key: Value, index: number): void {
    const bare = key instanceof NumpyScalar ? key.value : key;
    if (this.#keys === "any" || typeof bare === "string" || bare instanceof Uint8Array) this.#at(index, key);
    else throw new FormatError("unwritable", `a map has a key that is no text, which Python does not read by default`);
  }

  #at(step: string | number, value: Value): void {
    this.#steps.push(step);
    this.#value(value);
    this.#steps.pop();
  }

  /** Python's writer counts alike, so that what it refuses, and what contains itself, is refused here. */
  #enter(count: number): void {
    if (count > 0 && this.#depth >= this.#maxDepth)
      throw new FormatError("unwritable", `values nested more than ${this.#maxDepth} deep`);
    this.#depth++;
  }

  #path(): string {
    return this.#steps
      .slice(0, 32)
      .reduce<string>(
        (parent, step) => (typeof step === "number" ? elementPath(parent, step) : memberPath(parent, step)),
        "",
      );
  }
}

function unwritable(what: string): FormatError {
  return new FormatError("unwritable", `${what} has no place in msgpack`);
}
