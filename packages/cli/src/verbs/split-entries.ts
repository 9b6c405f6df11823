import { dividedIndices } from "@somakit/core/engine/collection";
import type { FolderEntries } from "@somakit/core/engine/folder";
import { entriesLabel, entriesTarget, type OpenEntries, refuseForFolders, saveEntries } from "../entries.js";
import { EXIT, type ExitCode, OptionError } from "../failure.js";
import { handlingOf } from "../handling.js";
import { parseParts, parseSeed } from "../numbers.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type Context, textArgument, textOption, type VerbInput } from "./verb.js";

const HINT = "--parts 0.8,0.2 for fractions, --parts 100,20 for counts";

/** `split` for folders that are lists of entries: parts as folders, or as archives. */
export async function splitEntries(
  context: Context,
  { entry, layout, what, folders }: OpenEntries,
  input: VerbInput,
  pathsFor: (count: number) => Promise<readonly string[]>,
): Promise<ExitCode> {
  refuseForFolders(input, ["along", "by", "into", "protocol"]);
  const [whole] = folders as readonly [FolderEntries];
  const handling = handlingOf(input);
  const sizes = textOption(input, "parts");
  if (sizes === undefined) throw new OptionError("--parts is needed", HINT);
  const parts = parseParts(sizes);
  const seed = parseSeed(textOption(input, "seed"));
  const targets = await Promise.all(
    (await pathsFor(parts.length)).map((path) => entriesTarget(layout, path, handling)),
  );
  const savings = divided(whole, parts, seed).map((entries, index) => {
    return { target: targets[index] as (typeof targets)[number], entries };
  });
  const written = await saveEntries(context, handling, savings);
  const { printer } = context;
  const kept = savings.map(({ entries }) => entries.length);
  if (printer.json) {
    const outputs = written.map((file, index) => ({ ...file, kept: kept[index] }));
    const report = { file: textArgument(input, 0), dataset: entry.id, along: what, total: whole.length };
    await printer.document(jsonPieces({ ...report, seed: seed ?? null, outputs }, 2));
  } else
    for (const [index, file] of written.entries())
      printWritten(printer, file, entriesLabel(kept[index] as number, whole.length, what));
  return EXIT.fine;
}

function divided(whole: FolderEntries, parts: readonly number[], seed: number | undefined): FolderEntries[] {
  try {
    return dividedIndices(whole.length, parts, { seed }).map((indices) => whole.select(indices));
  } catch (error) {
    if (error instanceof RangeError) throw new OptionError(`--parts: ${error.message}`, HINT);
    throw error;
  }
}
