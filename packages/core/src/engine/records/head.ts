import type { Wrap, WrapWriteOptions } from "../../codec/wrap/wrap.js";
import { FormatError } from "../../errors.js";
import type { JsonValue, Layout, RecordLayout } from "../../layout/layout.js";
import { MemorySink } from "../../source/sink-memory.js";
import type { Node } from "../../tree/node.js";
import { nodeOfValue } from "../../tree/value-node.js";
import type { Value } from "../../value/value.js";
import { dereference } from "../resolve.js";
import { msgpackOf, type RecordEncoder, recordField } from "./encode.js";

/** What only the end of writing tells. */
export interface FinalFacts {
  readonly count: number;
  /** Byte at which the records that repeat begin; undefined while they are being written. */
  readonly start: number | undefined;
  readonly perBlock: number | undefined;
}

/** A record before those that repeat, ready to be written as often as it takes. */
export interface LeadRecord {
  readonly layout: RecordLayout;
  /** Whether what it holds depends on the records behind it. */
  readonly isState: boolean;
  bytes(facts: FinalFacts): Uint8Array;
}

/** The records before those that repeat, from what is given for them, else from what the schema begins new files with. */
export async function leadRecords(
  layout: Layout,
  encoder: RecordEncoder,
  given: ReadonlyMap<string, Node>,
): Promise<readonly LeadRecord[]> {
  const records: LeadRecord[] = [];
  const list = layout.records?.find(({ repeat }) => repeat) as RecordLayout;
  for (const record of layout.records ?? []) {
    if (record.repeat) continue;
    const { initial, name } = record;
    const node = given.get(name) ?? (initial === undefined ? undefined : nodeOfValue(initial, name));
    if (!node) throw new FormatError("unwritable", "the record is needed", { path: name });
    const value = await encoder.lead(record, node);
    const order = keysOf(layout, name);
    const isState = record.ownStream && name === stateOf(list);
    const bytes = (facts: FinalFacts): Uint8Array => {
      const computed = isState ? computedMembers(list, name, facts) : new Map<string, number | null | undefined>();
      return msgpackOf(membersInOrder(value, { initial, computed, order }));
    };
    records.push({ layout: record, isState, bytes });
  }
  return records;
}

/** The record that says how many others there are and where. */
function stateOf(list: RecordLayout): string | undefined {
  return (list.start ?? list.perBlock ?? list.count?.[0])?.[0];
}

/** Members that are not the caller's to say; undefined for one that is to be left out. */
function computedMembers(
  list: RecordLayout,
  name: string,
  { count, start, perBlock }: FinalFacts,
): ReadonlyMap<string, number | null | undefined> {
  const members = new Map<string, number | null | undefined>();
  const counting = list.count?.find(([record]) => record === name);
  if (counting) members.set(counting[1], count);
  if (list.start?.[0] === name) members.set(list.start[1], start ?? null);
  if (list.perBlock?.[0] === name) members.set(list.perBlock[1], perBlock);
  return members;
}

interface Members {
  readonly initial: JsonValue | undefined;
  readonly computed: ReadonlyMap<string, number | null | undefined>;
  /** Keys in the order of the schema. */
  readonly order: readonly string[];
}

function membersInOrder(value: Value, { initial, computed, order }: Members): Value {
  if (!(value instanceof Map)) return value;
  const fixed = typeof initial === "object" && initial !== null && !Array.isArray(initial) ? initial : {};
  const all = new Map<Value, Value>();
  for (const key of new Set([...order, ...(value.keys() as Iterable<string>)])) {
    const own = Object.hasOwn(fixed, key)
      ? (fixed as Record<string, Value>)[key]
      : (value.get(key) as Value | undefined);
    const member = computed.has(key) ? computed.get(key) : own;
    if (member !== undefined) all.set(key, member);
  }
  return all;
}

function keysOf(layout: Layout, name: string): readonly string[] {
  const field = dereference(layout, recordField(layout, name));
  return field.kind === "object"
    ? Object.entries(field.properties).map(([key, inner]) => inner.stored?.name ?? key)
    : [];
}

/** One stream that holds `bytes`. */
export async function streamOf(wrap: Wrap, bytes: Uint8Array, options: WrapWriteOptions): Promise<Uint8Array> {
  const sink = new MemorySink();
  const stream = await wrap.stream(sink, options);
  await stream.write(bytes);
  await stream.close();
  await sink.commit();
  return sink.bytes();
}
