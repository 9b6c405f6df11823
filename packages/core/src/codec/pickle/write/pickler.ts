import { FormatError } from "../../../errors.js";
import { NdArray } from "../../../ndarray/ndarray.js";
import type { ArrayNode } from "../../../tree/node.js";
import { isArrayNode } from "../../../tree/settle.js";
import { isPlainObject } from "../../../tree/value-node.js";
import { elementPath, memberPath } from "../../../value/path.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  Float,
  FrozenSet,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
} from "../../../value/value.js";
import { Op } from "../opcodes.js";
import { Emitter, type Protocol } from "./emit.js";
import { emitArray, emitDType, emitReconstruct, emitScalar, emitStateEnd, emitStateStart } from "./emit-numpy.js";
import type { Output } from "./output.js";

/** As many items as Python puts between two marks. */
const BATCH = 1000;
/** What writing waits for: `flush` for output to go, the others for data of an array that is in another file. */
export type Request =
  | { readonly kind: "flush" }
  | { readonly kind: "load"; readonly node: ArrayNode }
  | { readonly kind: "count"; readonly node: ArrayNode }
  | { readonly kind: "copy"; readonly node: ArrayNode; readonly size: number };

export type Reply = NdArray | number | undefined;

/** Writes one part after the other; what it yields is written before it goes on. */
type Part = Generator<unknown, void, void>;

/** Turns a value into opcodes. Parts are on a stack of our own, so that depth costs memory and nothing else. */
export class Pickler {
  readonly emitter: Emitter;
  readonly #open: { readonly part: Part; step: string | number | undefined }[] = [];
  /** Where in its parent the value is that is being written. */
  #step: string | number | undefined;
  /** Memo size when a tuple was entered: entered again at the same size, it would never end. */
  readonly #entered = new Map<unknown, number>();

  readonly #flushAt: number;

  /** Yields a `flush` whenever the output has grown beyond `flushAt` bytes. */
  constructor(protocol: Protocol, out: Output, flushAt: number = Number.POSITIVE_INFINITY) {
    this.emitter = new Emitter(protocol, out);
    this.#flushAt = flushAt;
  }

  /** Writes `tree`. Throws `FormatError` `unwritable` with the path of what has no place in a pickle. */
  *run(tree: unknown): Generator<Request, void, Reply> {
    try {
      yield* this.#write(tree);
      this.emitter.op(Op.STOP);
    } catch (error) {
      if (!(error instanceof FormatError) || error.path !== "") throw error;
      throw new FormatError(error.code, error.reason, { path: this.#path(), cause: error });
    }
  }

  *#write(tree: unknown): Generator<Request, void, Reply> {
    yield* this.#enter(tree);
    for (let top = this.#open.at(-1); top; top = this.#open.at(-1)) {
      const next = top.part.next();
      if (next.done) this.#open.pop();
      else {
        top.step = this.#step;
        yield* this.#enter(next.value);
      }
      if (this.emitter.out.pending > this.#flushAt) yield { kind: "flush" };
    }
  }

  /** Writes what has no parts; opens what has. */
  *#enter(value: unknown): Generator<Request, void, Reply> {
    if (this.#simple(value)) return;
    if (isArrayNode(value) && typeof value.load === "function") yield* this.#arrayNode(value);
    else this.#open.push({ part: this.#container(value), step: undefined });
    this.#step = undefined;
  }

  #path(): string {
    const steps = this.#open.map(({ step }) => step);
    steps[steps.length - 1] = this.#step;
    return steps.reduce<string>((path, step) => {
      if (step === undefined) return path;
      return typeof step === "number" ? elementPath(path, step) : memberPath(path, step);
    }, "");
  }

  /** Writes `value` if it has no parts that are values, or is stored in the memo; else gives false. */
  #simple(value: unknown): boolean {
    const { emitter } = this;
    if (value === null) emitter.op(Op.NONE);
    else if (typeof value === "boolean") emitter.op(value ? Op.NEWTRUE : Op.NEWFALSE);
    else if (typeof value === "number") emitter.number(value);
    else if (typeof value === "bigint") emitter.int(value);
    else if (typeof value === "string") emitter.text(value);
    else if (typeof value !== "object") throw new FormatError("unwritable", `${typeof value} has no place in a pickle`);
    else if (value instanceof Float) emitter.float(Number(value));
    else if (value instanceof DTypeValue) emitDType(emitter, value.type);
    else if (!emitter.fetch(value)) return this.#object(value);
    return true;
  }

