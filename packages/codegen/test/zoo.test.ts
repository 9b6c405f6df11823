// biome-ignore-all lint/suspicious/noTemplateCurlyInString: hostile names look like that.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dialectFiles } from "../src/dialect/dialect.gen.js";
import { dtypesOf, keywordsOf } from "../src/dialect/editor.js";
import type { Field, Json, JsonObject, Project } from "../src/ir.js";
import { everySchema } from "../src/load/keywords.js";
import { at } from "../src/load/pointer.js";
import { elements, isObject, listOf, member } from "../src/load/shape.js";
import { fieldsOf } from "../src/lower/dataset.js";
import { formatProblems, loadProject } from "../src/project.js";
import { SCHEMAS } from "./dialect-files.js";
import { filesIn, lines } from "./project-files.js";

const files = filesIn(join(SCHEMAS, "zoo"));
const project = loadProject(files);
const schemas = [...files.values()].map((text) => JSON.parse(text) as JsonObject);
const nodes = schemas.flatMap((schema) => [...everySchema(schema, "")].map((node) => node.schema));
const fields = project.datasets.flatMap((dataset) => [...fieldsOf(dataset)]);

describe("the zoo", () => {
  it("has no faults but one that it is meant to have", () => {
    expect(lines(project.problems)).toEqual(['warning trees.json#/properties/truth: "truth" has no "description"']);
  });

  it("has data sets with and without a folder, and two in one", () => {
    expect(project.datasets.map(({ id }) => id)).toEqual([
      "album",
      "arrays",
      "clips",
      "conditions",
      "crowd",
      "either",
      "files",
      "matrices",
      "names",
      "pair",
      "pair/second",
      "places",
      "policy",
      "recordings",
      "reel",
      "single",
      "stream",
      "trees",
    ]);
    expect(project.conventions.map(({ name }) => name)).toEqual(["class", "zoo_five"]);
  });

  it.each([...keywordsOf(dialectFiles).keys()])("uses %s", (keyword) => {
    expect(nodes.some((node) => Object.hasOwn(node, keyword))).toBe(true);
  });

  it.each(dtypesOf(dialectFiles))("has arrays of %s", (dtype) => {
    expect(fields.some(({ layout }) => layout.kind === "array" && layout.dtype.includes(dtype as "int8"))).toBe(true);
  });

  it.each([
    [
      "kind of layout",
      ["array", "sparse", "object", "list", "scalar", "any", "choice", "ref"],
      (field: Field) => field.layout.kind,
    ],
    ["place", ["attribute", "folder", "file"], (field: Field) => field.layout.place?.kind],
    ["unit", choicesOf("skeleton.json", "/properties/unit"), (field: Field) => field.layout.unit],
    [
      "stored form",
      choicesOf("storage.json", "/properties/stored/properties/as"),
      (field: Field) => field.layout.stored?.as,
    ],
    ["type", choicesOf("standard.json", "/$defs/type"), (field: Field) => listOf(field.schema["type"]).join()],
  ])("has every %s", (_, expected, read) => {
    expect(fields.map(read)).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    [
      "codec",
      choicesOf("array.json", "/$defs/step/properties/codec"),
      nodes.flatMap((node) => elements(node, "encoding").map((step) => member(step, "codec"))),
    ],
    [
      "kind of container",
      choicesOf("storage.json", "/$defs/kind"),
      containers().map((container) => member(container, "kind") ?? container),
    ],
    [
      "role",
      choicesOf("array.json", "/properties/dims/additionalProperties/properties/role"),
      nodes.flatMap((node) => dimsOf(node).map((dim) => member(dim, "role"))),
    ],
    [
      "issue code",
      choicesOf("policy.json", "/properties/profiles/additionalProperties/properties/severity/propertyNames"),
      severities().map(([code]) => code),
    ],
    ["severity", ["error", "warning", "info", "off"], severities().map(([, severity]) => severity)],
  ])("has every %s", (_, expected, found) => expect(found).toEqual(expect.arrayContaining(expected)));

  it("keeps hostile names as they are, as own keys", () => {
    const names = project.datasets.find(({ id }) => id === "names");
    const { root } = names as Project["datasets"][number];
    if (root.layout.kind !== "object") throw new Error("names is an object");
    for (const key of [
      "weird-key",
      "__proto__",
      "constructor",
      "class",
      "",
      "*/",
      "${x}",
      "line\nbreak",
      "\u2028\u2029",
      "\u0000",
    ]) {
      expect(Object.hasOwn(root.layout.properties, key), JSON.stringify(key)).toBe(true);
      expect(root.properties.some((property) => property.key === key)).toBe(true);
    }
    expect(Object.hasOwn(names?.bundled["properties"] as JsonObject, "__proto__")).toBe(true);
    expect(({} as { kind?: string }).kind).toBeUndefined();
  });

  it("prints nothing that steers a terminal", () => {
    const hostile = new Map([["a.json", '{"$schema":"urn:somakit:dialect:1","\\u001b[31m\\u202e\\u2028":1}']]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(formatProblems(loadProject(hostile).problems)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u2028]/);
  });

  it("is the same inside the folder of all schemas", () => {
    const all = loadProject(filesIn(SCHEMAS));
    expect(all.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(all.datasets.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["zoo/arrays", "zoo/pair", "zoo/pair/second"]),
    );
  });

  it("loads the same twice, whatever the order of the files", () => {
    const shuffled = new Map([...files].reverse());
    expect(JSON.stringify(loadProject(shuffled))).toBe(JSON.stringify(project));
  });
});

function choicesOf(file: string, pointer: string): string[] {
  return elements(at(dialectFiles[file] as Json, pointer), "enum").map(String);
}

function containers(): Json[] {
  return schemas.flatMap((schema) => listOf(schema["container"]));
}

function dimsOf(node: JsonObject): Json[] {
  return isObject(node["dims"]) ? Object.values(node["dims"]) : [];
}

function severities(): [string, Json][] {
  const profiles = schemas.flatMap((schema) => (isObject(schema["profiles"]) ? Object.values(schema["profiles"]) : []));
  return profiles.flatMap((profile) => Object.entries(member(profile, "severity") as JsonObject));
}
