import type { Change, Folder, RegistryEntry, Source } from "@somakit/core";
import { detect } from "@somakit/core/engine";
import { isFolder } from "@somakit/core/source";
import { upgraders } from "@somakit/formats/jobs";
import { about, UsageError } from "../failure.js";
import type { Handling } from "../handling.js";
import type { Written } from "../output.js";
import { upgradeFolder } from "./upgrade-folders.js";
import { upgradeFile } from "./upgrade-lists.js";
import type { Context, VerbInput } from "./verb.js";

/** What `upgrade` found and did. */
export interface Upgraded {
  /** Of the data set. */
  readonly id: string;
  readonly changes: readonly Change[];
  readonly written: Written | undefined;
}

/** A file or a folder of a data set that has an upgrader. */
export interface OwnUpgrade<S = Source | Folder> {
  readonly context: Context;
  readonly handling: Handling;
  readonly input: VerbInput;
  readonly entry: RegistryEntry;
  readonly source: S;
}

/**
 * `upgrade` for data sets that have code of their own for it. Undefined for others. Throws `UsageError` for a folder that has no
 * other make.
 */
export function upgradeByOwn(
  context: Context,
  name: string,
  handling: Handling,
  input: VerbInput,
): Promise<Upgraded | undefined> {
  return about(name, async () => {
    const source = await context.openAny(name);
    const entry = await entryOf(context, source, handling.id);
    if (!entry) return undefined;
    const upgrader = upgraders.find(({ datasets }) => datasets.includes(entry.id));
    const own = { context, handling, input, entry, source };
    if (upgrader?.writes === "folder") return upgradeFolder(own, upgrader);
    if (isFolder(source))
      throw new UsageError(
        `no other make of ${entry.title} is known than the one of today`,
        "validate says whether anything is wrong with it",
      );
    return upgrader && upgradeFile({ ...own, source }, upgrader);
  });
}

/** The data set that was told by its id, or by the content. */
async function entryOf(
  { registry, signal }: Context,
  source: Source | Folder,
  told: string | undefined,
): Promise<RegistryEntry | undefined> {
  const entries = await registry();
  if (told !== undefined) return entries.find(({ id }) => id === told);
  return (await detect(entries, source, { signal }))[0]?.entry;
}
