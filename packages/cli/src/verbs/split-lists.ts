import { dividedIndices } from "@somakit/core/engine/collection";
import { type OpenLists, outputOf, type RecordList, refuseOptions, saveLists } from "../collection.js";
import { Annotated, EXIT, type ExitCode, OptionError } from "../failure.js";
import type { Handling } from "../handling.js";
import { parseParts, parseSeed } from "../numbers.js";
import { type Target, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { expressionOf } from "./select.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

const HINT = "--into train=0.8,val=0.2, --into first=100,rest=20, or --into front=/C001/,side=/C00[23]/";

/** `split` for lists of records: parts as files, or with `--into` as named splits of one file. */
export async function splitLists(
  context: Context,
  open: OpenLists,
  name: string,
  handling: Handling,
  input: VerbInput,
  targetsOf: (count: number) => Promise<readonly Target[]>,
): Promise<ExitCode> {
  refuseOptions(input, ["along"], "a list of records");
  const [whole] = open.lists as [RecordList];
  const seed = parseSeed(textOption(input, "seed"));
  const by = textOption(input, "by");
  const into = textOption(input, "into");
  const sizes = textOption(input, "parts");
  if ((into === undefined) === (sizes === undefined)) throw new OptionError("either --parts or --into is needed", HINT);
  const parts = sizes === undefined ? [] : parseParts(sizes);
  const targets = into === undefined ? await targetsOf(parts.length) : [outputOf(open.layout, input)];
  await verifyFree(targets, handling);
  const lists = into === undefined ? await cut(whole, parts, { seed, by }) : [await divided(whole, into, { seed, by })];
  const savings = lists.map((list, index) => ({ target: targets[index] as Target, list }));
  const written = await saveLists(context, handling, input, savings);
  const { printer } = context;
  const splits = into === undefined ? undefined : splitSizes(lists[0] as RecordList);
  if (printer.json) {
    const outputs = written.map((file, index) => ({ ...file, kept: lists[index]?.length }));
    const report = { file: name, dataset: open.entry.id, total: whole.length, seed: seed ?? null, splits, outputs };
    await printer.document(jsonPieces(report, 2));
  } else
    for (const [index, file] of written.entries())
      printWritten(
        printer,
        file,
        splits ? splitsText(splits) : `${countLabel(lists[index]?.length ?? 0, "item")} of ${whole.length}`,
      );
  return EXIT.fine;
}

interface Manner {
  readonly seed: number | undefined;
  readonly by: string | undefined;
}

async function cut(whole: RecordList, parts: readonly number[], { seed, by }: Manner): Promise<RecordList[]> {
  const strata = by === undefined ? undefined : (await whole.values(by)).map(String);
  const indices = sized(() => dividedIndices(whole.length, parts, { seed, strata }));
  return Promise.all(indices.map((part) => whole.select(part)));
}

function sized<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Annotated(new OptionError(error.message), { hint: HINT });
  }
}

/** The list with splits of these sizes, or of items whose names match. */
async function divided(whole: RecordList, into: string, manner: Manner): Promise<RecordList> {
  const wanted = parseInto(into);
  const patterns = wanted.filter(([, what]) => what.startsWith("/"));
  if (patterns.length === 0) {
    const sizes = Object.fromEntries(wanted.map(([split, size]) => [split, parseParts(size)[0] as number]));
    try {
      return await whole.divide(sizes, manner);
    } catch (error) {
      if (error instanceof RangeError) throw new Annotated(new OptionError(`--into: ${error.message}`), { hint: HINT });
      throw error;
    }
  }
  if (patterns.length < wanted.length) throw new OptionError(`--into ${into}: either sizes or expressions`, HINT);
  const names = await whole.names();
  const splits = new Map<string, readonly string[]>(whole.splits);
  for (const [split, text] of patterns) {
    const expression = expressionOf(text.slice(1, -1), "--into");
    splits.set(split, [...new Set(names.filter((each) => expression.test(each)))]);
  }
  return whole.withSplits(new Map([...splits].map(([split, list]) => [split, present(list, names)])));
}

function present(list: readonly string[], names: readonly string[]): readonly string[] {
  const known = new Set(names);
  return list.filter((each) => known.has(each));
}

/** `NAME=WHAT` separated by commas; an expression between slashes may have commas in it. Throws `OptionError`. */
function parseInto(text: string): readonly (readonly [split: string, what: string])[] {
  const found: [string, string][] = [];
  const part = /([^=,]+)=(\/(?:\\.|[^/\\])*\/|[^,/]+)(?:,|$)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match) throw new OptionError(`--into ${text}: names with sizes or expressions are needed`, HINT);
    found.push([match[1] as string, match[2] as string]);
  }
  return found;
}

function splitSizes(list: RecordList): Readonly<Record<string, number>> {
  return Object.fromEntries([...list.splits].map(([split, names]) => [split, names.length]));
}

function splitsText(splits: Readonly<Record<string, number>>): string {
  return Object.entries(splits)
    .map(([split, size]) => `${split} ${size}`)
    .join(", ");
}
