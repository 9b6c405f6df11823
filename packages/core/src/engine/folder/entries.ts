import { FormatError } from "../../errors.js";
import type { Layout, ListLayout } from "../../layout/layout.js";
import type { Folder, FolderEntry, WorkOptions } from "../../source/source.js";
import type { ListNode, Node } from "../../tree/node.js";
import { nameOf } from "../numbered.js";
import { dereference } from "../resolve.js";
import { type EntryDuplicates, renumbered, repeatedName } from "./entry-names.js";
import { FolderNode, isHidden } from "./raw.js";

/** What a data set says of folders that are one list of entries: scenes, or the files of frames. */
export interface EntriesFacts {
  /** Member of the root that is the list. */
  readonly list: string;
  readonly field: ListLayout;
}

/** Undefined for data sets that are no folder, and for those in whose root there are other lists of entries, or none. */
export function entriesFacts(layout: Layout): EntriesFacts | undefined {
  if (!layout.containers.some(({ codec }) => codec.openFolder)) return undefined;
  const root = dereference(layout, layout.root);
  if (root.kind !== "object") return undefined;
  const lists = Object.entries(root.properties).flatMap(([list, member]) => {
    const field = dereference(layout, member);
    return field.kind === "list" && (field.named || field.numbered) ? [{ list, field }] : [];
  });
  return lists.length === 1 ? lists[0] : undefined;
}

/** A file or a folder in a folder, with all that is in it. */
export interface FolderEntryPart {
  readonly folder: Folder;
  /** From the folder that was opened. */
  readonly path: string;
  /** The folder that it lies in, from that of the data set; empty for that itself. */
  readonly within: string;
  /** Its name in a folder that is written. */
  readonly name: string;
  readonly kind: FolderEntry["kind"];
}

/**
 * The entries of a folder, or of an archive of one, and what lies beside them: which ones, in what order, under which names.
 * No file is opened before the entries are written. Nothing in it changes: what selects or joins gives others of the same
 * files, which have to stay where they are.
 */
export class FolderEntries {
  readonly facts: EntriesFacts;
  readonly items: readonly FolderEntryPart[];
  /** Files and folders beside the list, which every part of it keeps. */
  readonly others: readonly FolderEntryPart[];

  constructor(facts: EntriesFacts, items: readonly FolderEntryPart[], others: readonly FolderEntryPart[]) {
    this.facts = facts;
    this.items = items;
    this.others = others;
  }

  get length(): number {
    return this.items.length;
  }

  get names(): readonly string[] {
    return this.items.map(({ name }) => name);
  }

  /**
   * Entries at `indices`, in the order of their names, which is that of every reader; negative ones count from the end. Where
   * names may leave no number out, they are numbered anew. Throws `RangeError` for an index outside, or one that comes twice.
   */
  select(indices: Iterable<number>): FolderEntries {
    const chosen = [...indices].map((index) => (index < 0 ? index + this.length : index));
    const outside = chosen.find((index) => this.items[index] === undefined);
    if (outside !== undefined) throw new RangeError(`there is no entry ${outside} among ${this.length}`);
    if (new Set(chosen).size < chosen.length) throw new RangeError("a folder holds each entry once");
    const items = chosen.sort((a, b) => a - b).map((index) => this.items[index] as FolderEntryPart);
    return new FolderEntries(this.facts, withoutGaps(this.facts.field, items), this.others);
  }

  /**
   * These entries and those of others of the same data set. Entries of one name are an error unless `duplicates` says what to
   * do; of what lies beside the lists the first of a name is kept. Throws `FormatError` `mismatch`.
   */
  concat(others: readonly FolderEntries[], duplicates: EntryDuplicates = "error"): FolderEntries {
    const lists = [this, ...others].map(({ items }) => items);
    const { numbered } = this.facts.field;
    const items = numbered && !numbered.gaps ? numberedAnew(numbered, lists.flat()) : unequal(lists, duplicates);
    const beside = new Map<string, FolderEntryPart>();
    for (const other of [this, ...others].flatMap((each) => each.others)) {
      const key = `${other.within}/${other.name}`;
      if (!beside.has(key)) beside.set(key, other);
    }
    return new FolderEntries(this.facts, items, [...beside.values()]);
  }
}

