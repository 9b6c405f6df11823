import type {
  ConvertConventionOptions,
  ConvertedMember,
  ConvertedRecord,
  KeypointMapping,
  Layout,
} from "@somakit/core";
import { convertConvention } from "@somakit/core/conventions";
import { isFormatError } from "@somakit/core/errors";
import {
  findConvention,
  mappingCounts,
  mappingJson,
  mappingTitle,
  namesText,
  standInNames,
} from "../convention-text.js";
import { type DataRecord, rootOf, withDataset } from "../dataset.js";
import { Annotated, EXIT, UsageError } from "../failure.js";
import { AS, FORCE, handlingOf, MISMATCHES, readOptions } from "../handling.js";
import { targetOf, verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { printWritten } from "../print/written.js";
import { saveRecord } from "../save.js";
import { FILES, OUTPUTS, textArgument, textOption, type Verb } from "./verb.js";

/** Names that a report lists before it is cut. */
const MOST_NAMES = 10;

export const conventionConvert: Verb = {
  name: "convention convert",
  summary: "Convert the keypoints of a file to another convention",
  details: [
    "Every array of keypoints, with its mask and the name of its convention. What is packed stays packed. Which convention the keypoints have is what the schema or the file says; --source-convention says otherwise.",
    "What is lost, missing and approximated is said on standard error. Keypoints that a mask left out already are not counted as dropped.",
  ],
  arguments: [FILES],
  batch: "each",
  options: [
    {
      flags: "--convention <name>",
      description: "convention of the keypoints that are written; somakit conventions lists them",
      required: true,
    },
    { flags: "--source-convention <name>", description: "convention that the keypoints have, whatever the file says" },
    { flags: "--approximate", description: "let keypoints nearby stand in for missing ones" },
    {
      flags: "--keys <names>",
      description: "only these keys, such as keypoints2d,keypoints3d; all keypoints when left out",
    },
    { flags: "--fail-on-loss", description: "write nothing and exit with 1 when keypoints would be dropped" },
    OUTPUTS,
    AS,
    MISMATCHES,
    FORCE,
  ],
  examples: [
    ["somakit convention convert poses.npz --convention coco -o coco.npz", "all keypoints"],
    [
      "somakit convention convert old.npz --source-convention smplx --convention human_data -o new.npz",
      "a file that names no convention",
    ],
  ],

  async run(context, input) {
    const { printer } = context;
    const name = textArgument(input, 0);
    const handling = handlingOf(input);
    const known = await context.conventions();
    const to = await findConvention(known, textOption(input, "convention") as string);
    const given = textOption(input, "sourceConvention");
    const from = given === undefined ? undefined : await findConvention(known, given);
    const { entry, layout, target, value, report } = await withDataset(context, name, handling.id, async (dataset) => {
      rootOf(dataset.layout);
      const output = targetOf(dataset.layout, textOption(input, "output") as string);
      await verifyFree([output], handling);
      const record = await dataset.file.read(readOptions(context, handling));
      const approximate = input.options["approximate"] === true;
      const keys = textOption(input, "keys")
        ?.split(",")
        .map((key) => key.trim());
      const options = { to, from, conventions: known.find, approximate, keys };
      const converted = await convert(dataset.layout, record, options);
      if (converted.report.length === 0)
        throw new UsageError("it has no arrays of keypoints", "convert --convention writes the people of a file anew");
      return { ...dataset, target: output, ...converted };
    });
    const groups = grouped(report);
    if (!printer.json) for (const group of groups) printGroup(printer, group);
    const refused = input.options["failOnLoss"] === true && report.some(({ dropped }) => dropped.length > 0);
    const written = refused
      ? undefined
      : await saveRecord(context, handling, layout, { target, record: value, form: "stored" });
    if (printer.json) {
      const converted = groups.map(({ paths, mapping, dropped }) => ({ paths, ...mappingJson(mapping), dropped }));
      await printer.document(jsonPieces({ file: name, dataset: entry.id, converted, output: written ?? null }, 2));
    } else if (written) printWritten(printer, written, `${countLabel(report.length, "array")} converted to ${to.name}`);
    if (refused) printer.problem(`somakit: ${name}: keypoints would be dropped; nothing was written (--fail-on-loss)`);
    return refused ? EXIT.invalid : EXIT.fine;
  },
};

async function convert(
  layout: Layout,
  record: DataRecord,
  options: ConvertConventionOptions,
): Promise<ConvertedRecord<DataRecord>> {
  try {
    return await convertConvention(layout, record, options);
  } catch (error) {
    if (!isFormatError(error, "missing", "mismatch", "unsupported")) throw error;
    if (error.code === "missing" && options.keys?.includes(error.path))
      throw new UsageError(`--keys ${error.path}: it ${error.reason}`);
    throw new Annotated(error, { hint: "--source-convention NAME says which convention the keypoints have" });
  }
}

/** Arrays that went the same way. */
interface Group extends Pick<ConvertedMember, "mapping" | "dropped"> {
  readonly paths: string[];
}

/** Data sets of thousands of clips have that many arrays, most of which go the same way. */
function grouped(report: readonly ConvertedMember[]): readonly Group[] {
  const groups = new Map<KeypointMapping, Map<string, Group>>();
  for (const { path, mapping, dropped } of report) {
    const same = groups.get(mapping) ?? new Map<string, Group>();
    groups.set(mapping, same);
    const group = same.get(dropped.join()) ?? { paths: [], mapping, dropped };
    same.set(dropped.join(), group);
    group.paths.push(path);
  }
  return [...groups.values()].flatMap((same) => [...same.values()]);
}

function printGroup(printer: Printer, { paths, mapping, dropped }: Group): void {
  const [first = ""] = paths;
  const more = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
  printer.note(styled("cyan", first), `${more}: ${mappingTitle(mapping)}: ${mappingCounts(mapping)}`);
  const most = printer.verbose ? Number.POSITIVE_INFINITY : MOST_NAMES;
  const lists = [
    ["dropped", dropped],
    ["missing", mapping.missing],
    ["approximated", standInNames(mapping)],
  ] as const;
  for (const [label, names] of lists) {
    if (names.length > 0) printer.note("  ", styled("dim", label), ` ${namesText(names, most)}`);
  }
}
