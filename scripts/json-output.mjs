// The page on what `--json` prints, docs/json-output.md, of the schemas in packages/cli/schemas/output.
//   node scripts/json-output.mjs [--check]
// Commands come in the order of docs/cli.md. --check writes nothing, and fails where the page is not up to date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson, root } from "./lib.mjs";

const FOLDER = "packages/cli/schemas/output";
const PAGE = join(root, "docs/json-output.md");
const COMMON = "urn:somakit:output:common#/$defs/";

const schemaOf = (name) => readJson(join(root, FOLDER, `${name}.json`));
const common = schemaOf("common");

/** Commands of one data set share a schema; what sets up a shell prints none. */
const listed = [...readFileSync(join(root, "docs/cli.md"), "utf8").matchAll(/^\| \[`([^`]+)`\]/gm)].map(
  ([, name]) => name,
);
const own = listed
  .map((name) => name.replace(" ", "-"))
  .filter((name) => existsSync(join(root, FOLDER, `${name}.json`)));
const jobs = listed.filter((name) => !own.includes(name.replace(" ", "-")) && name !== "completion");
const names = [...own, "job", "version"];

/** What a schema allows, in a few words. */
function typeText(schema) {
  if (schema.$ref !== undefined) return partText(schema.$ref);
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.oneOf) return schema.oneOf.map(typeText).join(", ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return schema.anyOf.map(typeText).join(" or ");
  const types = [schema.type ?? "anything"].flat();
  return types.map((type) => (type === "array" ? listText(schema) : type)).join(" or ");
}

function listText({ items, prefixItems }) {
  if (prefixItems) return `[${prefixItems.map(typeText).join(", ")}]`;
  return items ? `list of ${typeText(items)}` : "list";
}

const partText = (ref) => {
  const name = ref.split("/").at(-1);
  return ref.startsWith(COMMON) ? `[${name}](#${name.toLowerCase()})` : `*${name}*`;
};

/** Rows of an object, with those of the objects in it below. */
function rows(schema, path = "") {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const place = `${path}${key}`;
    const optional = schema.required?.includes(key) ? "" : " (may be absent)";
    const inner = objectIn(member);
    const type = inner ? typeText(member).replace(/\bobject\b/, "object") : typeText(member);
    return [
      `| \`${place}\` | ${type}${optional} | ${member.description ?? ""} |`,
      ...(inner ? rows(inner.schema, `${place}${inner.mark}.`) : []),
    ];
  });
}

/** The object that a member is, or that the items of a list are; undefined where it is a part of its own, or none. */
function objectIn(schema) {
  if (schema.properties) return { schema, mark: "" };
  if (schema.items?.properties) return { schema: schema.items, mark: "[]" };
  const found = schema.anyOf?.map(objectIn).find((inner) => inner !== undefined);
  return found;
}

function table(schema) {
  const lines = rows(schema);
  const text = lines.length === 0 ? [] : ["| member | type | meaning |", "| --- | --- | --- |", ...lines, ""];
  const more =
    typeof schema.additionalProperties === "object" && lines.length === 0
      ? [`Members: ${typeText(schema.additionalProperties)}.`, ""]
      : [];
  return [...text, ...more];
}

function part(name, schema) {
  const variants = (schema.anyOf ?? []).filter(({ properties }) => properties);
  const shown = variants.flatMap((variant) => [`${variant.description}`, "", ...table(variant)]);
  return [`*${name}*: ${schema.description ?? ""}`, "", ...table(schema), ...shown];
}

function section(name) {
  const { title, description, $defs } = schemaOf(name);
  const { document, batch, ...parts } = $defs;
  const others = document.description === description || document.anyOf === undefined ? "" : ` ${document.description}`;
  const choice = (document.anyOf ?? []).map(({ $ref }) => partText($ref)).join(", ");
  return [
    `## ${name === "job" ? jobs.join(", ") : title.replace("somakit ", "")}`,
    "",
    `${description}${others}${choice === "" ? "" : ` One of: ${choice}.`} Schema: [${name}.json](../${FOLDER}/${name}.json).`,
    "",
    ...(document.properties || document.anyOf || document.description === description
      ? []
      : [document.description, ""]),
    ...table(document),
    ...Object.entries(parts).flatMap(([key, schema]) => part(key, schema)),
    ...(batch
      ? [
          `Of several files: ${typeText({ type: "array" })} of \`{file, exit, skipped, result}\`, see [several files](#several-files).`,
          "",
        ]
      : []),
  ];
}

const exits = common.$defs.exit;
const intro = `# What --json prints

<!-- Made by \`node scripts/json-output.mjs\` of the schemas in ${FOLDER}. Do not edit. -->

With \`--json\` every command prints exactly one document of strict JSON to standard output, whether it succeeds or fails; everything
else goes to standard error. \`digest\` and \`schema init\` print JSON without it. Wrong options and arguments, which the command line
itself refuses, print nothing there.

Each document is described by a JSON Schema (draft 2020-12), and the tests of somakit check every document that they see against it.
The schemas ship in the package: \`@somakit/cli/schemas/output/info.json\` and so on, with what they share in \`common.json\`. They
are exact for their version of the package, members that they do not name do not occur; a later version may add some.

NaN and infinities, which JSON does not have, are texts, and so are whole numbers beyond 2^53 - 1.

    somakit --json info poses.npz | jq -r '.dataset.id // "unknown"'
    somakit --json validate data | jq -r '.files[] | select(.exit > 0) | .file'

## Exit codes

| code | meaning |
| --- | --- |
${exits.oneOf.map(({ const: code, description }) => `| ${code} | ${description} |`).join("\n")}

Of several files the highest one counts.

## Failures

A command that fails prints ${"`{file, error}`"} in place of its document; \`file\` is absent where the failure is about none.

${table(common.$defs.failed).join("\n")}
## Several files

Of several files, of a folder that is no data set and of a pattern, commands that work on each of them print a list, in the order of
the files: \`{"file": …, "exit": …, "result": …}\`. \`result\` is what the command prints for that file alone, a failure as well, and
null where it prints nothing. \`"skipped": true\` marks files that an earlier run has done, with \`--resume\`. \`validate\` prints one
document for all files.
`;

const shared = Object.entries(common.$defs)
  .filter(([, schema]) => schema.properties || schema.description)
  .filter(([name]) => name !== "failed")
  .flatMap(([name, schema]) => [
    `### ${name}`,
    "",
    `${schema.description} ${schema.properties ? "" : `${typeText(schema)}.`}`.trim(),
    "",
    ...table(schema),
  ]);

const body = [intro, ...names.flatMap(section), "## Shared parts", "", ...shared].join("\n");
const page = `${body.replaceAll(/\n{3,}/g, "\n\n").trimEnd()}\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(PAGE, "utf8") !== page) {
    console.error("docs/json-output.md is not what the schemas say: run node scripts/json-output.mjs");
    process.exit(1);
  }
} else writeFileSync(PAGE, page);
