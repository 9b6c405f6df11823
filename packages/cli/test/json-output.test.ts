import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { EXIT } from "../src/failure.js";
import { EXIT_CODES } from "../src/help.js";
import { ABILITIES } from "../src/schema/abilities.js";
import { breaches, documentOf, documentValidator, OUTPUT_SCHEMAS, schemaNamed } from "./output-schema.js";
import { somakit } from "./run.js";
import { fixture, json, workFolder } from "./work-folder.js";

const work = workFolder();
const FULL = fixture("full.npz");
const LIST = fixture("../pyskl/ntu3d_f16_p2_np1.pkl");
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const names = readdirSync(OUTPUT_SCHEMAS).map((name) => name.replace(".json", ""));
const documents = names.filter((name) => name !== "common");

/** What the interpreter of schemas knows; anything else would be passed over without a word. */
const KEYWORDS = new Set(
  "$schema $id $ref $defs title description type enum const minimum maximum pattern minItems maxItems prefixItems items required properties additionalProperties anyOf oneOf".split(
    " ",
  ),
);

function* schemasIn(schema: unknown): Generator<Record<string, unknown>> {
  if (typeof schema !== "object" || schema === null) return;
  const rules = schema as Record<string, unknown>;
  yield rules;
  const lists = ["prefixItems", "anyOf", "oneOf"].flatMap((key) => (rules[key] as unknown[] | undefined) ?? []);
  const maps = ["$defs", "properties"].flatMap((key) => Object.values(rules[key] ?? {}) as unknown[]);
  for (const inner of [...lists, ...maps, rules["items"], rules["additionalProperties"]]) yield* schemasIn(inner);
}

describe.each(names)("the schema %s.json", (name) => {
  const schema = schemaNamed(name);

  test("has a name, and keywords that are understood", () => {
    expect(schema.$id).toBe(`urn:somakit:output:${name}`);
    for (const rules of schemasIn(schema))
      for (const keyword of Object.keys(rules)) expect([keyword, KEYWORDS.has(keyword)]).toEqual([keyword, true]);
  });

  test("lets objects have the members only that it names, and refers to parts that there are", () => {
    const parts = { "#": schema.$defs, "urn:somakit:output:common#": schemaNamed("common").$defs } as const;
    for (const rules of schemasIn(schema)) {
      if (rules["properties"]) expect(rules["additionalProperties"]).toBeDefined();
      const [home = "", part = ""] = (rules["$ref"] as string | undefined)?.split("/$defs/") ?? [];
      if (home !== "") expect(Object.keys(parts[home as "#"] ?? {})).toContain(part);
    }
  });
});

