import type { DiffOptions, Layout, Node, TreeDifference } from "@somakit/core";
import { collectionFacts } from "@somakit/core/engine/collection";
import { diffTrees } from "@somakit/core/tree";
import { about, EXIT, type ExitCode, OptionError } from "../failure.js";
import { AS } from "../handling.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Piece, type Printer, styled } from "../print/printer.js";
import { valueText } from "../print/value.js";
import { openAs, type Recognised, recognise } from "../recognise.js";
import { type Context, FILE, textArgument, textOption, type Verb, type VerbInput } from "./verb.js";

/** Differences that are listed when `--limit` is left out. */
const LISTED = 1000;

export const diff: Verb = {
  name: "diff",
  summary: "Compare two files, or folders: keys, types, shapes and values",
  details: [
    "Files of one data set are compared whatever their containers are, others as their containers have them. The order of keys and the way of storing make no difference; items of a list that have names are compared by these. Of arrays that differ the number of elements, the largest difference and the first place are told.",
    "Exits with 0 when nothing differs, with 1 when something does, with 3 when something cannot be read.",
  ],
  goesThrough: true,
  arguments: [
    { ...FILE, name: "before" },
    { ...FILE, name: "after" },
  ],
  options: [
    { flags: "--tolerance <number>", description: "numbers that are no farther apart are equal", default: "0" },
    { flags: "--limit <number>", description: "differences that are listed; all are counted", default: String(LISTED) },
    AS,
  ],
  examples: [
    ["somakit diff old.npz new.npz", "what has changed"],
    ["somakit diff poses.npz poses.pkl --tolerance 1e-6", "whether a conversion has kept everything"],
    ["somakit --quiet diff a.h5 b.h5 && echo same", "for scripts"],
  ],

  async run(context, input) {
    const [before, after] = [textArgument(input, 0), textArgument(input, 1)];
    if (before === "-" && after === "-") throw new OptionError("standard input can be one of the two only");
    const limits = { tolerance: numberIn(input, "tolerance"), limit: numberIn(input, "limit") };
    return withOpen(context, before, input, (first) =>
      withOpen(context, after, input, (second) => compare(context, { before, after, ...limits }, first, second)),
    );
  },
};

interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly tolerance: number;
  readonly limit: number;
}

function numberIn(input: VerbInput, name: "tolerance" | "limit"): number {
  const text = textOption(input, name) ?? "";
  const number = Number(text);
  const fits = name === "limit" ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (text.trim() !== "" && fits && number >= 0) return number;
  throw new OptionError(`--${name} ${text}: a ${name === "limit" ? "whole " : ""}number from 0 on is needed`);
}

function withOpen<T>(
  { openAny, registry, signal }: Context,
  name: string,
  input: VerbInput,
  use: (file: Recognised) => Promise<T>,
): Promise<T> {
  return about(name, async () => {
    const source = await openAny(name);
    try {
      const id = textOption(input, "as");
      return await use(
        id === undefined
          ? await recognise(await registry(), source, { signal })
          : await openAs(await registry(), id, source, { signal }),
      );
    } finally {
      await source.close?.();
    }
  });
}

async function compare(
  { printer, signal }: Context,
  comparison: Comparison,
  first: Recognised,
  second: Recognised,
): Promise<ExitCode> {
  const { before, after, tolerance, limit } = comparison;
  const { trees, forms, layout } = comparable(first, second);
  const options: DiffOptions = { tolerance, forms, signal, namesOf: layout && namedLists(layout) };
  const listed: TreeDifference[] = [];
  let count = 0;
  let exit: ExitCode = EXIT.fine;
  for await (const difference of diffTrees(...trees, options)) {
    count++;
    if (difference.kind === "unreadable") exit = EXIT.unreadable;
    else if (exit === EXIT.fine) exit = EXIT.invalid;
    if (count > limit) continue;
    if (printer.json) listed.push(difference);
    else print(printer, difference);
  }
  if (printer.json) {
    const datasets = { before: first.dataset?.entry.id ?? null, after: second.dataset?.entry.id ?? null };
    const document = { before, after, datasets, equal: count === 0, count, differences: listed };
    await printer.document(jsonPieces(document, 2));
  } else if (!printer.quiet) {
    if (count > limit) printer.line(styled("dim", `… ${count - limit} more`));
    printer.line(count === 0 ? "no differences" : countLabel(count, "difference"));
  }
  return exit;
}

interface Comparable {
  readonly trees: readonly [Node, Node];
  readonly forms: DiffOptions["forms"];
  /** That of the data set which both are. */
  readonly layout: Layout | undefined;
}

/** The trees that can be compared: where containers differ, those that a common schema makes of them. */
function comparable(first: Recognised, second: Recognised): Comparable {
  const [a, b] = [first.dataset, second.dataset];
  const layout = a && b && a.entry.id === b.entry.id ? a.layout : undefined;
  if (a && b && layout && first.container !== second.container)
    return { trees: [a.root, b.root], forms: "values", layout };
  return { trees: [first.root, second.root], forms: "exact", layout };
}

/** By what the items of a data set's list are known. */
function namedLists(layout: Layout): DiffOptions["namesOf"] {
  const facts = collectionFacts(layout);
  return facts && ((path) => (path === (facts.list ?? "") ? facts.names : undefined));
}

function print(printer: Printer, difference: TreeDifference): void {
  const place = styled("cyan", difference.path || "(file)");
  const [mark, ...words] = lineOf(difference);
  printer.line(mark, " ", place, "  ", ...words);
}

function lineOf(difference: TreeDifference): readonly [mark: Piece, ...words: Piece[]] {
  switch (difference.kind) {
    case "removed":
      return [styled("red", "-"), difference.what];
    case "added":
      return [styled("green", "+"), difference.what];
    case "unreadable":
      return [
        styled("red", "!"),
        `cannot be read in the ${difference.side === "before" ? "first" : "second"}: ${difference.message}`,
      ];
    default:
      return [styled("yellow", "~"), changeText(difference)];
  }
}

type Changed = Exclude<TreeDifference, { readonly kind: "removed" | "added" | "unreadable" }>;

function changeText(difference: Changed): string {
  switch (difference.kind) {
    case "order":
      return "the items come in another order";
    case "length":
      return `${difference.before} → ${difference.after} items`;
    case "shape":
      return `shape ${tupleText(difference.before)} → ${tupleText(difference.after)}`;
    case "dtype":
    case "kind":
      return `${difference.before} → ${difference.after}`;
    case "value":
      return `${valueText(difference.before, 60)} → ${valueText(difference.after, 60)}`;
    case "elements": {
      const { count, total, largest, first } = difference;
      const far = largest === null ? "" : `, by ${valueText(largest)} at most`;
      const at = `[${first.index.join(", ")}] ${valueText(first.before, 40)} → ${valueText(first.after, 40)}`;
      return `${count} of ${countLabel(total, "element")} differ${far}; first ${at}`;
    }
  }
}

function tupleText(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}
