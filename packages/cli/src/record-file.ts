import type { Layout, ObjectLayout, RecordLayout, RecordReader } from "@somakit/core";
import { RecordFileAccessor } from "@somakit/core/engine/records";
import { type DataRecord, type Dataset, rootOf } from "./dataset.js";
import { UsageError } from "./failure.js";
import type { Context } from "./verbs/verb.js";

/** What a data set says of the records that its files are streams of. */
export interface RecordFacts {
  /** Those that repeat, such as frames. */
  readonly list: RecordLayout;
  /** The record before them that is the user's own, such as metadata; undefined where there is none. */
  readonly own: RecordLayout | undefined;
  /** Members of the repeating records, those that are arrays first. */
  readonly members: readonly string[];
}

/** Undefined for data sets whose files are no streams of records. */
export function recordFacts(layout: Layout): RecordFacts | undefined {
  const list = layout.records?.find(({ repeat }) => repeat);
  if (!list || !layout.records) return undefined;
  // The record that says how many there are, and where, is written by whoever writes the others.
  const state = (list.start ?? list.perBlock ?? list.count?.[0])?.[0];
  const own = layout.records.find(({ name, repeat }) => !repeat && name !== state);
  const { properties } = itemOf(layout, list.name);
  const names = Object.keys(properties);
  const isArray = (name: string): boolean => properties[name]?.kind === "array";
  return { list, own, members: [...names.filter(isArray), ...names.filter((name) => !isArray(name))] };
}

/** The object that a repeating record is. */
function itemOf(layout: Layout, name: string): ObjectLayout {
  const field = rootOf(layout).properties[name];
  let item = field?.kind === "list" && field.items !== false ? field.items : undefined;
  for (let hops = 0; item?.kind === "ref" && hops < 64; hops++) item = layout.defs[item.name];
  if (item?.kind === "object") return item;
  throw new UsageError(`${layout.title} has no ${name} with members`);
}

/** The records of an open file, whatever data set it is of. */
export class RecordsFile extends RecordFileAccessor<DataRecord> {
  constructor({ open }: Pick<Dataset, "open">) {
    super({ file: open, field: open.layout.root, path: "", find: async () => open.root });
  }

  all(list: RecordLayout): RecordReader<DataRecord> {
    return this.records<DataRecord>(list.name);
  }
}

/**
 * The data set of records that files with the ending of `path` hold, or the one that is called `id`. Undefined when there is
 * none. Throws `UsageError` when there are several.
 */
export async function recordsLayout(
  context: Context,
  path: string,
  id: string | undefined,
): Promise<Layout | undefined> {
  const name = path.toLowerCase();
  const entries = (await context.registry()).filter(
    (entry) => (id === undefined || entry.id === id) && entry.extensions.some((ending) => name.endsWith(ending)),
  );
  const layouts = (await Promise.all(entries.map((entry) => entry.load()))).filter(({ records }) => records);
  if (layouts.length <= 1) return layouts[0];
  const ids = layouts.map((layout) => layout.id).join(", ");
  throw new UsageError(`files of several data sets are called like ${path}: ${ids}`, "--to ID says which");
}
