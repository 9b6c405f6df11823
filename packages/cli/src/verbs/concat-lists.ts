import type { Duplicates } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import { type OpenLists, outputOf, type RecordList, refuseOptions, saveLists } from "../collection.js";
import { Annotated, EXIT, type ExitCode, OptionError } from "../failure.js";
import type { Handling } from "../handling.js";
import { verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

/** `concat` for lists of records: all items, arrays copied from file to file. */
export async function concatLists(
  context: Context,
  { entry, layout, lists }: OpenLists,
  names: readonly string[],
  handling: Handling,
  input: VerbInput,
): Promise<ExitCode> {
  refuseOptions(input, ["along"], "a list of records");
  const target = outputOf(layout, input);
  await verifyFree([target], handling);
  const [first, ...others] = lists as [RecordList, ...RecordList[]];
  const wanted = textOption(input, "duplicates") ?? "error";
  if (wanted === "renumber")
    throw new OptionError("--duplicates renumber is for folders", "--duplicates keep keeps all items of a list");
  const duplicates = wanted as Duplicates;
  const joined = await first.concat(others, { duplicates }).catch((error: unknown) => {
    if (!isFormatError(error, "mismatch") || duplicates !== "error") throw error;
    throw new Annotated(error, { hint: "--duplicates first keeps one item of each name" });
  });
  const [written] = await saveLists(context, handling, input, [{ target, list: joined }]);
  const { printer } = context;
  const total = joined.length;
  const dropped = lists.reduce((sum, { length }) => sum + length, 0) - total;
  if (dropped > 0) printer.note(`${countLabel(dropped, "item")} left out, as others have their names`);
  const report = { files: names, dataset: entry.id, total, dropped, output: written };
  if (printer.json) await printer.document(jsonPieces(report, 2));
  else if (written)
    printWritten(printer, written, `${countLabel(total, "item")} of ${countLabel(names.length, "file")}`);
  return EXIT.fine;
}
