import { EXIT } from "../failure.js";
import { jsonPieces } from "../print/json.js";
import { tableLines } from "../print/table.js";
import type { Verb } from "./verb.js";

export const formats: Verb = {
  name: "formats",
  summary: "List the data sets that are known",
  details: ["Files are recognised by their content. The names in the first column are what --as takes."],
  arguments: [],
  options: [],
  examples: [["somakit formats", "all data sets with their containers and file name endings"]],

  async run({ printer, registry }) {
    const entries = await registry();
    if (printer.json) {
      const list = entries.map(({ id, title, description, containers, extensions }) => ({
        id,
        title,
        description,
        containers,
        extensions,
      }));
      await printer.document(jsonPieces({ formats: list }, 2));
      return EXIT.fine;
    }
    const rows = entries.map(({ id, title, containers, extensions }) => [
      id,
      title,
      containers.join(", "),
      extensions.join(", "),
    ]);
    const columns = [
      { title: "name", style: "bold" },
      { title: "data set" },
      { title: "containers" },
      { title: "endings" },
    ] as const;
    for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
    return EXIT.fine;
  },
};
