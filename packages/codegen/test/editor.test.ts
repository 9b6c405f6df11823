import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { getLanguageService, TextDocument } from "vscode-json-languageservice";
import { dialectFiles } from "../src/dialect/dialect.gen.js";
import { SCHEMAS } from "./dialect-files.js";

/** Keywords of ours, with what is said of them. */
const OURS = ["array", "checks", "policy", "skeleton", "storage"].flatMap((name) => {
  const properties = (dialectFiles[`${name}.json`]?.["properties"] ?? {}) as Record<string, { description: string }>;
  return Object.entries(properties).map(([keyword, { description }]) => [keyword, description] as const);
});

const ROOT = pathToFileURL(`${SCHEMAS}/`).href;

/** What VS Code and the editors that share its JSON service do with a file whose `$schema` is a relative path. */
const service = getLanguageService({
  schemaRequestService: (uri) => {
    return uri.startsWith("file:") ? readFile(fileURLToPath(uri), "utf8") : Promise.reject(new Error(`no ${uri}`));
  },
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});
service.configure({ validate: true, allowComments: false });

interface Opened {
  readonly document: TextDocument;
  readonly cursor: number;
}

/** `|` in `text` is the cursor. */
function edit(text: string): Opened {
  const document = TextDocument.create(`${ROOT}mine/mine.json`, "json", 1, text.replace("|", ""));
  return { document, cursor: text.indexOf("|") };
}

async function complete(text: string): Promise<Map<string, unknown>> {
  const { document, cursor } = edit(text);
  const found = await service.doComplete(document, document.positionAt(cursor), service.parseJSONDocument(document));
  return new Map(found?.items.map((item) => [item.label, item.documentation]));
}

async function problems(text: string): Promise<string[]> {
  const { document } = edit(text);
  const found = await service.doValidation(document, service.parseJSONDocument(document), {});
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

const schema = (property: string, more = "") => `{
  "$schema": "../dialect/editor.json",
  "title": "Mine", "description": "Mine.", "type": "object", "container": "npz"${more},
  "properties": { "x": { ${property} } }
}`;

describe("an editor given $schema", () => {
  it("offers ndarray inside a property, with its documentation", async () => {
    const offered = await complete(schema("|"));
    expect(offered.get("ndarray")).toMatch(/^The value is an array: its element types and its shape/);
    expect([...offered.keys()]).toEqual(expect.arrayContaining(["type", "dims", "keypoints", "stored", "encoding"]));
  });

  it.each(OURS)("explains %s where the pointer rests on it", async (keyword, description) => {
    const isRoot = ["container", "detect", "records", "profiles"].includes(keyword);
    const text = isRoot
      ? `{ "$schema": "../dialect/editor.json", "|${keyword}": null }`
      : schema(`"description": "X.", "|${keyword}": null`);
    const { document, cursor } = edit(text);
    const hover = await service.doHover(document, document.positionAt(cursor), service.parseJSONDocument(document));
    // Markdown escapes what it would take for markup.
    const shown = JSON.stringify(hover?.contents).replaceAll("\\\\", "");
    expect(shown).toContain(description.slice(0, 20));
  });

  it.each([
    ["dtypes", schema('"ndarray": { "dtype": | }'), ['"float32"', '"complex128"']],
    ["roles", schema('"type": "object", "dims": { "N": { "role": | } }'), ['"frame"', '"keypoint"']],
    ["codecs", schema('"encoding": [{ "codec": | }]'), ['"mask-pack"', '"delta"']],
    ["keys of a codec", schema('"encoding": [{ "codec": "mask-pack", | }]'), ["axis", "mask", "when"]],
    ["units", schema('"unit": |'), ['"px"', '"rad"']],
    ["stored forms", schema('"stored": { "as": | }'), ['"scalar-array"', '"tuple"']],
    ["types", schema('"type": |'), ['"object"', '"integer"']],
    ["keywords inside items", schema('"type": "array", "items": { | }'), ["ndarray", "prefixItems"]],
    ["keywords inside $defs", schema("", ', "$defs": { "A": { "anyOf": [{ | }] } }'), ["ndarray", "const"]],
  ])("offers %s", async (_, text, expected) => {
    expect([...(await complete(text)).keys()]).toEqual(expect.arrayContaining(expected));
  });

  it("offers container, detect and profiles at the root only", async () => {
    const root = await complete('{ "$schema": "../dialect/editor.json", | }');
    const inside = await complete(schema("|"));
    for (const keyword of ["container", "detect", "profiles", "$defs"]) {
      expect([...root.keys()]).toContain(keyword);
      expect([...inside.keys()]).not.toContain(keyword);
    }
  });

  it.each([
    ["a misspelt keyword", schema('"ndaray": {}'), "4: Property ndaray is not allowed."],
    ["one inside a list", schema('"type": "array", "items": { "leng": 1 }'), "4: Property leng is not allowed."],
    [
      "an unknown dtype",
      schema('"ndarray": { "dtype": "flot32", "shape": [] }'),
      "4: Value is not accepted. Valid values: ",
    ],
    [
      "an unknown dtype in a list",
      schema('"ndarray": { "dtype": ["flot32"], "shape": [] }'),
      "4: Value is not accepted. Valid values: ",
    ],
    [
      "a wrong size",
      schema('"ndarray": { "dtype": "int8", "shape": ["N "] }'),
      '4: A whole number, a symbol, "*" or "...".',
    ],
    ["a missing key", schema('"ndarray": { "dtype": "int8" }'), '4: Missing property "shape".'],
    [
      "ndarray beside type",
      schema('"type": "object", "ndarray": { "dtype": "int8", "shape": [] }'),
      "4: Property type is not allowed.",
    ],
    ["a root keyword further in", schema('"container": "npz"'), "4: Property container is not allowed."],
  ])("flags %s", async (_, text, expected) => {
    expect(await problems(text)).toEqual([expect.stringContaining(expected)]);
  });

  it("has nothing against a good schema", async () => {
    const property = `"description": "Keypoints.", "keypoints": { "axis": 1, "convention": { "field": "{key}_convention" } },
      "ndarray": { "dtype": ["float32", "float64"], "shape": ["N", 190, "*"] }, "unit": "px",
      "encoding": [{ "codec": "mask-pack", "axis": 1, "mask": "m" }, { "codec": "with-factor" }]`;
    expect(await problems(schema(property, ', "dims": { "N": { "role": "frame", "size": [1, 2] } }'))).toEqual([]);
  });

  it("completes and checks convention files", async () => {
    const text =
      '{ "$schema": "../dialect/convention.json", "name": "a", "description": "A.", "keypoints": [{ "name": "x", | }] }';
    expect([...(await complete(text)).keys()]).toEqual(["mirror", "aliases", "approximations", "parts"]);
    expect(await problems(text.replace(", |", ', "mirrored": "y"'))).toEqual(["1: Property mirrored is not allowed."]);
  });

  // Why there is an editor.json at all. When this fails, the service has learnt to follow the dialect itself.
  it("gets nothing from dialect.json itself", async () => {
    const text = schema('"ndaray": {}').replace("editor.json", "dialect.json");
    expect(await problems(text)).toEqual([
      expect.stringContaining("Unable to load schema from 'urn:somakit:dialect:1:"),
    ]);
  });
});
