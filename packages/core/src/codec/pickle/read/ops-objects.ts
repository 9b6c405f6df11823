import { Instance } from "../../../value/value.js";
import { Op, opcodeName } from "../opcodes.js";
import { buildArray } from "./arrays.js";
import { call } from "./calls.js";
import { COST } from "./cost.js";
import { buildDType } from "./dtypes.js";
import { globalKind, refusal } from "./globals.js";
import type { Machine } from "./machine.js";
import type { Handler } from "./ops-stack.js";
import { ArrayShell, Blob, DTypeShell, Global, labelOf, type Slot, TupleSlot } from "./slots.js";

/** Opcodes that name, call and complete objects. */
export const OBJECT_OPS: Readonly<Record<number, Handler>> = {
  [Op.GLOBAL]: (m) => {
    const [module, name] = [nameLine(m), nameLine(m)];
    m.push(lookUp(m, module, name));
  },
  [Op.STACK_GLOBAL]: (m) => {
    m.require(2);
    const [module, name] = [m.peek(1), m.peek(0)];
    if (typeof module !== "string" || typeof name !== "string") {
      throw m.error("corrupt", `STACK_GLOBAL of a ${labelOf(module)} and a ${labelOf(name)}`);
    }
    m.replace(2, lookUp(m, module, name));
  },
  [Op.REDUCE]: (m) => {
    m.require(2);
    const items = argumentsOf(m, m.peek(0));
    m.replace(2, call(m, calleeOf(m, m.peek(1)), items));
  },
  [Op.NEWOBJ]: (m) => {
    m.require(2);
    const items = argumentsOf(m, m.peek(0));
    m.replace(2, create(m, calleeOf(m, m.peek(1)), items));
  },
  [Op.NEWOBJ_EX]: (m) => {
    m.require(3);
    const keywords = m.peek(0);
    if (!(keywords instanceof Map)) throw m.error("corrupt", `NEWOBJ_EX with a ${labelOf(keywords)} for keywords`);
    if (keywords.size > 0) throw m.error("unsupported", "NEWOBJ_EX with keyword arguments");
    const items = argumentsOf(m, m.peek(1));
    m.replace(3, create(m, calleeOf(m, m.peek(2)), items));
  },
  [Op.OBJ]: (m) => {
    const [callee, ...items] = markedItems(m);
    if (callee === undefined) throw m.error("corrupt", "OBJ without a class");
    const object = create(m, calleeOf(m, callee), items);
    m.dropMarked();
    m.push(object);
  },
  [Op.INST]: (m) => {
    const [module, name] = [nameLine(m), nameLine(m)];
    const global = lookUp(m, module, name);
    const object = create(m, global, markedItems(m));
    m.dropMarked();
    m.push(object);
  },
  [Op.BUILD]: (m) => {
    m.require(2);
    m.replace(2, build(m, m.peek(1), m.peek(0)));
  },
  [Op.PERSID]: (m) => {
    const id = m.text.readLatin1(m.input.line());
    throw m.error("refused", `persistent id ${id.slice(0, 100)}: no persistent loader`);
  },
  [Op.BINPERSID]: (m) => {
    throw m.error("refused", "BINPERSID: the object is outside the stream");
  },
  [Op.EXT1]: (m) => extension(m, m.input.u8()),
  [Op.EXT2]: (m) => extension(m, m.input.u16()),
  [Op.EXT4]: (m) => extension(m, m.input.i32()),
};

function markedItems(m: Machine): Slot[] {
  return m.stack.slice(m.markStart(), m.top).map((slot) => m.opened(slot));
}

function extension(m: Machine, code: number): never {
  throw m.error("refused", `${opcodeName(m.opcode)}: extension code ${code} is not registered`);
}

function nameLine(m: Machine): string {
  const line = m.input.line();
  return m.text.read(line, 0, line.length);
}

/** The global of that name. Throws `FormatError` `refused` for all that data does not need, whatever is done with it. */
function lookUp(m: Machine, module: string, name: string): Global {
  const kind = globalKind(module, name, m.classes);
  if (kind === undefined) throw m.error("refused", refusal(module, name));
  m.charge(COST.object);
  return new Global(kind, module, name);
}

function argumentsOf(m: Machine, slot: Slot): readonly Slot[] {
  if (slot instanceof TupleSlot) return m.records.any ? slot.items.map((item) => m.opened(item)) : slot.items;
  throw m.error("corrupt", `${opcodeName(m.opcode)} argument is a ${labelOf(slot)}, not a tuple`);
}

function calleeOf(m: Machine, slot: Slot): Global {
  if (slot instanceof Global) return slot;
  throw m.error("corrupt", `${opcodeName(m.opcode)} calls a ${labelOf(slot)}`);
}

/** Makes an object of a class without the calls that REDUCE may ask for: a container, or a record of a listed class. */
function create(m: Machine, global: Global, items: readonly Slot[]): Slot {
  const { kind } = global;
  if (kind === "class") {
    if (items.length > 0) throw m.error("unsupported", `${global.label} made with arguments`);
    m.charge(2 * COST.dict);
    return new Instance(global.module, global.name);
  }
  if (CONTAINERS.has(kind)) return call(m, global, items);
  throw m.error("refused", `refused: ${opcodeName(m.opcode)} of ${global.label}`);
}

const CONTAINERS: ReadonlySet<string> = new Set([
  "bytearray",
  "bytes",
  "complex",
  "defaultdict",
  "dict",
  "frozenset",
  "list",
  "ordereddict",
  "set",
  "tuple",
]);

/** What `object` is after it got its `state`. */
function build(m: Machine, object: Slot, state: Slot): Slot {
  if (object instanceof ArrayShell) {
    object.array = buildArray(m, argumentsOf(m, state));
    return object.array;
  }
  if (object instanceof DTypeShell) {
    m.records.forget();
    object.value = buildDType(m, object.code, argumentsOf(m, state));
    return object.value;
  }
  if (object instanceof Instance) {
    object.state = m.values.of(state);
    return object;
  }
  const isContainer = object instanceof Map || object instanceof Set || Array.isArray(object);
  const isEmpty = state === null || (state instanceof Map && state.size === 0);
  if (isContainer && isEmpty) return object;
  throw m.error(
    isContainer || object instanceof Blob ? "unsupported" : "corrupt",
    `BUILD of a ${labelOf(object)} with attributes`,
  );
}
