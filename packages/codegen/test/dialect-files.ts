import { readFileSync } from "node:fs";
import { join } from "node:path";
import { VOCABULARIES } from "../src/dialect/editor.js";
import type { JsonObject } from "../src/ir.js";

/** The folder of all schemas of the repository. */
export const SCHEMAS: string = join(import.meta.dirname, "../../../schemas");

/** Set `UPDATE_GOLDEN=1` to write what tests compare with. */
export const UPDATE: boolean = process.env["UPDATE_GOLDEN"] === "1";

/** The written files of the dialect; `editor.json` is made from them. */
export const WRITTEN: readonly string[] = ["dialect.json", ...VOCABULARIES, "convention.json", "list.json"];

export function readDialect(): Record<string, JsonObject> {
  const entries = WRITTEN.map((name) => {
    return [name, JSON.parse(readFileSync(join(SCHEMAS, "dialect", name), "utf8")) as JsonObject] as const;
  });
  return Object.fromEntries(entries);
}

/** The dialect as a module, so that the published generator carries it. */
export function dialectModule(files: Readonly<Record<string, JsonObject>>): string {
  return `// Made from schemas/dialect by test/dialect.test.ts (UPDATE_GOLDEN=1). Do not edit.
import type { JsonObject } from "../ir.js";

/** Files of the dialect by name. */
export const dialectFiles: Readonly<Record<string, JsonObject>> = ${JSON.stringify(files, null, 2)};
`;
}
