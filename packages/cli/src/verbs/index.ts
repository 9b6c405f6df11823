import { ENDING, FAIL_FAST, JOBS, RESUME_FILES } from "../batch/options.js";
import { SCHEMA_OPTIONS } from "../schemas/known.js";
import { OTHER_NAMES } from "../spellings.js";
import type { Verb } from "./verb.js";

/** What works on several files takes how that is done. */
function withBatch(verb: Verb): Verb {
  const { batch, options } = verb;
  if (batch === undefined) return verb;
  if (batch === "together") return verb.join ? { ...verb, options: [...options, JOBS.files, FAIL_FAST] } : verb;
  const has = (flags: string): boolean => options.some((option) => option.flags.startsWith(flags));
  const more = [...(has("-o,") ? [ENDING, RESUME_FILES] : []), ...(has("-j,") ? [] : [JOBS.files]), FAIL_FAST];
  return { ...verb, options: [...options, ...more] };
}

/** What works with any data set takes schemas of the user's own. */
function withSchemas(verb: Verb): Verb {
  return { ...verb, options: [...verb.options, ...SCHEMA_OPTIONS] };
}

function ofAnyDataset(verb: Verb): Verb {
  return withSchemas(withBatch(verb));
}

type Load = () => Promise<readonly Verb[]>;

/** Commands by the word that they begin with, in the order in which help lists them. What one of them needs is loaded with it. */
const listed: readonly (readonly [word: string | undefined, load: Load])[] = [
  ["info", async () => [ofAnyDataset((await import("./info.js")).info)]],
  ["validate", async () => [ofAnyDataset((await import("./validate.js")).validate)]],
  ["show", async () => [ofAnyDataset((await import("./show.js")).show)]],
  ["stats", async () => [ofAnyDataset((await import("./stats.js")).stats)]],
  ["digest", async () => [ofAnyDataset((await import("./digest.js")).digest)]],
  ["diff", async () => [ofAnyDataset((await import("./diff.js")).diff)]],
  ["slice", async () => [ofAnyDataset((await import("./slice.js")).slice)]],
  ["select", async () => [ofAnyDataset((await import("./select.js")).select)]],
  ["split", async () => [ofAnyDataset((await import("./split.js")).split)]],
  ["concat", async () => [ofAnyDataset((await import("./concat.js")).concat)]],
  ["convention", async () => [ofAnyDataset((await import("./convention-convert.js")).conventionConvert)]],
  ["convert", async () => [ofAnyDataset((await import("./convert.js")).convert)]],
  ["compress", async () => [ofAnyDataset((await import("./compress.js")).compress)]],
  ["decompress", async () => [ofAnyDataset((await import("./compress.js")).decompress)]],
  ["upgrade", async () => [ofAnyDataset((await import("./upgrade.js")).upgrade)]],
  ["render", async () => [ofAnyDataset((await import("./render.js")).render)]],
  ["repair", async () => [ofAnyDataset((await import("./repair.js")).repair)]],
  // Packages of data sets name these.
  [undefined, jobVerbs],
  ["conventions", async () => [withSchemas((await import("./conventions.js")).conventions)]],
  ["formats", async () => [withSchemas((await import("./formats.js")).formats)]],
  ["generate", async () => [(await import("./generate.js")).generate]],
  ["schema", schemaVerbs],
  ["completion", async () => [(await import("./completion.js")).completion]],
];

async function jobVerbs(): Promise<readonly Verb[]> {
  const [{ jobs }, { jobVerb }] = await Promise.all([import("@somakit/formats/jobs"), import("./job.js")]);
  return jobs.map(jobVerb);
}

async function schemaVerbs(): Promise<readonly Verb[]> {
  const [{ schemaInit }, { schemaCheck }, { schemaDiff }] = await Promise.all([
    import("./schema-init.js"),
    import("./schema-check.js"),
    import("./schema-diff.js"),
  ]);
  return [schemaInit, schemaCheck, schemaDiff];
}

/** All commands, in the order in which help lists them. */
export async function allVerbs(): Promise<readonly Verb[]> {
  const shown = (await Promise.all(listed.map(([, load]) => load()))).flat();
  const [{ complete }, { manPage }, { markdownHelp }] = await Promise.all([
    import("./completion.js"),
    import("./man-page.js"),
    import("./markdown-help.js"),
  ]);
  return [...shown, markdownHelp(shown), manPage(shown), complete(shown)];
}

/** The commands that begin with this word; where that does not tell, all. */
export async function verbsFrom(word: string | undefined): Promise<readonly Verb[]> {
  const isNamed = (first: string): boolean => first === word || (word !== undefined && OTHER_NAMES[first] === word);
  const [, load] = listed.find(([first]) => first !== undefined && isNamed(first)) ?? [];
  return load ? load() : allVerbs();
}

export async function verbNamed(name: string): Promise<Verb | undefined> {
  return (await verbsFrom(name.split(" ")[0])).find((verb) => verb.name === name);
}
