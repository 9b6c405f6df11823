import type { RecordLayout, RecordMember } from "@somakit/core/gen/v1";
import type { Dataset } from "../ir.js";
import { child } from "../load/pointer.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { memberOf, resolved } from "./walk.js";

/** The records of a stream: which of them repeat, and what they say of each other. */
export function lintRecords(context: LintContext): void {
  const { dataset, problems } = context;
  const { records = [] } = dataset;
  const error = (way: readonly (string | number)[], message: string, hint?: string): void =>
    problems.error({ file: dataset.file, pointer: child("/records", ...way) }, message, hint);
  if (records.length === 0) {
    for (const [index, { kind }] of dataset.containers.entries()) {
      if (kind !== "msgpack-stream") continue;
      const pointer = child("/container", ...(Array.isArray(dataset.bundled["container"]) ? [index] : []));
      problems.error({ file: dataset.file, pointer }, `${kind} holds records: "records" is missing`);
    }
    return;
  }
  for (const [index, { name, repeat }] of records.entries()) {
    if (records.findIndex((record) => record.name === name) < index)
      error([index, "name"], `there is a record ${JSON.stringify(name)} already`);
    if (repeat && index < records.length - 1)
      error([index, "repeat"], "what repeats to the end has to be the last record");
  }
  const last = records.length - 1;
  const list = records[last] as RecordLayout;
  if (!list.repeat) error([last], 'the last record has to be the one that repeats: "repeat" is missing');
  for (const [keyword, place, member] of statedBy(list)) {
    const fault = memberFault(dataset, records.slice(0, last), member);
    if (fault !== undefined) error([last, keyword, ...place], fault);
  }
  lintStart(records, list, error);
}

type Report = (way: readonly (string | number)[], message: string, hint?: string) => void;

/** Where records say something of those that repeat. */
function statedBy(list: RecordLayout): [keyword: string, place: number[], member: RecordMember][] {
  const count = (list.count ?? []).map((member, index): [string, number[], RecordMember] => ["count", [index], member]);
  return [
    ...count,
    ...(list.start ? [["start", [], list.start] as [string, number[], RecordMember]] : []),
    ...(list.perBlock ? [["perBlock", [], list.perBlock] as [string, number[], RecordMember]] : []),
  ];
}

/** Why there is no such member; undefined when there is, or may be. */
function memberFault(dataset: Dataset, before: readonly RecordLayout[], [name, key]: RecordMember): string | undefined {
  const names = before.map((record) => record.name);
  if (!names.includes(name))
    return `${JSON.stringify(name)} is no record before those that repeat${didYouMean(name, names)}`;
  const property = dataset.root.properties.find((candidate) => candidate.key === name)?.field;
  const field = property && resolved(property, dataset);
  if (field?.layout.kind !== "object" || memberOf(field, key)) return undefined;
  const known = field.properties.map((candidate) => candidate.key);
  return `key ${JSON.stringify(key)} of ${JSON.stringify(name)} is not described${didYouMean(key, known)}`;
}

/** What states where others begin is written last, so it must be by itself and in front. */
function lintStart(records: readonly RecordLayout[], list: RecordLayout, error: Report): void {
  const index = records.length - 1;
  const { start, perBlock } = list;
  const state = start?.[0] ?? perBlock?.[0];
  if (state === undefined) return;
  if (start && perBlock && perBlock[0] !== start[0])
    error([index, "perBlock", 0], `has to be the record ${JSON.stringify(start[0])}, which states the start`);
  const first = records[0] as RecordLayout;
  if (first.name !== state && records.some(({ name }) => name === state))
    error([index, start ? "start" : "perBlock", 0], "the record that states it has to be the first one");
  else if (first.name === state && !first.ownStream)
    error([0], `it states where others are, so it has to be a stream by itself: "ownStream" is missing`);
  const before = records[index - 1];
  if (start && before && !before.ownStream)
    error([index, "start"], `no stream begins there: ${JSON.stringify(before.name)} has no stream of its own`);
}
