import { existsSync, readFileSync } from "node:fs";
import { type StructureRules, type StructureValidator, structureValidator } from "@somakit/core/gen/v1/structure";

/** Where the schemas of what `--json` prints are. */
export const OUTPUT_SCHEMAS: URL = new URL("../schemas/output/", import.meta.url);
const COMMON = "urn:somakit:output:common#";

export type OutputSchema = StructureRules & {
  readonly $id: string;
  readonly title: string;
  readonly description: string;
};

export function schemaNamed(name: string): OutputSchema {
  return JSON.parse(readFileSync(new URL(`${name}.json`, OUTPUT_SCHEMAS), "utf8")) as OutputSchema;
}

const known = new Map<string, StructureValidator>();

/** The check of a document, in which the parts that documents share are put into its schema. */
export function documentValidator(name: string): StructureValidator {
  let validator = known.get(name);
  if (!validator) {
    const schema = schemaNamed(name);
    const local = JSON.parse(
      JSON.stringify({ ...schema, $defs: { ...schemaNamed("common").$defs, ...schema.$defs } }).replaceAll(COMMON, "#"),
    ) as StructureRules;
    validator = structureValidator(local);
    known.set(name, validator);
  }
  return validator;
}

/** Commands that print JSON without `--json`. */
const ALWAYS: readonly string[] = ["digest", "schema-init"];
const TOPICS: readonly string[] = ["convention", "schema"];

/** The name of the schema of what a command line prints; undefined for what is no document, or of a command that has none. */
export function documentOf(args: readonly string[]): string | undefined {
  const options = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (options.includes("--help")) return undefined;
  const isJson = options.includes("--json");
  if (options.includes("--version")) return isJson ? "version" : undefined;
  const [first = "", second = ""] = options.filter(
    (word, at) => !word.startsWith("-") && options[at - 1] !== "--progress",
  );
  const name = TOPICS.includes(first) ? `${first}-${second}` : first;
  const schema = ["ntu", "openpose", "coco", "ply"].includes(name) ? "job" : name;
  if (!existsSync(new URL(`${schema}.json`, OUTPUT_SCHEMAS))) return undefined;
  return isJson || ALWAYS.includes(schema) ? schema : undefined;
}

/** What a command printed that its schema does not allow, in words; empty for what is no document. */
export function breaches(args: readonly string[], stdout: string): readonly string[] {
  const name = documentOf(args);
  if (name === undefined || stdout === "") return [];
  const validate = documentValidator(name);
  if (validate(JSON.parse(stdout))) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath || "(document)"}: ${message} ${JSON.stringify(params)}`;
  });
}
