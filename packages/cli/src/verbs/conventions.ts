import type { Convention, KeypointMapping } from "@somakit/core";
import { keypointMapping } from "@somakit/core/conventions";
import {
  findConvention,
  mappingCounts,
  mappingJson,
  mappingTitle,
  namesText,
  standInNames,
} from "../convention-text.js";
import { EXIT, type ExitCode, OptionError } from "../failure.js";
import { jsonPieces } from "../print/json.js";
import { type Printer, styled } from "../print/printer.js";
import { tableLines } from "../print/table.js";
import type { Context, Verb } from "./verb.js";

export const conventions: Verb = {
  name: "conventions",
  summary: "List keypoint conventions, show one, or compare two",
  details: [
    "A convention says which keypoint each position along a keypoint axis is. The same name is the same place on the body in every convention.",
    "Of two, the keypoints that go from the first to the second are listed, then those of the first that are lost and those of the second that get nothing.",
  ],
  arguments: [
    { name: "name", description: "a convention, to be shown", required: false },
    { name: "other", description: "another one, to be compared with it", required: false },
  ],
  options: [
    { flags: "--approximate", description: "let keypoints nearby stand in for missing ones when two are compared" },
  ],
  examples: [
    ["somakit conventions", "all of them"],
    ["somakit conventions coco", "its keypoints in order"],
    ["somakit conventions smpl coco --approximate", "what converting SMPL's keypoints to COCO's keeps"],
  ],

  async run(context, input) {
    const [name, other] = input.arguments as readonly (string | undefined)[];
    const known = await context.conventions();
    const approximate = input.options["approximate"] === true;
    if (approximate && other === undefined)
      throw new OptionError("--approximate needs two conventions", "somakit conventions smpl coco --approximate");
    if (name === undefined) return list(context);
    const convention = await findConvention(known, name);
    if (other === undefined) return show(context, convention);
    return compare(context, keypointMapping(convention, await findConvention(known, other), { approximate }));
  },
};

async function list({ printer, conventions: load }: Context): Promise<ExitCode> {
  const { entries } = await load();
  const all = await Promise.all(
    entries.map(async ({ name, size, load: loadOne }) => ({
      name,
      keypoints: size,
      description: (await loadOne()).description,
    })),
  );
  if (printer.json) {
    await printer.document(jsonPieces({ conventions: all }, 2));
    return EXIT.fine;
  }
  const columns = [
    { title: "name", style: "bold" },
    { title: "keypoints", align: "right" },
    { title: "description" },
  ] as const;
  const rows = all.map(({ name, keypoints, description }) => [name, String(keypoints), description]);
  for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
  return EXIT.fine;
}

async function show({ printer }: Context, convention: Convention): Promise<ExitCode> {
  if (printer.json) {
    await printer.document(jsonPieces(convention, 2));
    return EXIT.fine;
  }
  const { name, description, keypoints, limbs } = convention;
  printer.line(styled("bold", name), `: ${description}`);
  printer.line("");
  const columns = [
    { title: "index", align: "right" },
    { title: "keypoint", style: "cyan" },
    { title: "mirror" },
    { title: "parts" },
    { title: "former names" },
    { title: "stand-ins" },
  ] as const;
  const rows = keypoints.map(({ name: keypoint, mirror, parts, aliases, approximations }, index) => [
    String(index),
    keypoint,
    mirror ?? "",
    parts?.join(", ") ?? "",
    aliases?.join(", ") ?? "",
    approximations?.join(", ") ?? "",
  ]);
  for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
  if (limbs.length > 0) printer.line("");
  for (const { part, color, edges } of limbs) {
    const lines = edges.map(([from, to]) => `${from} - ${to}`).join(", ");
    printer.line(styled("dim", `limb ${part ?? ""}${color ? ` (${color.join(" ")})` : ""}`), `  ${lines}`);
  }
  return EXIT.fine;
}

async function compare({ printer }: Context, mapping: KeypointMapping): Promise<ExitCode> {
  if (printer.json) await printer.document(jsonPieces(mappingJson(mapping), 2));
  else printMapping(printer, mapping);
  return EXIT.fine;
}

function printMapping(printer: Printer, mapping: KeypointMapping): void {
  const { from, to, pairs, lost, missing } = mapping;
  printer.line(styled("bold", mappingTitle(mapping)), `: ${mappingCounts(mapping)}`);
  printer.line("");
  const columns = [
    { title: from.name, align: "right" },
    { title: to.name, align: "right" },
    { title: "keypoint", style: "cyan" },
    { title: "taken from" },
  ] as const;
  const rows = pairs.map((pair) => {
    const [source = "", target = ""] = [from.keypoints[pair.from]?.name, to.keypoints[pair.to]?.name];
    return [String(pair.from), String(pair.to), target, source === target ? "" : source];
  });
  for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
  const lists = [
    ["lost", lost],
    ["missing", missing],
    ["approximated", standInNames(mapping)],
  ] as const;
  for (const [label, names] of lists) {
    if (names.length === 0) continue;
    printer.line("");
    printer.line(styled("dim", label), `  ${namesText(names, Number.POSITIVE_INFINITY)}`);
  }
}
