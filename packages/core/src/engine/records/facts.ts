import { FormatError } from "../../errors.js";
import type { RecordLayout, RecordMember } from "../../layout/layout.js";
import { memberPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { plainScalar } from "../scalar.js";
import type { RecordFacts } from "./types.js";

/** What records say of those that repeat. */
export interface StatedFacts extends RecordFacts {
  /** Byte of the file at which their first stream begins; undefined where they follow what is before them. */
  readonly start: number | undefined;
}

/**
 * Reads what the lead says. A start of None means that the writer did not come to its end, and then nothing else counts that it
 * was to fill in. Throws `corrupt` for what cannot be in the record that states the start; numbers elsewhere that cannot be
 * are somebody's own affair, and left alone.
 */
export function factsOf(list: RecordLayout, values: ReadonlyMap<string, Value>, fileBytes: number): StatedFacts {
  const state = list.start?.[0];
  const isThere = state !== undefined && values.has(state);
  const start = list.start && isThere ? startOf(list.start, values, fileBytes) : undefined;
  const isFinished = !isThere || start !== undefined;
  const counts = isFinished ? (list.count ?? []).map((member) => countOf(member, values, member[0] === state)) : [];
  const perBlock = list.perBlock && whole(valueAt(list.perBlock, values));
  return {
    start,
    isFinished,
    stated: counts.find((count) => count !== undefined),
    perBlock: perBlock !== undefined && perBlock > 0 ? perBlock : undefined,
  };
}

function startOf(member: RecordMember, values: ReadonlyMap<string, Value>, fileBytes: number): number | undefined {
  const value = valueAt(member, values);
  if (value === null) return undefined;
  const start = whole(value);
  if (start !== undefined && start <= fileBytes) return start;
  const found = value === undefined ? "missing" : String(start ?? describe(value));
  throw new FormatError("corrupt", `the place of the records is ${found}; the file has ${fileBytes} bytes`, {
    path: pathOf(member),
  });
}

function countOf(member: RecordMember, values: ReadonlyMap<string, Value>, mustBeOne: boolean): number | undefined {
  const value = valueAt(member, values);
  const count = whole(value);
  if (count !== undefined || value === undefined || !mustBeOne) return count;
  throw new FormatError("corrupt", `the number of records is ${describe(value)}`, { path: pathOf(member) });
}

function valueAt([record, key]: RecordMember, values: ReadonlyMap<string, Value>): Value | undefined {
  const value = values.get(record);
  return value instanceof Map ? (value.get(key) as Value | undefined) : undefined;
}

/** A number from 0 on without a fraction, int or float. */
function whole(value: Value | undefined): number | undefined {
  const plain = value === undefined ? undefined : plainScalar(value);
  return typeof plain === "number" && Number.isSafeInteger(plain) && plain >= 0 ? plain : undefined;
}

function describe(value: Value): string {
  const plain = plainScalar(value);
  return typeof plain === "number" || typeof plain === "bigint" ? String(plain) : "no number";
}

function pathOf([record, key]: RecordMember): string {
  return memberPath(record, key);
}