/**
 * The entries of an open folder: `root` is the data set, `tree` the folder as it is. Throws `FormatError` for a folder that is
 * none of the data set, and for names that do not number its list.
 */
export async function openEntries(
  { root, tree }: { readonly root: Node; readonly tree: Node },
  facts: EntriesFacts,
  options: WorkOptions = {},
): Promise<FolderEntries> {
  if (!(tree instanceof FolderNode) || root.kind !== "group")
    throw new FormatError("mismatch", "a folder expected", { path: root.path });
  const { folder } = tree;
  const list = (await root.child(facts.list, options)) as ListNode | undefined;
  const at = list?.path ?? root.path;
  const within = at.slice(root.path.length).replace(/^\//, "");
  const kinds = new Map((await folder.list(at, { signal: options.signal })).map(({ name, kind }) => [name, kind]));
  const items = Array.from({ length: list?.length ?? 0 }, (_, index): FolderEntryPart => {
    const name = list?.nameAt?.(index) ?? "";
    return { folder, path: joined(at, name), within, name, kind: kinds.get(name) ?? "file" };
  });
  const taken = new Set(items.map(({ path }) => path));
  return new FolderEntries(facts, items, await besideOf({ folder, base: root.path, at, taken }, "", options));
}

interface Beside {
  readonly folder: Folder;
  /** The folder of the data set. */
  readonly base: string;
  /** That in which the entries are. */
  readonly at: string;
  readonly taken: ReadonlySet<string>;
}

/** What lies in a folder, and in those around the entries, that is no entry. */
async function besideOf(where: Beside, within: string, options: WorkOptions): Promise<FolderEntryPart[]> {
  const { folder, base, taken } = where;
  const here = joined(base, within);
  const found: FolderEntryPart[] = [];
  for (const { name, kind } of await folder.list(here, { signal: options.signal })) {
    const path = joined(here, name);
    if (isHidden(name) || taken.has(path)) continue;
    if (`${where.at}/`.startsWith(`${path}/`)) found.push(...(await besideOf(where, joined(within, name), options)));
    else found.push({ folder, path, within, name, kind });
  }
  return found;
}

/** Numbers of which none may be left out. */
function withoutGaps({ numbered }: ListLayout, items: readonly FolderEntryPart[]): readonly FolderEntryPart[] {
  return numbered && !numbered.gaps ? numberedAnew(numbered, items) : items;
}

function numberedAnew(
  rule: NonNullable<ListLayout["numbered"]>,
  items: readonly FolderEntryPart[],
): readonly FolderEntryPart[] {
  return items.map((item, index) => ({ ...item, name: nameOf(rule.from + index, rule) }));
}

/** All entries, those of one name by what `duplicates` says. */
function unequal(
  lists: readonly (readonly FolderEntryPart[])[],
  duplicates: EntryDuplicates,
): readonly FolderEntryPart[] {
  if (duplicates === "renumber") {
    const names = renumbered(lists.map((items) => items.map(({ name }) => name)));
    return lists.flatMap((items, list) =>
      items.map((item, index) => ({ ...item, name: (names[list] as readonly string[])[index] as string })),
    );
  }
  const kept = new Map<string, FolderEntryPart>();
  for (const item of lists.flat()) {
    if (duplicates === "error" && kept.has(item.name)) throw repeatedName(item.name);
    if (duplicates === "last" || !kept.has(item.name)) kept.set(item.name, item);
  }
  return [...kept.values()];
}

export function joined(path: string, name: string): string {
  if (path === "" || name === "") return path + name;
  return `${path}/${name}`;
}
