import type { Detection, Folder, Issue, Measure, Source, WorkOptions } from "@somakit/core";
import { GroupAccessor, measure } from "@somakit/core/engine";
import { checkFile } from "@somakit/core/engine/check";
import { Collection, collectionFacts, contentOfFile } from "@somakit/core/engine/collection";
import { isFormatError } from "@somakit/core/errors";
import { isFolder } from "@somakit/core/source";
import type { Recognised } from "../recognise.js";
import { loadMeanings, type Meanings } from "../schema/meanings.js";
import { summariseMembers } from "./member-summary.js";
import type { KeySummary } from "./node-summary.js";
import type { RecordsSummary } from "./record-summary.js";

/** What `info` says about a file. Made from headers and single values; no array is loaded. */
export interface Summary {
  /** Null for a folder. */
  readonly bytes: number | null;
  /** Whether headers were checked; those of a folder are not. */
  readonly checked: boolean;
  readonly container: string;
  /** How the file is compressed as a whole; null where it is not. */
  readonly wrap: string | null;
  readonly dataset: { readonly id: string; readonly title: string; readonly description: string } | null;
  readonly alsoFits: readonly { readonly id: string; readonly title: string }[];
  readonly sizes: readonly Measure[];
  /** Of a list of records: its splits, and the numbers that its items have. */
  readonly items: ItemsSummary | null;
  /** Of a stream of records. */
  readonly records: RecordsSummary | null;
  readonly keys: readonly KeySummary[];
  /** Members that are not listed in `keys`. */
  readonly more: number;
  /** What a check of headers finds, outdated forms apart. */
  readonly errors: number;
  readonly warnings: number;
  readonly notes: readonly string[];
}

export interface ItemsSummary {
  readonly splits: readonly { readonly name: string; readonly items: number }[];
  readonly values: readonly {
    readonly key: string;
    readonly distinct: number;
    readonly smallest: number;
    readonly largest: number;
  }[];
}

export interface SummaryOptions extends WorkOptions {
  /** Levels of members that are listed; only those of the root when left out. */
  readonly levels?: number | undefined;
}

export async function summarise(
  file: Recognised,
  source: Source | Folder,
  { levels = 1, ...options }: SummaryOptions,
): Promise<Summary> {
  const { dataset, root } = file;
  const meanings: Meanings = dataset ? await loadMeanings(dataset.entry) : async () => undefined;
  const { keys, more } = await summariseMembers(root, {
    ...options,
    meanings,
    levels,
    countsRecords: dataset !== undefined,
  });
  // The headers of a folder are in all of its files, of which there may be thousands.
  const isMany = dataset?.container.codec.present !== undefined;
  const issues = dataset && !isMany ? await headerIssues(file, source, options) : [];
  return {
    bytes: isFolder(source) ? null : source.byteLength,
    container: file.container,
    wrap: file.wrap ?? null,
    dataset: dataset
      ? { id: dataset.entry.id, title: dataset.entry.title, description: dataset.entry.description }
      : null,
    alsoFits: file.others.map(({ entry: { id, title } }) => ({ id, title })),
    sizes: dataset && !isMany ? await sizesOf(dataset, options) : [],
    items: dataset ? await itemsSummary(file, source, options) : null,
    records: isFolder(source) ? null : await recordsSummary(file, source, options),
    keys,
    more,
    checked: dataset !== undefined && !isMany,
    errors: issues.filter(({ severity }) => severity === "error").length,
    warnings: issues.filter(({ severity, code }) => severity === "warning" && code !== "legacy").length,
    notes: issues.filter(({ code }) => code === "legacy").map(({ path, message }) => `${path}: ${message}`),
  };
}

/** Null for data sets that are no streams of records: what counts these is loaded for those that are. */
async function recordsSummary(file: Recognised, source: Source, options: WorkOptions): Promise<RecordsSummary | null> {
  if (!file.dataset?.layout.records) return null;
  const { summariseRecords } = await import("./record-summary.js");
  return summariseRecords(file, source, options);
}

/** Frames and people. Records of a stream have sizes of their own, for which each of them would have to be read. */
async function sizesOf({ layout, root }: Detection, options: WorkOptions): Promise<readonly Measure[]> {
  if (layout.records) return [];
  return (await measure(layout, root, options)).filter(({ role }) => role === "frame" || role === "person");
}

/** Null for data sets that are no list of records, and for lists that cannot be counted: a check says why. */
async function itemsSummary(
  { dataset }: Recognised,
  source: Source | Folder,
  options: WorkOptions,
): Promise<ItemsSummary | null> {
  const facts = dataset && collectionFacts(dataset.layout);
  if (!dataset || !facts) return null;
  try {
    const { layout, container, root } = dataset;
    const content = await contentOfFile(facts, { layout, container, source, root }, options);
    const list = new Collection({ layout, facts, accessor: GroupAccessor }, content);
    const { splits, values } = await list.statistics(options);
    return {
      splits: splits.map(({ name, items }) => ({ name, items })),
      values: values.flatMap(({ key, counts, numbers }) => {
        if (!counts || !numbers) return [];
        return [{ key, distinct: counts.size, smallest: numbers.smallest, largest: numbers.largest }];
      }),
    };
  } catch (error) {
    if (isFormatError(error)) return null;
    throw error;
  }
}

async function headerIssues(
  { dataset }: Recognised,
  source: Source | Folder,
  options: WorkOptions,
): Promise<readonly Issue[]> {
  if (!dataset) return [];
  const { layout, container, root } = dataset;
  return checkFile({ layout, container, source, root }, { ...options, depth: "headers" });
}

/** Whether anything listed could not be read. */
export function isDamaged(summary: Summary): boolean {
  return summary.keys.some(isUnreadable) || (summary.records?.problem ?? null) !== null;
}

function isUnreadable({ kind, members = [] }: KeySummary): boolean {
  return kind === "unreadable" || members.some(isUnreadable);
}
