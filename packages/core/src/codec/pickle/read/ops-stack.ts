import { FrozenSet, Instance, type Value } from "../../../value/value.js";
import { Op, opcodeName } from "../opcodes.js";
import { COST } from "./cost.js";
import { takeArray } from "./fast-array.js";
import type { Machine } from "./machine.js";
import { Global, labelOf, type Slot, TupleSlot } from "./slots.js";

export type Handler = (m: Machine) => void;

/** Longer lists end the process in current engines. */
const MAX_LENGTH = 2 ** 26;

/** Opcodes about the stack, the memo and containers. */
export const STACK_OPS: Readonly<Record<number, Handler>> = {
  [Op.MARK]: (m) => m.mark(),
  [Op.POP]: pop,
  [Op.POP_MARK]: (m) => m.dropMarked(),
  [Op.DUP]: (m) => {
    m.require(1);
    m.push(m.peek(0));
  },
  [Op.EMPTY_TUPLE]: (m) => m.push(tuple(m, [])),
  [Op.TUPLE1]: (m) => {
    m.require(1);
    m.replace(1, tuple(m, [m.peek(0)]));
  },
  [Op.TUPLE2]: (m) => {
    m.require(2);
    m.replace(2, tuple(m, [m.peek(1), m.peek(0)]));
  },
  [Op.TUPLE3]: (m) => {
    m.require(3);
    m.replace(3, tuple(m, [m.peek(2), m.peek(1), m.peek(0)]));
  },
  [Op.TUPLE]: (m) => pushMade(m, tuple(m, m.stack.slice(m.markStart(), m.top))),
  [Op.EMPTY_LIST]: (m) => {
    m.charge(COST.list);
    m.push([]);
  },
  [Op.LIST]: (m) => {
    const list: Value[] = [];
    m.charge(COST.list);
    append(m, list, m.markStart());
    pushMade(m, list);
  },
  [Op.APPEND]: (m) => {
    m.require(2);
    append(m, m.peek(1), m.top - 1);
    m.top--;
  },
  [Op.APPENDS]: (m) => {
    append(m, m.markTarget(), m.fence);
    m.dropMarked();
  },
  [Op.EMPTY_DICT]: (m) => {
    if (m.records.take()) return;
    m.charge(COST.dict);
    m.push(new Map<Value, Value>());
  },
  [Op.DICT]: (m) => {
    const dict = new Map<Value, Value>();
    m.charge(COST.dict);
    setItems(m, dict, m.markStart());
    pushMade(m, dict);
  },
  [Op.SETITEM]: (m) => {
    m.require(3);
    setItems(m, m.peek(2), m.top - 2);
    m.top -= 2;
  },
  [Op.SETITEMS]: (m) => {
    setItems(m, m.markTarget(), m.fence);
    m.dropMarked();
  },
  [Op.EMPTY_SET]: (m) => {
    m.charge(COST.set);
    m.push(new Set<Value>());
  },
  [Op.ADDITEMS]: (m) => {
    const set = m.markTarget();
    if (!(set instanceof Set) || set instanceof FrozenSet) throw wrongTarget(m, set);
    addItems(m, set, m.fence);
    m.dropMarked();
  },
  [Op.FROZENSET]: (m) => {
    const set = new FrozenSet();
    m.charge(COST.set);
    addItems(m, set, m.markStart());
    pushMade(m, set);
  },
  [Op.MEMOIZE]: (m) => {
    m.require(1);
    m.memoize(m.peek(0));
  },
  [Op.BINPUT]: (m) => store(m, m.input.u8()),
  [Op.LONG_BINPUT]: (m) => store(m, m.input.u32()),
  [Op.BINGET]: (m) => fetch(m, m.input.u8()),
  [Op.LONG_BINGET]: (m) => fetch(m, m.input.u32()),
};

/** Directly after MARK, POP takes the mark away. */
function pop(m: Machine): void {
  if (m.marked && m.top === m.fence) m.dropMarked();
  else {
    m.require(1);
    m.top--;
  }
}

function tuple(m: Machine, items: Slot[]): TupleSlot {
  m.charge(COST.tuple + 8 * items.length);
  return new TupleSlot(items);
}

/** Replaces what was marked by `slot`, which was made of it. */
function pushMade(m: Machine, slot: Slot): void {
  m.dropMarked();
  m.push(slot);
}

export function store(m: Machine, index: number): void {
  m.require(1);
  m.put(index, m.peek(0));
}

function fetch(m: Machine, index: number): void {
  const slot = m.get(index);
  if (
    slot instanceof Global &&
    (slot.kind === "reconstruct" || slot.kind === "frombuffer") &&
    takeArray(m, slot.kind)
  ) {
    return;
  }
  m.push(slot);
}

/** Appends the slots from `start` on. */
function append(m: Machine, list: Slot, start: number): void {
  if (!Array.isArray(list)) throw wrongTarget(m, list);
  const { stack, top, values } = m;
  if (list.length + top - start > MAX_LENGTH) throw m.error("limit", `list of more than ${MAX_LENGTH} items`);
  for (let i = start; i < top; i++) list.push(values.of(stack[i] as Slot));
}

/** Sets the pairs of key and value from `start` on. */
function setItems(m: Machine, target: Slot, start: number): void {
  const dict = target instanceof Instance ? target.items : target;
  if (!(dict instanceof Map)) throw wrongTarget(m, target);
  const { stack, top, values } = m;
  if ((top - start) % 2 !== 0) throw m.error("corrupt", `${opcodeName(m.opcode)} with an odd number of values`);
  // Keys first: one may have to be fetched from the file, and then all this runs again.
  for (let i = start; i < top; i += 2) if (typeof stack[i] !== "string") stack[i] = values.key(stack[i] as Slot);
  for (let i = start; i < top; i += 2) dict.set(stack[i] as Value, values.of(stack[i + 1] as Slot));
}

function addItems(m: Machine, set: Set<Value>, start: number): void {
  const { stack, top, values } = m;
  for (let i = start; i < top; i++) stack[i] = values.key(stack[i] as Slot);
  for (let i = start; i < top; i++) set.add(stack[i] as Value);
}

function wrongTarget(m: Machine, target: Slot): Error {
  return m.error("corrupt", `${opcodeName(m.opcode)} to a ${labelOf(target)}`);
}
