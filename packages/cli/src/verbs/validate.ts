import type { CheckerOptions, CheckOptions, Folder, Issue, Layout, Node, Severity, Source } from "@somakit/core";
import { checkFile } from "@somakit/core/engine/check";
import { checkers } from "@somakit/formats/jobs";
import { alike } from "../alike.js";
import {
  EXIT,
  type ExitCode,
  type Failure,
  failureOf,
  failureText,
  OptionError,
  UnknownDataset,
  UsageError,
  worst,
} from "../failure.js";
import { AS, workOptions } from "../handling.js";
import { labelsOf, labelsOption, listNamed } from "../labels.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, type Style, styled } from "../print/printer.js";
import { valueText } from "../print/value.js";
import { openAs, recognise } from "../recognise.js";
import { describesKey, namesMember } from "../schema/members.js";
import { type Context, FILES, textOption, type Verb, type VerbInput } from "./verb.js";

export const validate: Verb = {
  name: "validate",
  summary: "Check files against the schema of their data set",
  details: [
    "Each issue says where, what was expected, what was found, and which rule of the schema says so.",
    ...checkers.map(
      ({ datasets, summary }) => `With --depth values, of ${datasets.join(" and ")} also: ${lowerFirst(summary)}.`,
    ),
    "Exits with 1 when a file has an issue of severity error, or is no known data set; with 3 when anything in it cannot be read. Warnings do not fail.",
  ],
  arguments: [FILES],
  batch: "together",
  goesThrough: true,
  options: [
    {
      flags: "--profile <name>",
      description: "a profile of the schema that decides how grave each kind of issue is, such as strict or lenient",
    },
    {
      flags: "--depth <depth>",
      description: "values reads everything; headers looks at dtypes, shapes and single values only",
      choices: ["headers", "values"],
      default: "values",
    },
    labelsOption("warn of numbers under a key that are no positions in a list of names"),
    AS,
  ],
  examples: [
    ["somakit validate *.npz", "all files, with a summary"],
    [
      "somakit validate --profile strict --depth headers new.npz",
      "a quick look at a new file, legacy forms not allowed",
    ],
    ["somakit validate clips.pkl --labels label=ntu60_classes", "labels beyond the classes are warnings"],
  ],

  async run(context, input) {
    const names = input.arguments[0] as readonly string[];
    return tell(context, each(context, names, input), names.length);
  },

  join: (context, documents, { arguments: [names] }) => tell(context, joined(documents), names?.length ?? 0),
};

async function* each(context: Context, names: readonly string[], input: VerbInput): AsyncGenerator<Result> {
  for (const name of names) {
    const result = await check(context, name, input);
    yield result;
    if (result.exit !== EXIT.fine && input.options["failFast"] === true) return;
  }
}

/** What is in the documents of one file each. Throws `UsageError` for one that says so instead. */
async function* joined(documents: AsyncIterable<unknown>): AsyncGenerator<Result> {
  for await (const document of documents) {
    const { files, error } = document as {
      readonly files?: readonly Result[];
      readonly error?: { readonly message: string; readonly hint?: string };
    };
    if (error) throw new UsageError(error.message, error.hint);
    yield* files ?? [];
  }
}

async function tell({ printer }: Context, results: AsyncIterable<Result>, files: number): Promise<ExitCode> {
  const all: Result[] = [];
  for await (const result of results) {
    all.push(result);
    if (!printer.json) print(printer, result);
  }
  const totals = totalsOf(all, files);
  if (printer.json) await printer.document(jsonPieces({ files: all, ...totals }, 2));
  else if (!printer.quiet) printer.line(summaryText(files, totals));
  return worst(all.map(({ exit }) => exit));
}

interface Result {
  readonly file: string;
  readonly exit: ExitCode;
  readonly dataset?: { readonly id: string; readonly title: string };
  readonly issues?: readonly Issue[];
  /** Why the file was not checked. */
  readonly failure?: Omit<Failure, "exit">;
}

/** One file's result. Wrong usage is thrown: it would be the same for all files. */
async function check(context: Context, name: string, input: VerbInput): Promise<Result> {
  try {
    return { file: name, ...(await checkOne(context, name, input)) };
  } catch (error) {
    if (error instanceof UsageError || context.signal.aborted) throw error;
    if (context.printer.verbose && error instanceof Error) context.printer.problem(error.stack ?? "");
    const { exit, ...failure } = failureOf(error);
    return { file: name, exit, failure };
  }
}

async function checkOne(context: Context, name: string, input: VerbInput): Promise<Omit<Result, "file">> {
  const { openAny, registry, signal } = context;
  const source = await openAny(name);
  try {
    const id = textOption(input, "as");
    const file =
      id === undefined
        ? await recognise(await registry(), source, { signal })
        : await openAs(await registry(), id, source, { signal });
    if (!file.dataset) throw new UnknownDataset(file.container);
    const { entry, layout, container, root } = file.dataset;
    const profile = textOption(input, "profile");
    if (profile !== undefined && !Object.hasOwn(layout.profiles, profile)) {
      const known = Object.keys(layout.profiles);
      const near = alike(profile, known);
      const hint = near === undefined ? `there are: ${known.join(", ") || "none"}` : `did you mean ${near}?`;
      throw new UsageError(`${entry.title} has no profile ${JSON.stringify(profile)}`, hint);
    }
    const labels = await labelNames(context, entry.title, layout, textOption(input, "labels"));
    const depth = input.options["depth"] === "headers" ? "headers" : "values";
    const foreign = id === undefined ? undefined : foreignIssue(layout, root);
    const found = await checkFile(
      { layout, container, source, root },
      { profile, depth, labels, ...workOptions(context) },
    );
    const further =
      depth === "values" ? await furtherIssues(entry.id, source, { profile, ...workOptions(context) }) : [];
    const issues = [...(foreign ? [foreign] : []), ...found, ...further];
    return { dataset: { id: entry.id, title: entry.title }, issues, exit: exitOf(issues) };
  } finally {
    await source.close?.();
  }
}

