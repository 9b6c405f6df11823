import type { Folder, Layout, RegistryEntry, Sink, Source } from "@somakit/core";
import {
  copyEntries,
  type EntriesFacts,
  entriesFacts,
  type FolderEntries,
  folder,
  openEntries,
} from "@somakit/core/engine/folder";
import { isFolder } from "@somakit/core/source";
import { Annotated, about, OptionError, UnknownDataset, UsageError } from "./failure.js";
import { isFolderOutput, verifyNewFolder } from "./folder-output.js";
import { type Handling, workOptions } from "./handling.js";
import { targetOf, verifyFree, type Written, writeFiles } from "./output.js";
import { openAs, recognise } from "./recognise.js";
import type { Context, VerbInput } from "./verbs/verb.js";

/** Folders, or archives of them, of one data set that is a list of entries. */
export interface OpenEntries {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  /** What the entries are called, such as `frames`. */
  readonly what: string;
  /** One for each FILE. */
  readonly folders: readonly FolderEntries[];
}

/**
 * Opens FILE arguments as folders of entries, for as long as `use` takes. Undefined when the first one is neither a folder nor
 * an archive of one. Errors in it are about the file. Throws `UsageError` for a folder that is no such list, and for several
 * data sets.
 */
export async function withEntries<T>(
  context: Context,
  names: readonly string[],
  id: string | undefined,
  use: (open: OpenEntries) => Promise<T>,
): Promise<T | undefined> {
  const sources: (Source | Folder)[] = [];
  const opened: OpenFolder[] = [];
  try {
    for (const name of names) {
      const found = await about(name, async () => {
        const source = await context.openAny(name);
        sources.push(source);
        return (await isFolderLike(source)) ? openFolder(context, source, id) : undefined;
      });
      const [first] = opened;
      if (!found && !first) return undefined;
      if (!found || (first && first.entry.id !== found.entry.id)) throw several(name, names[0] as string, first?.entry);
      opened.push(found);
    }
    const { entry, layout, facts } = opened[0] as OpenFolder;
    return await use({ entry, layout, what: facts.list, folders: opened.map(({ entries }) => entries) });
  } finally {
    for (const source of sources) await source.close?.();
  }
}

function several(name: string, first: string, entry: RegistryEntry | undefined): Annotated {
  const message = `it is not ${entry?.title}, which ${first} is`;
  return new Annotated(new UsageError(message, "only folders of one data set can be joined"), { file: name });
}

async function isFolderLike(source: Source | Folder): Promise<boolean> {
  return isFolder(source) || folder.matches(await source.read(0, Math.min(512, source.byteLength)));
}

interface OpenFolder extends Pick<OpenEntries, "entry" | "layout"> {
  readonly facts: EntriesFacts;
  readonly entries: FolderEntries;
}

/** Undefined for what is compressed and no archive of a folder. */
async function openFolder(
  context: Context,
  source: Source | Folder,
  id: string | undefined,
): Promise<OpenFolder | undefined> {
  const { signal } = context;
  const registry = await context.registry();
  const { container, dataset } =
    id === undefined ? await recognise(registry, source, { signal }) : await openAs(registry, id, source, { signal });
  if (!dataset) throw new UnknownDataset(container);
  const { entry, layout } = dataset;
  const facts = entriesFacts(layout);
  if (facts) return { entry, layout, facts, entries: await openEntries(dataset, facts, { signal }) };
  if (!layout.containers.some(({ codec }) => codec.openFolder)) return undefined;
  throw new UsageError(`${layout.title} is no list of entries`, "its files can be worked on one by one");
}

/** A folder, or an archive, that shall be written. */
export interface EntriesTarget {
  readonly path: string;
  readonly kind: "folder" | "archive";
}

/** Where entries go: a new folder, or an archive by its ending. Throws `UsageError` for a path that cannot be written to. */
export async function entriesTarget(layout: Layout, path: string, { force }: Handling): Promise<EntriesTarget> {
  if (isFolderOutput(layout, path)) {
    await verifyNewFolder(path);
    return { path, kind: "folder" };
  }
  await verifyFree([targetOf(layout, path)], { force });
  return { path, kind: "archive" };
}

export interface EntriesSaving {
  readonly target: EntriesTarget;
  readonly entries: FolderEntries;
}

/** Writes folders and archives of entries: all of them, or none. */
export function saveEntries(
  context: Context,
  { force }: Handling,
  savings: readonly EntriesSaving[],
): Promise<readonly Written[]> {
  const options = workOptions(context);
  const jobs = savings.map(({ target: { path, kind }, entries }) => {
    if (kind === "folder") return { path, writeFolder: copying(entries, options) };
    const level = path.toLowerCase().endsWith(".tar") ? "none" : undefined;
    return { path, write: (sink: Sink) => copyEntries(entries, sink, { ...options, level }) };
  });
  return writeFiles(jobs, { force, unfinished: context.unfinished });
}

function copying(entries: FolderEntries, options: ReturnType<typeof workOptions>) {
  return (sink: Parameters<typeof copyEntries>[1]): Promise<void> => copyEntries(entries, sink, options);
}

/** Refuses options that are about values in files, or about something else than folders. */
export function refuseForFolders(input: VerbInput, names: readonly string[]): void {
  for (const name of names)
    if (input.options[name] !== undefined && input.options[name] !== false)
      throw new OptionError(`--${name} has no meaning for a folder`, "its entries are told by their names and places");
}

/** `frames: 3 of 4`. */
export function entriesLabel(kept: number, total: number, what: string): string {
  return `${what}: ${kept} of ${total}`;
}
