import type { DType } from "../../../ndarray/dtype.js";
import type { NdArray } from "../../../ndarray/ndarray.js";
import { DTypeValue, Float, Instance, NumpyScalar, Tuple, type Value } from "../../../value/value.js";
import type { GlobalKind } from "./globals.js";

/** What the stack and the memo hold: values, and things that are not values (yet). */
export type Slot = Value | Internal;

/** Not a value: only opcodes may meet it. */
export abstract class Internal {
  /** What messages call it. */
  abstract readonly label: string;
}

/** A function or class that was named and is on the allow-list. */
export class Global extends Internal {
  readonly kind: GlobalKind;
  readonly module: string;
  readonly name: string;
  constructor(kind: GlobalKind, module: string, name: string) {
    super();
    this.kind = kind;
    this.module = module;
    this.name = name;
  }
  get label(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A tuple. Most are arguments that nobody sees; the `Tuple` is made when one becomes part of a value. */
export class TupleSlot extends Internal {
  readonly items: Slot[];
  value: Tuple | undefined;
  constructor(items: Slot[]) {
    super();
    this.items = items;
    this.value = undefined;
  }
  get label(): string {
    return "tuple";
  }
}

/** How the bytes of a {@link Blob} are stored: as they are, or as Latin-1 text in UTF-8 or in raw-unicode-escape. */
export type Encoding = "raw" | "utf8" | "escape";

/**
 * A bytes object, or a bytearray when `mutable`, whose bytes were not looked at yet. They are `length` bytes from `at`
 * on: of `home`, or of the stream when it has no home.
 */
export class Blob extends Internal {
  readonly home: Uint8Array | undefined;
  readonly at: number;
  readonly length: number;
  readonly encoding: Encoding;
  mutable = false;
  /** A string of Python 2 that was taken as array data; asked for again it may be text. */
  eightBit = false;
  /** How many bytes the text stands for, once it was checked. */
  size: number | undefined = undefined;
  /** The decoded bytes, once somebody asked. */
  bytes: Uint8Array | undefined = undefined;
  /** The value made of them. */
  value: Uint8Array | undefined = undefined;
  constructor(home: Uint8Array | undefined, at: number, length: number, encoding: Encoding) {
    super();
    this.home = home;
    this.at = at;
    this.length = length;
    this.encoding = encoding;
  }
  get label(): string {
    return this.mutable ? "bytearray" : "bytes";
  }
}

/** An array between `_reconstruct` and BUILD. */
export class ArrayShell extends Internal {
  array: NdArray | LazyArray | undefined = undefined;
  get label(): string {
    return "ndarray without its state";
  }
}

/** A dtype between its call and BUILD. */
export class DTypeShell extends Internal {
  readonly code: string;
  value: DTypeValue | SubarrayType | undefined = undefined;
  constructor(code: string) {
    super();
    this.code = code;
  }
  get label(): string {
    return "dtype";
  }
}

/** The dtype of a structured member that is itself an array; it exists nowhere else. */
export class SubarrayType extends Internal {
  readonly type: DType;
  readonly shape: readonly number[];
  constructor(type: DType, shape: readonly number[]) {
    super();
    this.type = type;
    this.shape = shape;
  }
  get label(): string {
    return "subarray dtype";
  }
}

/** Everything about an array but its bytes. */
export interface ArrayLayout {
  readonly type: DType;
  /** As stored: before `axes` reorders it. */
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  /** The array is the stored one with its axes in this order. */
  readonly axes?: readonly number[] | undefined;
  /** The stored bytes are big-endian; `type` says little-endian, as numpy delivers such arrays. */
  readonly swapped: boolean;
  /** Bytes of all elements. */
  readonly byteLength: number;
}

/** An array whose bytes stayed in the file: part of values while a file is open lazily. */
export class LazyArray extends Internal {
  readonly layout: ArrayLayout;
  readonly blob: Blob;
  /** The array, where its bytes are in memory and it was asked for. */
  array: NdArray | undefined = undefined;
  constructor(layout: ArrayLayout, blob: Blob) {
    super();
    this.layout = layout;
    this.blob = blob;
  }
  get label(): string {
    return "ndarray";
  }
}

/** Only in the memo: text that was taken as the bytes it stands for, in case it is asked for as text. */
export class TakenText extends Internal {
  readonly blob: Blob;
  text: string | undefined = undefined;
  constructor(blob: Blob) {
    super();
    this.blob = blob;
  }
  get label(): string {
    return "text";
  }
}

/** Only in the memo: the arguments of the `_codecs.encode` call that took {@link TakenText}. */
export class TakenArguments extends Internal {
  readonly text: TakenText;
  slot: TupleSlot | undefined = undefined;
  constructor(text: TakenText) {
    super();
    this.text = text;
  }
  get label(): string {
    return "tuple";
  }
}

/** Python's name for the type of a slot, for messages. */
export function labelOf(slot: Slot): string {
  if (slot === null) return "None";
  if (typeof slot === "boolean") return "bool";
  if (typeof slot === "number") return Number.isInteger(slot) ? "int" : "float";
  if (typeof slot === "bigint") return "int";
  if (typeof slot === "string") return "str";
  if (slot instanceof Internal) return slot.label;
  if (slot instanceof Float) return "float";
  if (slot instanceof Map) return "dict";
  if (slot instanceof Set) return "set";
  if (slot instanceof Tuple) return "tuple";
  if (Array.isArray(slot)) return "list";
  if (slot instanceof Uint8Array) return "bytes";
  if (slot instanceof NumpyScalar) return `numpy ${slot.type.name}`;
  if (slot instanceof DTypeValue) return "dtype";
  if (slot instanceof Instance) return `${slot.module}.${slot.name}`;
  return slot.constructor.name === "NdArray" ? "ndarray" : slot.constructor.name.toLowerCase();
}