/** What rules say that the schema cannot state. */
async function furtherIssues(id: string, source: Source | Folder, options: CheckerOptions): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  for (const { datasets, check: find } of checkers)
    if (datasets.includes(id)) issues.push(...(await find(source, options)));
  return issues;
}

/** What `--labels` asks for. Throws `OptionError` for a key that the schema has not, and for a list that there is not. */
async function labelNames(
  context: Context,
  title: string,
  layout: Layout,
  option: string | undefined,
): Promise<CheckOptions["labels"]> {
  if (option === undefined) return undefined;
  const { key, list } = labelsOf(option);
  if (!describesKey(layout, key))
    throw new OptionError(
      `--labels ${option}: ${title} has no key ${JSON.stringify(key)}`,
      "as in label=ntu60_classes",
    );
  const { name, items } = await listNamed(context, list);
  return { [key]: { list: name, size: items.length } };
}

/** What to say of a file that is checked as a data set of which it has nothing. */
function foreignIssue(layout: Layout, root: Node): Issue | undefined {
  if (root.kind !== "group" || root.keys.some((key) => namesMember(layout, key))) return undefined;
  return {
    code: "missing",
    severity: "warning",
    path: "",
    message: `none of the keys of ${layout.title} is in the file`,
    actual: root.keys.length === 0 ? "no keys" : valueText(root.keys.slice(0, 10)),
    rule: `${layout.schema}#`,
    hint: "without --as, the content decides which data set it is",
  };
}

function exitOf(issues: readonly Issue[]): ExitCode {
  if (issues.some(({ code }) => code === "unreadable")) return EXIT.unreadable;
  return issues.some(({ severity }) => severity === "error") ? EXIT.invalid : EXIT.fine;
}

interface Totals {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Files that could not be checked as a whole. */
  readonly failed: number;
  /** Files that were left alone after one had failed; absent where there are none. */
  readonly notBegun?: number;
}

function totalsOf(results: readonly Result[], files: number): Totals {
  const issues = results.flatMap((result) => result.issues ?? []);
  const count = (wanted: Severity): number => issues.filter(({ severity }) => severity === wanted).length;
  return {
    errors: count("error"),
    warnings: count("warning"),
    infos: count("info"),
    failed: results.filter(({ failure }) => failure).length,
    ...(results.length < files && { notBegun: files - results.length }),
  };
}

function summaryText(files: number, { errors, warnings, infos, failed, notBegun }: Totals): string {
  const notChecked = failed === 0 ? "" : `, ${countLabel(failed, "file")} not checked`;
  const left = notBegun === undefined ? "" : `, ${notBegun} not begun`;
  const notes = infos === 0 ? "" : `, ${countLabel(infos, "remark")}`;
  return `${countLabel(files, "file")}: ${countLabel(errors, "error")}, ${countLabel(warnings, "warning")}${notes}${notChecked}${left}`;
}

const STYLES: Readonly<Record<Severity, Style>> = { error: "red", warning: "yellow", info: "dim" };

function print(printer: Printer, { file, dataset, issues = [], failure }: Result): void {
  if (failure) {
    printer.line(
      styled("bold", file),
      ": ",
      styled("red", failure.code === "unknown-dataset" ? "not checked" : "cannot be read"),
      `: ${failureText({ ...failure, exit: EXIT.unreadable })}`,
    );
    if (failure.hint !== undefined) printer.line(styled("dim", `  hint: ${failure.hint}`));
    return;
  }
  const shown = printer.quiet ? issues.filter(({ severity }) => severity === "error") : issues;
  if (!printer.quiet || shown.length > 0) {
    printer.line(
      styled("bold", file),
      `: ${dataset?.title}, `,
      issues.length === 0 ? styled("green", "no issues") : countLabel(issues.length, "issue"),
    );
  }
  for (const issue of shown) printIssue(printer, issue);
}

function printIssue(printer: Printer, { severity, path, message, expected, actual, rule, hint, code }: Issue): void {
  // What damaged bytes are is a kind of damage, nothing that was found in place of something else.
  const damaged = code === "unreadable";
  const label = damaged && actual !== undefined ? `${code}: ${actual}` : code;
  const place = styled("cyan", path || "(file)");
  printer.line("  ", styled(STYLES[severity], severity.padEnd(9)), place, `  ${message} `, styled("dim", `[${label}]`));
  const details = [
    ...(expected === undefined || damaged ? [] : [`expected ${expected}`]),
    ...(actual === undefined || damaged ? [] : [`found ${actual}`]),
  ];
  if (details.length > 0) printer.line(INDENT, details.join(", "));
  printer.line(INDENT, styled("dim", `rule ${rule}`));
  if (hint !== undefined) printer.line(INDENT, `hint: ${hint}`);
}

const INDENT = " ".repeat(11);

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
