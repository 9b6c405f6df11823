import type { RegistryEntry } from "@somakit/core";
import { conventionLookup } from "@somakit/core/conventions";
import { listLookup } from "@somakit/core/lists";
import { Annotated, UsageError } from "../failure.js";
import type { Context, Conventions, Lists, VerbInput, VerbOption } from "../verbs/verb.js";
import { CONFIG_NAME, findConfig, readConfig } from "./config.js";
import { FaultySchemas } from "./faults.js";

/** Options of every command that opens data sets. */
export const SCHEMA_OPTIONS: readonly VerbOption[] = [
  {
    flags: "--schemas <path>",
    description: "folder or file of schemas whose data sets are known as well; may be given several times",
    several: true,
  },
  {
    flags: "--config <file>",
    description: `configuration that names schemas (default: the nearest ${CONFIG_NAME}, from here upwards)`,
  },
];

/** A data set that is known by a schema that nothing was generated from. */
export interface InterpretedEntry extends RegistryEntry {
  /** The path of its schema's folder or file, as it was given. */
  readonly from: string;
  /** The schema, with every reference local. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export function isInterpreted(entry: RegistryEntry): entry is InterpretedEntry {
  return "schema" in entry;
}

type Known = Pick<Context, "registry" | "conventions" | "lists">;

/** What is known to a command: what `@somakit/formats` knows and, in front of it, what the user's schemas say. */
export function knownThings(input: VerbInput, folder: string): Known {
  let own: Promise<Own> | undefined;
  const load = (): Promise<Own> => {
    own ??= ownThings(input, folder);
    return own;
  };
  return {
    registry: async () => {
      const [{ registry: mine }, { registry }] = [await load(), await import("@somakit/formats/registry")];
      return withoutTwins(mine, registry, ({ id }) => id);
    },
    conventions: async () => {
      const [{ conventions: mine }, { conventions }] = [await load(), await import("@somakit/formats/registry")];
      const entries = withoutTwins(mine, conventions, ({ name }) => name.toLowerCase());
      return { entries, find: conventionLookup(entries) };
    },
    lists: async () => {
      const [{ lists: mine }, { lists }] = [await load(), await import("@somakit/formats/registry")];
      const entries = withoutTwins(mine, lists, ({ name }) => name.toLowerCase());
      return { entries, find: listLookup(entries) };
    },
  };
}

interface Own {
  readonly registry: readonly InterpretedEntry[];
  readonly conventions: Conventions["entries"];
  readonly lists: Lists["entries"];
}

/** The generator is loaded only where there are schemas for it. */
async function ownThings({ options }: VerbInput, folder: string): Promise<Own> {
  const given = options["schemas"];
  const paths = Array.isArray(given) ? (given as readonly string[]) : [];
  const chosen = options["config"];
  const config = typeof chosen === "string" ? await readConfig(chosen) : await findConfig(folder);
  const registered = [
    ...paths.map((path) => ({ path, by: undefined })),
    ...(config?.schemas ?? []).map((path) => ({ path, by: config?.path })),
  ];
  const loaded = await Promise.all(registered.map(loadOne));
  return {
    registry: uniqueEntries(loaded.flatMap(({ registry }) => registry)),
    conventions: loaded.flatMap(({ conventions }) => conventions),
    lists: loaded.flatMap(({ lists }) => lists),
  };
}

async function loadOne({ path, by }: { readonly path: string; readonly by: string | undefined }): Promise<Own> {
  const [{ interpretProject, loadSchemas }, { codecs }] = await Promise.all([
    import("@somakit/codegen"),
    import("./codecs.js"),
  ]);
  const { folder, project, problems } = await loadSchemas(path).catch((error: unknown) => {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = `there is no folder or file of schemas ${path}`;
    if (isMissing) throw new Annotated(new UsageError(message), { file: by ?? path });
    throw new Annotated(error, { file: path });
  });
  if (problems.some(({ severity }) => severity === "error"))
    throw new Annotated(new FaultySchemas(folder, problems), { hint: `somakit schema check ${path} lists all faults` });
  const { registry, conventions, lists, datasets } = interpretProject(project, codecs);
  const schemas = new Map(datasets.map(({ id, bundled }) => [id, bundled]));
  const entries = registry.map((entry) => ({ ...entry, from: path, schema: schemas.get(entry.id) ?? {} }));
  return { registry: entries, conventions, lists };
}

/** Throws `UsageError` where two folders have a data set of one name. */
function uniqueEntries(entries: readonly InterpretedEntry[]): readonly InterpretedEntry[] {
  const seen = new Map<string, InterpretedEntry>();
  for (const entry of entries) {
    const twin = seen.get(entry.id);
    if (twin) throw new UsageError(`${twin.from} and ${entry.from} both have a data set ${JSON.stringify(entry.id)}`);
    seen.set(entry.id, entry);
  }
  return entries;
}

/** `own`, and those of `others` that none of them replaces. */
function withoutTwins<A extends B, B>(
  own: readonly A[],
  others: readonly B[],
  nameOf: (item: B) => string,
): readonly B[] {
  const names = new Set(own.map(nameOf));
  return [...own, ...others.filter((item) => !names.has(nameOf(item)))];
}
