import type { Folder, RegistryEntry, Source, Upgrader } from "@somakit/core";
import { detect } from "@somakit/core/engine";
import { upgraders } from "@somakit/formats/jobs";
import type { Context } from "./verb.js";

export interface FoundUpgrader {
  /** The data set that was told by its id, or by the content. */
  readonly entry: RegistryEntry | undefined;
  readonly upgrader: Upgrader | undefined;
}

/** What brings a file or a folder up to date, where its data set has code of its own for that. */
export async function findUpgrader(
  { registry, signal }: Context,
  source: Source | Folder,
  told: string | undefined,
): Promise<FoundUpgrader> {
  const entries = await registry();
  const id = told ?? (await detect(entries, source, { signal }))[0]?.entry.id;
  return {
    entry: entries.find((candidate) => candidate.id === id),
    upgrader: upgraders.find(({ datasets }) => id !== undefined && datasets.includes(id)),
  };
}
