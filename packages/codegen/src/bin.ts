#!/usr/bin/env node
// How this repository generates its own formats: the command line cannot, as it is built on them. Everybody else uses
// `somakit generate`.
import { parseArgs } from "node:util";
import { generateFolder } from "./folder.js";
import { formatProblems } from "./project.js";

const { values } = parseArgs({
  options: {
    schemas: { type: "string" },
    out: { type: "string" },
    docs: { type: "string" },
    exclude: { type: "string", multiple: true },
    check: { type: "boolean", default: false },
  },
});
const { schemas, out, docs, exclude, check } = values;
if (schemas === undefined || out === undefined) {
  console.error("usage: bin.js --schemas FOLDER --out FOLDER [--docs FOLDER] [--exclude NAME]… [--check]");
  process.exit(2);
}
const report = await generateFolder({ schemas, out, docs, exclude, check, conventions: null });
if (report.problems.length > 0) console.error(formatProblems(report.problems));
for (const word of ["missing", "changed", "orphaned"] as const) {
  for (const path of report[word]) console.log(`${check ? word : word === "orphaned" ? "removed" : "written"} ${path}`);
}
console.log(`${report.unchanged} unchanged`);
process.exitCode = report.ok ? 0 : 1;
