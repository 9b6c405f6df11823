import { GLOBAL_OPTIONS } from "../help.js";
import { otherSpellings } from "../spellings.js";
import type { Context, Verb, VerbOption } from "../verbs/verb.js";

/** What can stand in place of a word. */
export interface Candidate {
  readonly value: string;
  readonly meaning: string;
}

/** What can stand in place of the last word. */
export interface Candidates {
  readonly found: readonly Candidate[];
  /** Whether names of files can stand there as well, or only they. */
  readonly files: boolean;
}

/** What names are known by, loaded only where one is asked for. */
export type Known = Pick<Context, "registry" | "conventions" | "lists">;

/**
 * What can stand in place of the last of the words behind `somakit`, which may be empty or the beginning of one. Whether it
 * begins like the word is left to the caller; `found` does.
 */
export async function candidatesFor(
  verbs: readonly Verb[],
  words: readonly string[],
  known: Known,
): Promise<Candidates> {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const { verb, topic, rest } = verbIn(verbs, before);
  const options: readonly Pick<VerbOption, "flags" | "description" | "choices">[] = [
    ...(verb?.options ?? []),
    ...GLOBAL_OPTIONS,
  ];
  const open = before.length > 0 ? options.find(takesValueAfter(before.at(-1) as string)) : undefined;
  const all = await (open
    ? valuesOf(open, known)
    : last.startsWith("-")
      ? { found: options.flatMap(namesOf), files: false }
      : verb
        ? argumentsOf(verb, rest, options, known)
        : { found: nextWords(verbs, topic), files: false });
  return { found: all.found.filter(({ value }) => value.startsWith(last)), files: all.files };
}

interface Parsed {
  readonly verb: Verb | undefined;
  /** The first word of verbs of two. */
  readonly topic: string | undefined;
  /** What follows the verb. */
  readonly rest: readonly string[];
}

function verbIn(verbs: readonly Verb[], words: readonly string[]): Parsed {
  const at = words.findIndex((word) => !word.startsWith("-"));
  const [first = "", second = ""] = at < 0 ? [] : words.slice(at);
  const pair = verbs.find(({ name }) => name === `${first} ${second}`);
  if (pair) return { verb: pair, topic: first, rest: words.slice(at + 2) };
  const verb = verbs.find(({ name }) => name === first);
  return { verb, topic: first === "" ? undefined : first, rest: words.slice(at + 1) };
}

/** Verbs, or the second words of those of a topic. */
function nextWords(verbs: readonly Verb[], topic: string | undefined): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { name, summary, hidden } of verbs) {
    const [first = "", second] = name.split(" ");
    if (hidden) continue;
    if (topic === undefined) found.set(first, { value: first, meaning: second === undefined ? summary : `${first} …` });
    else if (topic === first && second !== undefined) found.set(second, { value: second, meaning: summary });
  }
  return [...found.values()];
}

/** `-o, --output <file>` as what can be typed. */
function namesOf({ flags, description }: Pick<VerbOption, "flags" | "description">): readonly Candidate[] {
  const [names = ""] = flags.split(/ [<[]/);
  return names.split(", ").map((value) => ({ value, meaning: description }));
}

function takesValueAfter(word: string): (option: Pick<VerbOption, "flags" | "description">) => boolean {
  return (option) =>
    / [<[]/.test(option.flags) &&
    [...namesOf(option).map(({ value }) => value), ...otherSpellings(option.flags)].includes(word);
}

/** Values by the choices of an option, or by what its placeholder says they are. */
async function valuesOf({ flags, choices }: Pick<VerbOption, "flags" | "choices">, known: Known): Promise<Candidates> {
  if (choices) return only(choices.map((value) => ({ value, meaning: "" })));
  const placeholder = /[<[]([^>\]]*)[>\]]$/.exec(flags)?.[1] ?? "";
  if (placeholder === "id") return only(await datasets(known));
  if (/^--profile /.test(flags)) return only(await profiles(known));
  if (/convention <name>$/.test(flags)) return only(await conventions(known));
  return { found: [], files: /^(file|path|folder|pattern)\b/.test(placeholder) };
}

const only = (found: readonly Candidate[]): Candidates => ({ found, files: false });

async function datasets({ registry }: Known): Promise<readonly Candidate[]> {
  return (await registry()).map(({ id, title }) => ({ value: id, meaning: title }));
}

async function conventions({ conventions: load }: Known): Promise<readonly Candidate[]> {
  return (await load()).entries.map(({ name }) => ({ value: name, meaning: "" }));
}

async function profiles({ registry }: Known): Promise<readonly Candidate[]> {
  const names = new Map<string, string[]>();
  for (const entry of await registry())
    for (const name of Object.keys((await entry.load()).profiles))
      names.set(name, [...(names.get(name) ?? []), entry.id]);
  return [...names].map(([value, ids]) => ({ value, meaning: ids.join(", ") }));
}

/** What the argument is that comes next: one of the words that it allows, or a file. */
async function argumentsOf(
  verb: Verb,
  rest: readonly string[],
  options: readonly Pick<VerbOption, "flags" | "description">[],
  known: Known,
): Promise<Candidates> {
  const given = rest.filter(
    (word, index) => !word.startsWith("-") && !options.some(takesValueAfter(rest[index - 1] ?? "")),
  ).length;
  const argument = verb.arguments[given] ?? (verb.arguments.at(-1)?.several ? verb.arguments.at(-1) : undefined);
  if (argument?.choices) return only(argument.choices.map((value) => ({ value, meaning: "" })));
  if (verb.name.startsWith("convention") && argument && /^(name|other|from|to)$/.test(argument.name))
    return only(await conventions(known));
  return { found: [], files: argument !== undefined };
}
