// biome-ignore-all lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { editorSchema, keywordsOf } from "../src/dialect/editor.js";
import type { Json, JsonObject } from "../src/ir.js";
import { checkSchema } from "../src/load/dialect.js";
import { ROOT_KEYWORDS, STORAGE_KEYWORDS } from "../src/load/keywords.js";
import { isObject, member } from "../src/load/shape.js";
import { dialectModule, readDialect, SCHEMAS, UPDATE } from "./dialect-files.js";
import { filesIn } from "./project-files.js";

const files = readDialect();
const keywords = keywordsOf(files);
const EDITOR = join(SCHEMAS, "dialect/editor.json");
const MODULE = join(import.meta.dirname, "../src/dialect/dialect.gen.ts");

describe("the dialect's files", () => {
  it("are carried by the generator as they are", () => {
    const module = dialectModule(files);
    if (UPDATE) writeFileSync(MODULE, module);
    expect(readFileSync(MODULE, "utf8")).toBe(module);
  });

  it("make editor.json", () => {
    const made = editorSchema(files);
    if (UPDATE) writeFileSync(EDITOR, `${JSON.stringify(made, null, 2)}\n`);
    // As data: how the file is laid out is up to the formatter.
    expect(JSON.stringify(JSON.parse(readFileSync(EDITOR, "utf8")))).toBe(JSON.stringify(made));
  });

  it("know the keywords that the generator treats specially", () => {
    for (const keyword of [...ROOT_KEYWORDS, ...STORAGE_KEYWORDS]) expect([...keywords.keys()]).toContain(keyword);
  });
});

describe("documentation in the dialect", () => {
  const documented = [...keywords].flatMap(([keyword, schema]) => everyKey(keyword, schema));
  const convention = everyKey("convention", files["convention.json"] ?? {}).slice(1);
  const list = everyKey("list", files["list.json"] ?? {}).slice(1);

  it.each([...documented, ...convention, ...list])("%s has title, description and examples", (_, schema) => {
    expect(schema).toMatchObject({ title: expect.any(String), description: expect.stringMatching(/\S.*[.]$/) });
    expect(member(schema, "examples")).toEqual(expect.any(Array));
  });
});

/** A keyword and the documented keys inside its value. */
function everyKey(name: string, schema: Json): [string, Json][] {
  const inside: [string, Json][] = [];
  visit(schema, (node) => {
    for (const [key, value] of Object.entries(isObject(node["properties"]) ? node["properties"] : {})) {
      if (isObject(value)) inside.push([`${name}.${key}`, value]);
    }
  });
  return [[name, schema], ...inside];
}

function visit(value: Json, see: (node: { [key: string]: Json }) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  if (!isObject(value)) return;
  see(value);
  for (const [key, item] of Object.entries(value)) if (key !== "examples") visit(item, see);
}

describe("editor.json", () => {
  const editor = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(EDITOR, "utf8")));
  const good = ["zoo", "../packages/codegen/test/samples"].flatMap((folder) => {
    const schemas = [...filesIn(join(SCHEMAS, folder))].filter(
      ([path]) => !/^(?:.*\/)?(?:conventions|lists)\//.test(path),
    );
    return schemas.map(([path, text]) => [path, JSON.parse(text) as Json] as const);
  });

  it.each(good)("accepts %s as the dialect does", (_, schema) => {
    expect(checkSchema(schema)).toEqual([]);
    expect(editor(schema), JSON.stringify(editor.errors)).toBe(true);
  });

  const property = (x: JsonObject): Json => ({ $schema: "urn:somakit:dialect:1", type: "object", properties: { x } });
  const bad: JsonObject[] = [
    { ndaray: {} },
    { ndarray: { dtype: "int8" } },
    { ndarray: { dtype: "int", shape: [] } },
    { ndarray: { dtype: "int8", shape: ["N "] } },
    { ndarray: { dtype: "int8", shape: [] }, type: "array" },
    { $ref: "#/$defs/A", type: "array" },
    { $ref: "https://example.org" },
    { encoding: [{ codec: "delta", axis: 0 }] },
    { ndarray: { dtype: "int8", shape: [] }, encoding: [{ codec: "zip" }] },
    { keypoints: { axis: 0 } },
    { length: 3 },
    { type: "object", dims: { "N ": {} } },
    { type: "array", items: { anyOf: [{ unit: "inch" }] } },
    { file: { path: "../x", media: "a/b" } },
    { attribute: false },
    { then: {} },
    { enum: [] },
    { follows: [] },
    { follows: ["N", "N"] },
    { follows: "*" },
    { ranges: "N" },
    { ndarray: { dtype: "int8", shape: ["I", 2] }, ranges: ["N"] },
    { becomes: ["a"] },
    { becomes: ["a"], deprecated: false },
    { maxBytes: 0 },
    {
      ndarray: { dtype: "int8", shape: ["K"] },
      keypoints: { axis: 0, convention: { field: "c", bySize: { "0": "coco" } } },
    },
  ];

  it.each(bad.map((x) => [JSON.stringify(x), x] as const))("refuses %s as the dialect does", (_, x) => {
    expect(checkSchema(property(x))).not.toEqual([]);
    expect(editor(property(x))).toBe(false);
  });
});