test("every command has one, but for what sets up a shell", async () => {
  const { stdout } = await somakit(["markdown-help"]);
  const listed = [...stdout.matchAll(/^\| \[`([^`]+)`\]/gm)].map(([, name]) => name as string);
  expect(listed.length).toBeGreaterThan(20);
  for (const name of listed.filter((each) => each !== "completion"))
    expect([name, documentOf(["--json", ...name.split(" ")])]).not.toEqual([name, undefined]);
  const used = new Set(listed.map((name) => documentOf(["--json", ...name.split(" ")])));
  expect(documents.filter((name) => !used.has(name))).toEqual(["version"]);
});

test("the page is what the schemas say", () => {
  const { stderr, status } = spawnSync(process.execPath, ["scripts/json-output.mjs", "--check"], { cwd: ROOT });
  expect([String(stderr), status]).toEqual(["", 0]);
});

test("exit codes are those of the command, in the same words as in its help", () => {
  const { oneOf = [] } = (schemaNamed("common").$defs?.["exit"] ?? {}) as {
    oneOf?: { const: number; description: string }[];
  };
  expect(oneOf.map(({ const: code }) => code)).toEqual(Object.values(EXIT));
  for (const [code, meaning] of EXIT_CODES.filter(([each]) => each.length === 1))
    expect(oneOf.find((one) => String(one.const) === code)?.description).toBe(meaning);
});

test("what data sets can do are the words of the command", () => {
  const schema = JSON.stringify(schemaNamed("formats"));
  expect(schema).toContain(JSON.stringify(Object.keys(ABILITIES)));
});

describe("a document that is not as its schema says is found", () => {
  const summary = async (): Promise<Record<string, unknown>> => json(["info", FULL]);

  test.each([
    ["a member that is not named", { odd: 1 }],
    ["another type", { bytes: "many" }],
    ["a word that is not one of those", { container: "tape" }],
    ["a part of another form", { keys: [{ key: "a", kind: "array", shape: [-1] }] }],
  ])("%s", async (_, change) => {
    const document = await summary();
    expect(breaches(["--json", "info"], JSON.stringify(document))).toEqual([]);
    expect(breaches(["--json", "info"], JSON.stringify({ ...document, ...change }))).not.toEqual([]);
  });

  test("a member that is missing", async () => {
    const { keys: _, ...document } = await summary();
    expect(breaches(["--json", "info"], JSON.stringify(document))).not.toEqual([]);
  });
});

/** Command lines by the schema of what they print; `somakit` checks what that is. */
const lines: readonly (readonly [schema: string, line: readonly string[], exit?: number])[] = [
  ["info", ["info", FULL]],
  ["info", ["info", "--levels", "all", FULL]],
  ["info", ["info", FULL, fixture("bad_truncated.npz")], 3],
  ["info", ["info", fixture("../bodycompress/basic.xz")]],
  ["info", ["info", fixture("npy_headers.npz")]],
  ["validate", ["validate", FULL, fixture("bad_crc.npz"), "/nowhere"], 3],
  ["show", ["show", FULL, "meta"]],
  ["show", ["show", FULL, "nope"], 2],
  ["show", ["show", fixture("dtypes.npz")]],
  ["stats", ["stats", FULL]],
  ["stats", ["stats", LIST]],
  ["stats", ["stats", fixture("../bodycompress/truncated.xz")], 3],
  ["digest", ["digest", FULL]],
  ["diff", ["diff", FULL, fixture("full.pkl")]],
  ["diff", ["diff", FULL, fixture("multi.npz")], 1],
  ["slice", ["slice", FULL, "0:2", "-o", "@slice.npz"]],
  ["select", ["select", LIST, "--match", ".", "-o", "@select.pkl"]],
  ["split", ["split", FULL, "--parts", "0.5,0.5", "-o", "@part-{}.npz"]],
  ["split", ["split", LIST, "--into", "few=1,rest=0", "-o", "@into.pkl"]],
  ["concat", ["concat", FULL, FULL, "-o", "@concat.npz"]],
  ["concat", ["concat", LIST, LIST, "--duplicates", "first", "-o", "@lists.pkl"]],
  ["convention-convert", ["convention", "convert", FULL, "--convention", "coco", "-o", "@coco.npz"]],
  ["convert", ["convert", FULL, "--to", "pyskl", "-o", "@clips.pkl", "--convention", "coco", "--dry-run"], 2],
  ["convert", ["convert", fixture("../bodycompress/basic.xz"), "-o", "@points.csv"]],
  ["convert", ["convert", fixture("../bodycompress/basic.xz"), "--to", "npz", "-o", "@points.npz"]],
  ["compress", ["compress", FULL, "-o", "@packed.npz"]],
  ["decompress", ["decompress", fixture("../bodycompress/basic.xz"), "-o", "@arrays.npz"]],
  ["upgrade", ["upgrade", fixture("legacy_like.npz")], 1],
  ["render", ["render", FULL, "-o", "@picture.svg"]],
  ["repair", ["repair", fixture("../bodycompress/unfinished.xz"), "--dry-run"]],
  ["conventions", ["conventions"]],
  ["conventions", ["conventions", "coco"]],
  ["conventions", ["conventions", "smpl", "coco", "--approximate"]],
  ["formats", ["formats"]],
  ["generate", ["generate", "@schemas", "-o", "@code"]],
  ["schema-init", ["schema", "init", FULL]],
  ["schema-check", ["schema", "check", "@schemas"]],
  ["schema-check", ["schema", "check", "@faulty"], 1],
  ["schema-diff", ["schema", "diff", "@schemas", "@later"]],
  ["version", ["--version"]],
];

describe("documents", () => {
  test.each(lines.map(([schema, line, exit]) => ({ schema, line, exit })))(
    "of $schema: $line",
    async ({ schema, line, exit }) => {
      prepared();
      const args = ["--json", ...line.map((word) => (word.startsWith("@") ? work.path(word.slice(1)) : word))];
      expect(documentOf(args)).toBe(schema);
      const { code, stdout, stderr } = await somakit(args);
      // The command line itself refuses what it cannot read, and prints no document.
      expect({ code, stderr: exit === undefined ? "" : stderr }).toMatchObject({ code: exit ?? code });
      if (exit === undefined) expect([0, 1]).toContain(code);
      expect(documentValidator(schema)(JSON.parse(stdout))).toBe(true);
    },
  );
});

let isPrepared = false;

/** Folders of schemas: one, the same with a change, and a faulty one. */
function prepared(): void {
  if (isPrepared) return;
  isPrepared = true;
  const schema = {
    $schema: "urn:somakit:dialect:1",
    $id: "urn:example:walk:1",
    title: "Walk",
    description: "Somebody walks.",
    type: "object",
    container: "json",
    detect: [["steps"]],
    properties: { steps: { description: "How many.", type: "integer" } },
  };
  for (const [folder, content] of [
    ["schemas", schema],
    ["later", { ...schema, required: ["steps"] }],
    ["faulty", { ...schema, propertis: {} }],
  ] as const) {
    mkdirSync(work.path(folder), { recursive: true });
    writeFileSync(work.path(`${folder}/walk.json`), JSON.stringify(content));
  }
  expect(readFileSync(work.path("schemas/walk.json"), "utf8")).toContain("Walk");
}
