import type { CollectionFacts, Folder, Layout, RegistryEntry, Source, WriteContainerOptions } from "@somakit/core";
import { GroupAccessor } from "@somakit/core/engine";
import { Collection, collectionFacts, contentOfFile } from "@somakit/core/engine/collection";
import { isFolder } from "@somakit/core/source";
import type { DataRecord } from "./dataset.js";
import { Annotated, about, OptionError, UnknownDataset, UsageError } from "./failure.js";
import { type Handling, writeOptions } from "./handling.js";
import { type Target, targetOf, type Written, writeFiles } from "./output.js";
import { openAs, recognise } from "./recognise.js";
import { type Context, textOption, type VerbInput, type VerbOption } from "./verbs/verb.js";

/** An item of a list of records, whatever the data set. */
export type RecordItem = GroupAccessor<DataRecord>;
export type RecordList = Collection<RecordItem>;

/** Files of one data set that is a list of records. */
export interface OpenLists {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  /** One for each file. */
  readonly lists: readonly RecordList[];
}

/**
 * Opens FILE arguments as lists of records, for as long as `use` takes. Undefined when the first one is of a data set that
 * is none. Errors in it are about the file. Throws `UsageError` for files of several data sets.
 */
export async function withLists<T>(
  context: Context,
  names: readonly string[],
  id: string | undefined,
  use: (open: OpenLists) => Promise<T>,
): Promise<T | undefined> {
  const sources: Source[] = [];
  const lists: RecordList[] = [];
  let first: Pick<OpenLists, "entry" | "layout"> | undefined;
  try {
    for (const name of names) {
      const opened = await about(name, async () => {
        const source = await context.open(name);
        sources.push(source);
        return openList(context, source, id);
      });
      if (!opened && !first) return undefined;
      if (!opened || (first && first.entry.id !== opened.entry.id))
        throw several(name, names[0] as string, first?.entry);
      first ??= opened;
      lists.push(opened.list);
    }
    return await use({ ...(first as Pick<OpenLists, "entry" | "layout">), lists });
  } finally {
    for (const source of sources) await source.close?.();
  }
}

function several(name: string, first: string, entry: RegistryEntry | undefined): Annotated {
  const message = `it is not ${entry?.title}, which ${first} is`;
  const hint = "only files of one data set can be joined; --as ID takes all for the same";
  return new Annotated(new UsageError(message, hint), { file: name });
}

interface OpenList extends Pick<OpenLists, "entry" | "layout"> {
  readonly list: RecordList;
}

async function openList(context: Context, source: Source, id: string | undefined): Promise<OpenList | undefined> {
  const { signal } = context;
  const registry = await context.registry();
  const { container, dataset } =
    id === undefined ? await recognise(registry, source, { signal }) : await openAs(registry, id, source, { signal });
  if (!dataset) throw new UnknownDataset(container);
  const { entry, layout, root } = dataset;
  const facts = collectionFacts(layout);
  if (!facts) return undefined;
  const content = await contentOfFile(facts, { layout, container: dataset.container, root, source }, { signal });
  return { entry, layout, list: new Collection(kindOf(layout, facts), content) };
}

function kindOf(layout: Layout, facts: CollectionFacts): RecordList["kind"] {
  return { layout, facts, accessor: GroupAccessor<DataRecord> };
}

export const PROTOCOL: VerbOption = {
  flags: "--protocol <number>",
  description: "of a pickle that is written; that of the data set when left out",
  choices: ["2", "3", "4", "5"],
};

/** Writes lists of one data set: all of them, or none. */
export function saveLists(
  context: Context,
  handling: Handling,
  input: VerbInput,
  savings: readonly { readonly target: Target; readonly list: RecordList }[],
): Promise<readonly Written[]> {
  const protocol = textOption(input, "protocol");
  const more =
    protocol === undefined ? {} : { protocol: Number(protocol) as NonNullable<WriteContainerOptions["protocol"]> };
  const jobs = savings.map(({ target, list }) => ({
    path: target.path,
    write: (sink: Parameters<RecordList["write"]>[0]) =>
      list.write(sink, { ...writeOptions(context, handling, target.container), ...more }),
  }));
  return writeFiles(jobs, { force: handling.force, unfinished: context.unfinished });
}

/** The file that `-o` names. */
export function outputOf(layout: Layout, input: VerbInput): Target {
  const path = textOption(input, "output");
  if (path === undefined) throw new OptionError("-o is needed", "give the name of the file to write");
  return targetOf(layout, path);
}

/** Refuses options that mean nothing to a list of records. */
export function refuseOptions(input: VerbInput, names: readonly string[], what: string): void {
  for (const name of names)
    if (input.options[name] !== undefined) throw new OptionError(`--${name} has no meaning for ${what}`);
}

/**
 * Gives a context that opens each FILE once, however often it is asked for: what comes out of a pipe cannot be read twice.
 * The files are closed in the end.
 */
export async function withKeptSources<T>(context: Context, use: (context: Context) => Promise<T>): Promise<T> {
  const kept = new Map<string, Promise<Source | Folder>>();
  const openAny = async (name: string): Promise<Source | Folder> => {
    const opened = kept.get(name) ?? context.openAny(name);
    kept.set(name, opened);
    const found = await opened;
    return isFolder(found) ? found : unclosed(found);
  };
  const open = async (name: string): Promise<Source> => {
    const known = await kept.get(name);
    if (known && !isFolder(known)) return unclosed(known);
    const opened = context.open(name);
    kept.set(name, opened);
    return unclosed(await opened);
  };
  try {
    return await use({ ...context, open, openAny });
  } finally {
    for (const source of await Promise.allSettled(kept.values()))
      if (source.status === "fulfilled") await source.value.close?.();
  }
}

/** The source, for those who would close it. */
function unclosed(source: Source): Source {
  return new Proxy(source, {
    get(target, key) {
      if (key === "close") return undefined;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
