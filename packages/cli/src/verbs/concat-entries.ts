import type { EntryDuplicates, FolderEntries } from "@somakit/core/engine/folder";
import { isFormatError } from "@somakit/core/errors";
import { entriesTarget, type OpenEntries, refuseForFolders, saveEntries } from "../entries.js";
import { Annotated, EXIT, type ExitCode, OptionError } from "../failure.js";
import { handlingOf } from "../handling.js";
import type { Written } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

/** `concat` for folders that are lists of entries, which are copied as they are. */
export async function concatEntries(
  context: Context,
  { entry, layout, what, folders }: OpenEntries,
  names: readonly string[],
  input: VerbInput,
): Promise<ExitCode> {
  refuseForFolders(input, ["along", "protocol"]);
  const handling = handlingOf(input);
  const target = await entriesTarget(layout, textOption(input, "output") as string, handling);
  const joined = join(folders, duplicatesOf(input));
  const [output] = await saveEntries(context, handling, [{ target, entries: joined }]);
  const { printer } = context;
  const total = joined.length;
  const dropped = folders.reduce((sum, { length }) => sum + length, 0) - total;
  if (dropped > 0) printer.note(`${what}: ${dropped} left out, as others have their names`);
  const report = { files: names, dataset: entry.id, total, dropped, output };
  if (printer.json) await printer.document(jsonPieces(report, 2));
  else printWritten(printer, output as Written, `${what}: ${total} of ${countLabel(names.length, "folder")}`);
  return EXIT.fine;
}

function duplicatesOf(input: VerbInput): EntryDuplicates {
  const wanted = textOption(input, "duplicates") ?? "error";
  if (wanted !== "keep") return wanted as EntryDuplicates;
  throw new OptionError("--duplicates keep: a folder has one entry of each name", "--duplicates renumber keeps all");
}

function join(folders: readonly FolderEntries[], duplicates: EntryDuplicates): FolderEntries {
  const [first, ...others] = folders as readonly [FolderEntries, ...FolderEntries[]];
  try {
    return first.concat(others, duplicates);
  } catch (error) {
    if (!isFormatError(error, "mismatch")) throw error;
    const hint =
      duplicates === "renumber"
        ? "only names with a number in them can be numbered anew; --duplicates first keeps one of each name"
        : "--duplicates renumber keeps all and counts on in their names, first keeps one of each name";
    throw new Annotated(error, { hint });
  }
}
