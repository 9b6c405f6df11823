import { join } from "node:path";
import type { Problem } from "@somakit/codegen";
import { about, EXIT } from "../failure.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printProblems } from "../schemas/problems.js";
import type { Verb } from "./verb.js";

export const schemaCheck: Verb = {
  name: "schema check",
  summary: "Say what is wrong with schemas",
  details: [
    "Of a folder everything below it is checked, of a file what it refers to as well, with the conventions and lists beside it. Each fault stands in one line as file:line:column, with the pointer and, where there is one, the keyword that was meant.",
  ],
  arguments: [{ name: "path", description: "a folder of schemas, or a schema", required: true, several: true }],
  options: [{ flags: "--strict", description: "warnings count as well" }],
  examples: [
    ["somakit schema check schemas", "a folder"],
    ["somakit --json schema check walk.json", "a file, for programs"],
  ],

  async run({ printer }, { arguments: [paths], options }) {
    const { loadSchemas } = await import("@somakit/codegen");
    const problems: Problem[] = [];
    let datasets = 0;
    for (const path of paths as readonly string[]) {
      const { folder, project } = await about(path, () => loadSchemas(path));
      problems.push(...project.problems.map((problem) => ({ ...problem, file: join(folder, problem.file) })));
      datasets += project.datasets.length;
    }
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const warnings = problems.length - errors;
    if (printer.json) await printer.document(jsonPieces({ datasets, errors, warnings, problems }, 2));
    else {
      printProblems(printer, problems);
      const found = `${countLabel(errors, "error")}, ${countLabel(warnings, "warning")}`;
      printer.line(`${countLabel(datasets, "data set")}: ${found}`);
    }
    return errors > 0 || (options["strict"] === true && warnings > 0) ? EXIT.invalid : EXIT.fine;
  },
};