  #object(value: object): boolean {
    const { emitter } = this;
    if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof NumpyScalar) emitScalar(emitter, value);
    else if (value instanceof Complex) {
      emitter.builtin("complex");
      emitter.float(value.re);
      emitter.float(value.im);
      emitter.tuple(2);
      emitter.op(Op.REDUCE);
    } else if (value instanceof Range) {
      emitter.builtin("range", "xrange");
      emitter.ints([value.start, value.stop, value.step]);
      emitter.op(Op.REDUCE);
    } else if (value instanceof NdArray && value.dtype !== "object") {
      emitArray(emitter, value, () => emitter.memoize(value));
      return true;
    } else return false;
    emitter.memoize(value);
    return true;
  }

  #bytes(value: Uint8Array): void {
    const { emitter } = this;
    if (!(value instanceof ByteArray)) emitter.bytes(value);
    else if (emitter.protocol >= 5) {
      emitter.op(Op.BYTEARRAY8);
      emitter.out.u64(value.length);
      emitter.out.bytes(value);
    } else {
      emitter.builtin("bytearray");
      if (value.length > 0) emitter.bytes(value);
      emitter.tuple(value.length > 0 ? 1 : 0);
      emitter.op(Op.REDUCE);
    }
  }

  #container(value: unknown): Part {
    if (value instanceof Tuple) return this.#tuple(value);
    if (Array.isArray(value)) return this.#list(value);
    if (value instanceof Map) return this.#dict(value);
    if (value instanceof Set) return this.#set(value);
    if (value instanceof NdArray) return this.#objectArray(value as NdArray<"object">);
    if (value instanceof Slice) return this.#slice(value);
    if (isPlainObject(value)) return this.#dictItems(value, Object.entries(value));
    const name = value instanceof Instance ? `an instance of ${value.module}.${value.name}` : `a ${nameOf(value)}`;
    throw new FormatError("unwritable", `${name} has no place in a pickle`);
  }

  *#list(items: readonly unknown[]): Part {
    this.emitter.op(Op.EMPTY_LIST);
    this.emitter.memoize(items);
    yield* this.#batches(items.length, Op.APPENDS, (index) => [items[index]]);
  }

  /** Yields the slots of `count` items in batches; each batch ends with `op`. */
  *#batches(
    count: number,
    op: number,
    slots: (index: number) => readonly unknown[],
    stepOf = (i: number): string | number => i,
  ): Part {
    for (let start = 0; start < count; start += BATCH) {
      this.emitter.op(Op.MARK);
      for (let index = start; index < Math.min(count, start + BATCH); index++) {
        for (const slot of slots(index)) {
          this.#step = stepOf(index);
          yield slot;
        }
      }
      this.emitter.op(op);
    }
  }

  *#tuple(items: Tuple<unknown>): Part {
    const { emitter } = this;
    const { length } = items;
    if (length === 0) {
      emitter.op(Op.EMPTY_TUPLE);
      return;
    }
    this.#enterFixed(items);
    if (length > 3) emitter.op(Op.MARK);
    for (let index = 0; index < length; index++) {
      this.#step = index;
      yield items[index];
    }
    const drop = length > 3 ? [Op.POP_MARK] : new Array<number>(length).fill(Op.POP);
    this.#leaveFixed(items, drop, () => emitter.tuple(length));
  }

  /** A tuple is stored after its items, so one that contains itself by way of a list is entered twice. */
  #enterFixed(value: object): void {
    const { memoSize } = this.emitter;
    if (this.#entered.get(value) === memoSize)
      throw new FormatError("unwritable", "a tuple or frozenset contains itself");
    this.#entered.set(value, memoSize);
  }

  /** Ends what was entered; when the inner entry has stored it, the slots of this one are dropped for it. */
  #leaveFixed(value: object, drop: readonly number[], make: () => void): void {
    this.#entered.delete(value);
    const { emitter } = this;
    if (!emitter.has(value)) {
      make();
      emitter.memoize(value);
      return;
    }
    for (const op of drop) emitter.op(op);
    emitter.fetch(value);
  }

  *#dict(map: ReadonlyMap<unknown, unknown>): Part {
    const { emitter } = this;
    if (map instanceof OrderedDict) {
      emitter.global("collections", "OrderedDict");
      emitter.tuple(0);
      emitter.op(Op.REDUCE);
    } else if (map instanceof DefaultDict) {
      emitter.global("collections", "defaultdict");
      if (map.factory !== null) this.#factory(map.factory);
      emitter.tuple(map.factory === null ? 0 : 1);
      emitter.op(Op.REDUCE);
    } else emitter.op(Op.EMPTY_DICT);
    emitter.memoize(map);
    yield* this.#setItems([...map]);
  }

  #factory(name: string): void {
    if (!/^(bool|dict|float|frozenset|int|list|set|str|tuple)$/.test(name)) {
      throw new FormatError("unwritable", `a defaultdict that makes ${name}`);
    }
    this.emitter.builtin(name, name === "str" ? "unicode" : name);
  }

  *#dictItems(object: object, entries: readonly (readonly [unknown, unknown])[]): Part {
    this.emitter.op(Op.EMPTY_DICT);
    this.emitter.memoize(object);
    yield* this.#setItems(entries);
  }

  *#setItems(entries: readonly (readonly [unknown, unknown])[]): Part {
    for (const [key] of entries) checkKey(key);
    const stepOf = (index: number): string | number => {
      const key = entries[index]?.[0];
      return typeof key === "string" || typeof key === "number" ? key : String(key);
    };
    yield* this.#batches(entries.length, Op.SETITEMS, (index) => entries[index] ?? [], stepOf);
  }

  *#set(set: ReadonlySet<unknown>): Part {
    const { emitter } = this;
    const items = [...set];
    for (const item of items) checkKey(item);
    if (set instanceof FrozenSet) yield* this.#frozenSet(set, items);
    else if (emitter.protocol >= 4) {
      emitter.op(Op.EMPTY_SET);
      emitter.memoize(set);
      yield* this.#batches(items.length, Op.ADDITEMS, (index) => [items[index]]);
    } else {
      emitter.builtin("set");
      yield* this.#setArgument(items);
      emitter.memoize(set);
    }
  }

  *#frozenSet(set: FrozenSet, items: readonly unknown[]): Part {
    const { emitter } = this;
    this.#enterFixed(set);
    if (emitter.protocol >= 4) {
      emitter.op(Op.MARK);
      for (const item of items) yield item;
      this.#leaveFixed(set, [Op.POP_MARK], () => emitter.op(Op.FROZENSET));
    } else {
      emitter.builtin("frozenset");
      yield* this.#setArgument(items);
      this.#leaveFixed(set, [Op.POP], () => undefined);
    }
  }

  /** Protocols before 4 make sets by a call with a list. */
  *#setArgument(items: readonly unknown[]): Part {
    this.emitter.op(Op.EMPTY_LIST);
    yield* this.#batches(items.length, Op.APPENDS, (index) => [items[index]]);
    this.emitter.tuple(1);
    this.emitter.op(Op.REDUCE);
  }

  *#slice(slice: Slice): Part {
    this.emitter.builtin("slice");
    yield slice.start;
    yield slice.stop;
    yield slice.step;
    this.emitter.tuple(3);
    this.emitter.op(Op.REDUCE);
    this.emitter.memoize(slice);
  }

  *#objectArray(array: NdArray<"object">): Part {
    const { emitter } = this;
    const order = array.isFortran && !array.isContiguous ? "F" : "C";
    const items = [...(order === "F" ? array.transpose() : array)];
    emitReconstruct(emitter);
    emitter.memoize(array);
    emitStateStart(emitter, array.type, array.shape, order);
    emitter.op(Op.EMPTY_LIST);
    yield* this.#batches(items.length, Op.APPENDS, (index) => [items[index]]);
    emitStateEnd(emitter);
  }

  /** An array that may be in another file: its data is copied from there, unless it is objects. */
  *#arrayNode(node: ArrayNode): Generator<Request, void, Reply> {
    const { emitter } = this;
    const { type, shape, order } = node;
    const array = node.array ?? (node.chunks && type.name !== "object" ? undefined : yield { kind: "load", node });
    if (array) {
      yield* this.#enter(array);
      return;
    }
    const size = shape.reduce((product, length) => product * length, type.itemSize);
    emitReconstruct(emitter);
    emitter.memoize(node);
    emitStateStart(emitter, type, shape, order);
    const high = emitter.protocol === 2 ? yield { kind: "count", node } : 0;
    emitter.bytesHeader(size, high as number);
    yield { kind: "copy", node, size };
    emitter.bytesEnd(size);
    emitStateEnd(emitter);
  }
}

function nameOf(value: unknown): string {
  return (value as { readonly constructor?: { readonly name?: string } }).constructor?.name ?? "object";
}

/** Throws `FormatError` `unwritable` for keys and set members that Python cannot hash. Tuples are looked into. */
function checkKey(key: unknown): void {
  const seen = new Set<unknown>();
  const open = [key];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    if (next instanceof Tuple) {
      if (seen.has(next)) continue;
      seen.add(next);
      for (const item of next as readonly unknown[]) open.push(item);
    } else if (!isHashable(next))
      throw new FormatError("unwritable", `a ${nameOf(next)} cannot be a dict key or set member`);
  }
}

function isHashable(value: object): boolean {
  if (value instanceof ByteArray || value instanceof NdArray || value instanceof Map || Array.isArray(value))
    return false;
  return !(value instanceof Set) || value instanceof FrozenSet;
}
