import type { ArrayNode, Detection, Folder, GroupNode, Issue, Measure, Node, Source, WorkOptions } from "@somakit/core";
import { GroupAccessor, measure } from "@somakit/core/engine";
import { checkFile } from "@somakit/core/engine/check";
import { Collection, collectionFacts, contentOfFile } from "@somakit/core/engine/collection";
import { isFormatError } from "@somakit/core/errors";
import { typeLabel } from "@somakit/core/ndarray";
import { isFolder } from "@somakit/core/source";
import { unboxed } from "@somakit/core/tree";
import { arrayText } from "./print/array.js";
import { nodeTitle } from "./print/tree.js";
import { valueText } from "./print/value.js";
import type { Recognised } from "./recognise.js";
import { type RecordsSummary, summariseRecords } from "./record-summary.js";
import { loadMeanings, type Meanings } from "./schema/meanings.js";

/** What `info` says about a file. Made from headers and single values; no array is loaded. */
export interface Summary {
  /** Null for a folder. */
  readonly bytes: number | null;
  /** Whether headers were checked; those of a folder are not. */
  readonly checked: boolean;
  readonly container: string;
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

export interface KeySummary {
  readonly key: string;
  /** `array`, `dict`, `list`, `tuple`, `value` or `unreadable`. */
  readonly kind: string;
  /** numpy's code, and the type in words. */
  readonly dtype?: string;
  readonly type?: string;
  readonly shape?: readonly number[];
  /** Bytes of all elements; bytes in the file, where the container knows them. */
  readonly bytes?: number;
  readonly storedBytes?: number;
  /** A single value, or what is wrong with it. */
  readonly value?: string;
  readonly meaning?: string;
}

/** Members of a list that are shown: data sets may have hundreds of thousands. */
const MOST_ITEMS = 20;
const MOST_KEYS = 500;
const SMALL = 1 << 16;

export async function summarise(file: Recognised, source: Source | Folder, options: WorkOptions): Promise<Summary> {
  const { dataset, root } = file;
  const meanings: Meanings = dataset ? await loadMeanings(dataset.entry) : () => undefined;
  const attributes = await attributeSummaries(root, meanings, options);
  const keys = await keySummaries(root, meanings, options);
  const total = root.kind === "group" ? root.keys.length : root.kind === "list" ? root.length : keys.length;
  // The headers of a folder are in all of its files, of which there may be thousands.
  const isMany = dataset?.container.codec.present !== undefined;
  const issues = dataset && !isMany ? await headerIssues(file, source, options) : [];
  return {
    bytes: isFolder(source) ? null : source.byteLength,
    container: file.container,
    dataset: dataset
      ? { id: dataset.entry.id, title: dataset.entry.title, description: dataset.entry.description }
      : null,
    alsoFits: file.others.map(({ entry: { id, title } }) => ({ id, title })),
    sizes: dataset && !isMany ? await sizesOf(dataset, options) : [],
    items: dataset ? await itemsSummary(file, source, options) : null,
    records: isFolder(source) ? null : await summariseRecords(file, source, options),
    keys: [...attributes, ...keys],
    more: total - keys.length,
    checked: dataset !== undefined && !isMany,
    errors: issues.filter(({ severity }) => severity === "error").length,
    warnings: issues.filter(({ severity, code }) => severity === "warning" && code !== "legacy").length,
    notes: issues.filter(({ code }) => code === "legacy").map(({ path, message }) => `${path}: ${message}`),
  };
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

async function keySummaries(root: Node, meanings: Meanings, options: WorkOptions): Promise<KeySummary[]> {
  if (root.kind === "group") {
    const rows: KeySummary[] = [];
    for (const key of root.keys.slice(0, MOST_KEYS)) {
      const storedBytes = root.storedBytes?.(key);
      const small = storedBytes !== undefined && storedBytes <= SMALL;
      const row = await keySummary(key, () => openMember(root, key, small, options), options);
      const meaning = meanings(key);
      rows.push({
        ...row,
        ...(storedBytes === undefined ? {} : { storedBytes }),
        ...(meaning === undefined ? {} : { meaning }),
      });
    }
    return rows;
  }
  if (root.kind === "list") {
    const indices = Array.from({ length: Math.min(root.length, MOST_ITEMS) }, (_, index) => index);
    return Promise.all(indices.map((index) => keySummary(`[${index}]`, () => root.child(index, options), options)));
  }
  return [await keySummary("", async () => root, options)];
}

/** Attributes of the root, under their names with `@` in front. */
async function attributeSummaries(root: Node, meanings: Meanings, options: WorkOptions): Promise<KeySummary[]> {
  const attributes = await root.attributes?.(options);
  const rows: KeySummary[] = [];
  for (const key of attributes?.keys.slice(0, MOST_KEYS) ?? []) {
    const row = await keySummary(`@${key}`, async () => attributes?.child(key, options), options);
    const meaning = meanings(key);
    rows.push(meaning === undefined ? row : { ...row, meaning });
  }
  return rows;
}

/** A member; an object array without axes is looked into when its bytes are few. */
async function openMember(
  root: GroupNode,
  key: string,
  small: boolean,
  options: WorkOptions,
): Promise<Node | undefined> {
  const node = await root.child(key, options);
  return node && small ? unboxed(node, options) : node;
}

async function keySummary(
  key: string,
  open: () => Promise<Node | undefined>,
  options: WorkOptions,
): Promise<KeySummary> {
  try {
    const node = await open();
    return node ? { key, ...(await nodeSummary(node, options)) } : { key, kind: "unreadable", value: "not there" };
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return { key, kind: "unreadable", value: error.reason };
  }
}

async function nodeSummary(node: Node, options: WorkOptions): Promise<Omit<KeySummary, "key">> {
  switch (node.kind) {
    case "group":
      return { kind: "dict", shape: [node.keys.length] };
    case "list":
      return { kind: node.form ?? "list", shape: [node.length] };
    case "scalar":
      return { kind: "value", value: node.value instanceof Map ? nodeTitle(node) : valueText(node.value, 60) };
    case "array": {
      const { type, shape } = node;
      const size = shape.reduce((product, axis) => product * axis, 1);
      const bytes = type.name === "object" ? {} : { bytes: size * type.itemSize };
      return {
        kind: "array",
        dtype: typeof type.descr === "string" ? type.descr : "struct",
        type: typeLabel(type),
        shape,
        ...bytes,
        ...(await single(node, options)),
      };
    }
  }
}

/** The value of an array without axes; what object arrays hold is not loaded for this. */
async function single(node: ArrayNode, options: WorkOptions): Promise<{ readonly value?: string }> {
  if (node.shape.length > 0 || node.type.name === "object" || node.type.itemSize > 4096) return {};
  return { value: arrayText(await node.load(options)) };
}

/** Whether anything listed could not be read. */
export function isDamaged(summary: Summary): boolean {
  return summary.keys.some(({ kind }) => kind === "unreadable") || (summary.records?.problem ?? null) !== null;
}
