import { FormatError } from "../../../errors.js";
import type { Value } from "../../../value/value.js";
import type { Machine } from "./machine.js";
import { ArrayShell, DTypeShell, Global, type Slot } from "./slots.js";

/** A list that had not ended when the stream did. */
interface UnfinishedList {
  /** Its place on the stack. */
  readonly at: number;
  /** How many of its items are complete for certain: the last one that was begun is not. */
  readonly items: number;
  /** The key of the dict that it is the value of. */
  readonly key: string | undefined;
}

/** Deeper streams hold no data set, and going through them takes too long. */
const MAX_DEPTH = 1000;

/** The list with most complete items among those that were not complete; the outermost of equals. */
function longestUnfinished(m: Machine): UnfinishedList | undefined {
  const { marks, stack, top } = m;
  if (marks.length > MAX_DEPTH) return undefined;
  let longest: { readonly at: number; readonly items: number } | undefined;
  let mark = 0;
  for (let at = 0; at < top; at++) {
    while ((marks[mark] ?? top) <= at && mark < marks.length) mark++;
    const list = stack[at];
    if (!Array.isArray(list)) continue;
    const waiting = marks[mark] === at + 1 ? waitingItems(m, at + 1, marks[mark + 1] ?? top) : 0;
    const items = list.length + waiting;
    if (!longest || items > longest.items) longest = { at, items };
  }
  return longest && { ...longest, key: keyOf(m, longest.at) };
}

/** What becomes of a file that was cut off: an error unless `true`, or a function that is given that error instead. */
export type Recover = boolean | ((error: FormatError) => void);

/** What a machine that failed can still give. Throws `error`, in which it is said how much there was, otherwise. */
export function afterFailure(m: Machine, error: unknown, recover: Recover = false): Value {
  if (!(error instanceof FormatError) || error.code !== "truncated") throw error;
  const told = withProgress(m, error);
  const value = recover === false ? undefined : recovered(m);
  if (value === undefined) throw told;
  if (typeof recover === "function") recover(told);
  return value;
}

/** Says in the error of a stream that was cut off how much of its longest list was there. */
function withProgress(m: Machine, error: FormatError): FormatError {
  const list = longestUnfinished(m);
  if (!list || list.items === 0) return error;
  const { items, key } = list;
  const what = key === undefined ? "a list" : key;
  const reason = `${error.reason}; ${items} ${items === 1 ? "item" : "items"} of ${what} ${items === 1 ? "was" : "were"} complete`;
  return new FormatError(error.code, reason, { path: error.path, offset: error.offset, cause: error.cause });
}

/**
 * What a stream held that ended early: its longest unfinished list with the complete items, in the dicts and lists that it
 * was in, which have what was complete before it. Undefined when there is no such list, or it was a part of anything else.
 */
function recovered(m: Machine): Value | undefined {
  const list = longestUnfinished(m);
  if (!list || list.items === 0) return undefined;
  const items = m.stack[list.at] as Value[];
  for (let at = list.at + 1; items.length < list.items; at++) items.push(m.values.of(m.stack[at] as Slot));
  let at = list.at;
  while (at > 0) {
    const outer = enclose(m, at);
    if (outer === undefined) return undefined;
    at = outer;
  }
  return m.values.finish(m.stack[0] as Slot);
}

/** How many slots from `start` to `end`, which were marked for a list, are certainly complete items. */
function waitingItems({ stack }: Machine, start: number, end: number): number {
  for (let at = start; at < end - 1; at++) if (!isValue(stack[at] as Slot)) return at - start;
  return Math.max(0, end - 1 - start);
}

/** Functions, and objects that wait for their contents, are on the stack as parts of the next item. */
function isValue(slot: Slot): boolean {
  return !(slot instanceof Global || slot instanceof DTypeShell || (slot instanceof ArrayShell && !slot.array));
}

/** How the slot at `at` comes to be part of a container: where its pairs, or the items, start, right above the container. */
function membership(m: Machine, at: number): { readonly start: number; readonly pairs: boolean } | undefined {
  const start = m.marks.findLast((mark) => mark <= at);
  const below = start === undefined ? undefined : m.stack[start - 1];
  const paired = start !== undefined && below instanceof Map && (at - start) % 2 === 1;
  const before = m.stack[at - 2];
  // Single entries are set without a mark. Below a mark the dict before may also be the value of the pair before; then
  // it is complete, which hardly any empty one is.
  const single = before instanceof Map && (start === undefined || start <= at - 2) && (!paired || before.size === 0);
  if (single) return { start: at - 1, pairs: true };
  if (paired) return { start, pairs: true };
  return start !== undefined && Array.isArray(below) ? { start, pairs: false } : undefined;
}

/** Gives the container of the slot at `at` everything up to that slot; its place. */
function enclose(m: Machine, at: number): number | undefined {
  const member = membership(m, at);
  if (!member) return undefined;
  const { start, pairs } = member;
  const container = m.stack[start - 1] as Value;
  const values = m.stack.slice(start, at + 1).map((slot) => m.values.of(slot));
  if (Array.isArray(container)) for (const value of values) container.push(value);
  else if (pairs)
    for (let i = 0; i < values.length; i += 2)
      (container as Map<Value, Value>).set(m.values.key(values[i] as Value), values[i + 1] as Value);
  return start - 1;
}

function keyOf(m: Machine, at: number): string | undefined {
  const key = m.stack[at - 1];
  return typeof key === "string" && membership(m, at)?.pairs === true ? key : undefined;
}
