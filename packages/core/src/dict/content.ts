import { define } from "../engine/defaults.js";
import { IssueError } from "../errors.js";
import type { IssueCode } from "../issues.js";
import type { DictRules } from "./rules.js";

/** What a dict holds: its items as stored, and what its state keys say. */
export interface DictContent {
  readonly rules: DictRules;
  readonly items: Map<string, unknown>;
  /** Sizes by the key that states them; one that is not here is not known. */
  readonly sizes: Map<string, number>;
  /** Axes that an array must have to be packed; any number when left out. */
  readonly packedRank: number | undefined;
  strict: boolean;
  packed: boolean;
}

export function emptyContent(rules: DictRules, packedRank?: number): DictContent {
  return { rules, items: new Map(), sizes: new Map(), packedRank, strict: false, packed: false };
}

/** The size of an axis symbol, as far as the dict knows it. Without ranges, there is one item for each position. */
export function sizeOf(content: DictContent, symbol: string): number | undefined {
  const { rules, sizes, items } = content;
  const size = sizes.get(rules.sizes.find((stated) => stated.symbol === symbol)?.key ?? "");
  const { ranges } = rules;
  if (size !== undefined || ranges?.along !== symbol || items.has(ranges.key)) return size;
  return sizeOf(content, ranges.over);
}

/** The value of a state key, undefined for a size that is not known and has no value that says so. */
export function stateValue(content: DictContent, key: string): unknown {
  const { rules, strict, packed } = content;
  if (key === rules.strict) return strict;
  if (key === rules.packed) return packed;
  const size = rules.sizes.find((stated) => stated.key === key);
  return size && (sizeOf(content, size.symbol) ?? size.unset);
}

/** Takes over a state key of a record. What is not of its type counts as not stated: files are not trusted in this. */
export function takeState(content: DictContent, key: string, value: unknown): void {
  const { rules, sizes } = content;
  if (key === rules.strict) content.strict = value === true;
  else if (key === rules.packed) content.packed = value === true;
  const size = rules.sizes.find((stated) => stated.key === key);
  if (size && isSize(value) && value !== size.unset) sizes.set(key, value);
  else sizes.delete(key);
}

export function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * The dict as one value: state keys in schema order, then `items` (its own, as stored, when left out). A `Map`, as objects
 * would move keys that are whole numbers to the front.
 */
export function recordOf(
  content: DictContent,
  items: Iterable<readonly [string, unknown]> = content.items,
): ReadonlyMap<string, unknown> {
  const record = new Map<string, unknown>();
  for (const key of content.rules.state) {
    const value = stateValue(content, key);
    if (value !== undefined) record.set(key, value);
  }
  for (const [key, value] of items) record.set(key, value);
  return record;
}

/** A plain object with these members, under any names. */
export function objectOf(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of entries) define(record, key, value);
  return record;
}

/** Takes over all that a record in stored form holds, unchecked. */
export function takeRecord(content: DictContent, record: object): void {
  for (const [key, value] of entriesOf(record)) {
    if (content.rules.state.includes(key)) takeState(content, key, value);
    else if (value !== undefined) content.items.set(key, value);
  }
}

/** Members of a plain object or of a `Map` with text keys. Throws `TypeError` for a key that is no text. */
export function entriesOf(source: object): readonly (readonly [string, unknown])[] {
  if (!(source instanceof Map)) return Object.entries(source);
  const entries = [...(source as ReadonlyMap<unknown, unknown>)];
  for (const [key] of entries) if (typeof key !== "string") throw new TypeError(`keys are text, ${String(key)} given`);
  return entries as (readonly [string, unknown])[];
}

export interface RefusalDetails {
  readonly expected?: string;
  readonly actual?: string;
  readonly cause?: unknown;
}

/** An error about one key. */
export function refusal(
  { layout, root }: DictRules,
  code: IssueCode,
  path: string,
  message: string,
  { cause, ...details }: RefusalDetails = {},
): IssueError {
  const issue = { code, severity: "error", path, message, rule: `${layout.schema}#${root.rule}`, ...details } as const;
  return new IssueError([issue], { cause });
}
