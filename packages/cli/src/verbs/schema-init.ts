import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fileSink } from "@somakit/core/node";
import { about, EXIT, UsageError } from "../failure.js";
import { FORCE } from "../handling.js";
import { inferSchema } from "../infer/infer.js";
import { verifyFree } from "../output.js";
import { countLabel } from "../print/amount.js";
import { type Context, FILE, textOption, type Verb, type VerbInput } from "./verb.js";

export const schemaInit: Verb = {
  name: "schema init",
  summary: "Make a first schema of a data file or a folder",
  details: [
    "Names, element types, shapes, sizes that agree, attributes, numbered groups, sparse matrices, and the keys of the records in lists and streams, as they are in the file; of a folder, or an archive of one, what its files hold and which of them are numbered. Of several files what holds for all of them. Descriptions say what was seen and wait for what it means; a $comment says what it looks like.",
    "Without -o the schema goes to standard output. The files are valid under it, and written back as they are.",
  ],
  arguments: [
    { ...FILE, description: "paths of files and folders, http(s) URLs, or - for standard input", several: true },
  ],
  options: [
    {
      flags: "-o, --output <file>",
      description: "the schema to write, FOLDER/NAME.json; the folder is made where there is none",
    },
    { flags: "--name <name>", description: "name of the data set (default: that of the schema, or of the first file)" },
    FORCE,
  ],
  examples: [
    ["somakit schema init walk.npz -o schemas/walk.json", "a first schema"],
    ["somakit schema init day1.pkl day2.pkl", "what both have in common"],
    ["somakit schema init studio/ -o schemas/studio.json", "a folder of files"],
  ],

  async run(context, input) {
    const names = input.arguments[0] as readonly string[];
    const output = textOption(input, "output");
    if (output !== undefined) {
      if (!output.endsWith(".json")) throw new UsageError(`-o ${output}: a schema is a file NAME.json`);
      await verifyFree([{ path: output }], { force: input.options["force"] === true, foldersComing: true });
    }
    const schema = await inferSchema(context, names, nameOf(input, output ?? (names[0] as string)));
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (output === undefined) await context.printer.document([text.trimEnd()]);
    else await save(context, input, output, text);
    return EXIT.fine;
  },
};

/** Letters, digits, `-` and `_`: the file of a schema is named after it. */
function nameOf(input: VerbInput, path: string): string {
  const stated = textOption(input, "name");
  const found = stated ?? basename(path).replace(/(?:\.tar)?\.[^.]*$/, "");
  const name = found.replaceAll(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? "data" : name;
}

async function save({ printer, unfinished }: Context, input: VerbInput, path: string, text: string): Promise<void> {
  await about(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    const sink = await fileSink(path, { overwrite: input.options["force"] === true });
    unfinished.add(sink);
    await sink.append(new TextEncoder().encode(text));
    await sink.commit();
    unfinished.delete(sink);
  });
  printer.note(`${path}: ${countLabel(text.split("\n").length - 1, "line")}`);
}
