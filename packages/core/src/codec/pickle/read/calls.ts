import {
  Complex,
  DefaultDict,
  Float,
  FrozenSet,
  float,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  type Value,
} from "../../../value/value.js";
import { latin1Bytes } from "../utf8.js";
import { arrayFromBuffer, isReconstruction, scalar } from "./arrays.js";
import { blobBytes } from "./blob.js";
import { COST } from "./cost.js";
import type { GlobalKind } from "./globals.js";
import type { Machine } from "./machine.js";
import { ArrayShell, Blob, DTypeShell, Global, labelOf, type Slot, TupleSlot } from "./slots.js";

type Call = (m: Machine, args: readonly Slot[], global: Global) => Slot;

/** What the allowed globals do when they are called: the few uses that files make of them, and nothing else. */
const CALLS: Readonly<Partial<Record<GlobalKind, Call>>> = {
  reconstruct: (m, args) => {
    if (!isReconstruction(args)) throw unusual(m, "_reconstruct");
    m.charge(COST.array);
    return new ArrayShell();
  },
  frombuffer: arrayFromBuffer,
  scalar,
  dtype: (m, args) => {
    const code = args[0] instanceof Blob ? latin1(m, args[0]) : args[0];
    if (typeof code !== "string") throw m.error("unsupported", `dtype of a ${labelOf(code ?? null)}`);
    m.charge(COST.object);
    return new DTypeShell(code);
  },
  encode: (m, [text, codec = "utf-8"]) => {
    const name = typeof codec === "string" ? codec : labelOf(codec);
    if (name !== "latin1" && name !== "latin-1")
      throw m.error("refused", `refused: _codecs.encode with the codec ${name}`);
    if (typeof text !== "string") throw m.error("corrupt", `_codecs.encode of a ${labelOf(text ?? null)}`);
    return encoded(m, text);
  },
  reconstructor,
  class: (m, args, global) => {
    if (args.length > 0) throw m.error("unsupported", `${global.label} called with arguments`);
    return instance(m, global);
  },
  ordereddict: (m, args) => filled(m, new OrderedDict(), args, "OrderedDict"),
  dict: (m, args) => filled(m, new Map<Value, Value>(), args, "dict"),
  defaultdict,
  list: (m, args) =>
    args.length === 0 ? charged(m, []) : [...members(m, args, "list")].map((item) => m.values.of(item)),
  tuple: (m, args) => new TupleSlot(args.length === 0 ? [] : [...members(m, args, "tuple")]),
  set: (m, args) => new Set(args.length === 0 ? [] : keys(m, args, "set")),
  frozenset: (m, args) => new FrozenSet(args.length === 0 ? [] : keys(m, args, "frozenset")),
  bytes: (m, args) => bytes(m, args, "bytes"),
  bytearray: (m, args) => {
    const { home, at, length, encoding } = bytes(m, args, "bytearray");
    const blob = new Blob(home, at, length, encoding);
    blob.mutable = true;
    return blob;
  },
  complex: (m, [re = 0, im = 0]) => new Complex(real(m, re), real(m, im)),
  slice: (m, args) => {
    if (args.length === 0 || args.length > 3 || !args.every(isBound)) throw unusual(m, "slice");
    const [first = null, second, step = null] = args as readonly Value[];
    m.charge(COST.object);
    return second === undefined ? new Slice(null, first, null) : new Slice(first, second, step);
  },
  range: (m, args) => {
    const [first = 0, second, step = 1] = args.map((arg) => integer(m, arg));
    if (args.length === 0 || args.length > 3) throw unusual(m, "range");
    m.charge(COST.object);
    return second === undefined ? new Range(0, first, 1) : new Range(first, second, step);
  },
  bool: (m, args) => simple(m, args, false, "boolean"),
  int: (m, args) => (args.length === 0 ? 0 : integer(m, args[0] as Slot)),
  str: (m, args) => simple(m, args, "", "string"),
  float: (m, [arg = 0]) => float(real(m, arg)),
};

/** Calls an allowed global. Throws `FormatError` for uses that no data file makes. */
export function call(m: Machine, global: Global, args: readonly Slot[]): Slot {
  const action = CALLS[global.kind];
  if (!action) throw m.error("refused", `refused: a call of ${global.label}`);
  return action(m, args, global);
}

function unusual(m: Machine, name: string): Error {
  return m.error("unsupported", `${name} with unusual arguments`);
}

function charged<T>(m: Machine, value: T): T {
  m.charge(COST.list);
  return value;
}

function instance(m: Machine, global: Global): Instance {
  m.charge(2 * COST.dict);
  return new Instance(global.module, global.name);
}

/** `copyreg._reconstructor(class, base, state)`: how protocols 0 and 1 store instances. */
function reconstructor(m: Machine, [global, base, state = null]: readonly Slot[]): Slot {
  if (!(global instanceof Global) || !(base instanceof Global)) throw unusual(m, "_reconstructor");
  if (global.kind !== "class") throw m.error("refused", `refused: _reconstructor of ${global.label}`);
  const made = instance(m, global);
  if (base.kind === "dict" && state instanceof Map) {
    m.chargeCopy(16 * state.size);
    for (const [key, value] of state) made.items.set(key, value);
  } else if (base.kind !== "object" || state !== null)
    throw m.error("unsupported", `${global.label} made from a ${base.name}`);
  return made;
}

function defaultdict(m: Machine, [factory = null]: readonly Slot[]): DefaultDict {
  m.charge(COST.dict);
  const dict = new DefaultDict();
  if (factory === null) return dict;
  if (!(factory instanceof Global) || !FACTORIES.has(factory.kind)) throw unusual(m, "defaultdict");
  dict.factory = factory.kind;
  return dict;
}

const FACTORIES: ReadonlySet<string> = new Set([
  "bool",
  "dict",
  "float",
  "frozenset",
  "int",
  "list",
  "set",
  "str",
  "tuple",
]);

/** Fills `dict` from a dict or from a list of pairs, which is how Python 2 stored an OrderedDict. */
function filled(m: Machine, dict: Map<Value, Value>, args: readonly Slot[], name: string): Slot {
  m.charge(COST.dict);
  const [source] = args;
  if (source === undefined) return dict;
  if (args.length > 1) throw unusual(m, name);
  const entries: (readonly [Value, Value])[] = [];
  for (const pair of source instanceof Map ? source : members(m, args, name)) {
    const items = pair instanceof TupleSlot ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2) throw unusual(m, name);
    entries.push([m.values.key(items[0] as Slot), m.values.of(items[1] as Slot)]);
  }
  m.chargeCopy(48 * entries.length);
  for (const [key, value] of entries) dict.set(key, value);
  return dict;
}

/** The members of the list, tuple or set that is the only argument. */
function members(m: Machine, args: readonly Slot[], name: string): Iterable<Slot> {
  const [source] = args;
  const items = source instanceof TupleSlot ? source.items : source;
  if (args.length !== 1 || !(Array.isArray(items) || items instanceof Set)) throw unusual(m, name);
  m.charge(COST.list);
  m.chargeCopy(16 * (items instanceof Set ? items.size : items.length));
  return items as Iterable<Slot>;
}

function keys(m: Machine, args: readonly Slot[], name: string): Value[] {
  m.charge(COST.set);
  return [...members(m, args, name)].map((item) => m.values.key(item));
}

function encoded(m: Machine, text: string): Blob {
  m.charge(COST.object);
  m.chargeCopy(text.length);
  const made = latin1Bytes(text);
  if (!made) throw m.error("corrupt", "_codecs.encode of text that is not Latin-1");
  return new Blob(made, 0, made.length, "raw");
}

function latin1(m: Machine, blob: Blob): string {
  return m.text.readLatin1(blobBytes(blob));
}

/** `bytes()`, `bytes(bytes)` or `bytes(text, "latin-1")`; the last one is how Python 2 stored a bytearray. */
function bytes(m: Machine, args: readonly Slot[], name: string): Blob {
  const [source, codec] = args;
  m.charge(COST.object);
  if (source === undefined) return new Blob(new Uint8Array(0), 0, 0, "raw");
  if (source instanceof Blob && args.length === 1) return source;
  const isLatin = codec === "latin-1" || codec === "latin1";
  if (typeof source === "string" && args.length <= 2 && (isLatin || codec === undefined)) return encoded(m, source);
  throw unusual(m, name);
}

function real(m: Machine, slot: Slot): number {
  if (typeof slot === "number") return slot;
  if (slot instanceof Float) return Number(slot);
  throw m.error("corrupt", `a float was expected, not a ${labelOf(slot)}`);
}

function integer(m: Machine, slot: Slot): number | bigint {
  if (typeof slot === "bigint" || Number.isInteger(slot)) return slot as number | bigint;
  throw m.error("corrupt", `an integer was expected, not a ${labelOf(slot)}`);
}

/** What a slice may have for a bound: containers there would make a slice a container. */
function isBound(slot: Slot): boolean {
  return slot === null || typeof slot !== "object" || slot instanceof Float || slot instanceof NumpyScalar;
}

/** `str()`, `bool(True)` and the like: nothing, or a value that is one already. */
function simple(m: Machine, args: readonly Slot[], empty: Value, type: string): Slot {
  if (args.length === 0) return empty;
  const [value] = args;
  if (args.length === 1 && typeof value === type) return value as Slot;
  throw unusual(m, labelOf(empty));
}
