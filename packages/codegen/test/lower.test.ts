// biome-ignore-all lint/suspicious/noTemplateCurlyInString: hostile names look like that.
import { describe, expect, it } from "vitest";
import type { Dataset, Json } from "../src/ir.js";
import { everySchema } from "../src/load/keywords.js";
import { at } from "../src/load/pointer.js";
import { text } from "../src/load/shape.js";
import { fieldsOf } from "../src/lower/dataset.js";
import { pascalCase } from "../src/lower/names.js";
import { lines, projectOf } from "./project-files.js";

const head = { $schema: "urn:somakit:dialect:1", title: "Data", description: "Data.", container: "json" };

function load(files: Record<string, object>): Dataset {
  const { datasets, problems } = projectOf(files);
  expect(lines(problems)).toEqual([]);
  return datasets[0] as Dataset;
}

function layoutOf(schema: object): unknown {
  const properties = { x: { description: "X.", ...schema }, z: { description: "Z.", type: "integer" } };
  const dataset = load({ "a.json": { ...head, type: "object", dims: { N: {}, I: {} }, properties } });
  const { layout } = dataset.root;
  return layout.kind === "object" ? layout.properties["x"] : undefined;
}

const rule = "/properties/x";
const any = (at: string) => ({ kind: "any", rule: at });
const integer = (at: string) => ({ kind: "scalar", rule: at, types: ["integer"] });

describe("a schema becomes a layout", () => {
  it.each<[string, object, object]>([
    ["nothing", {}, any(rule)],
    ["true in a list", { type: "array", items: true }, { kind: "list", rule, prefix: [], items: any(`${rule}/items`) }],
    ["a string", { type: "string" }, { kind: "scalar", rule, types: ["string"] }],
    ["several types", { type: ["integer", "null"] }, { kind: "scalar", rule, types: ["integer", "null"] }],
    ["an enumeration", { enum: ["a", 1, true] }, { kind: "scalar", rule, types: ["string", "integer", "boolean"] }],
    ["an enumeration of numbers", { enum: [1, 0.5] }, { kind: "scalar", rule, types: ["number"] }],
    ["a typed enumeration", { type: "number", enum: [1, 2] }, { kind: "scalar", rule, types: ["number"] }],
    ["an enumeration of anything", { enum: [1, {}] }, any(rule)],
    ["a constant", { const: null }, { kind: "scalar", rule, types: ["null"] }],
    ["a constant object", { const: { a: 1 } }, any(rule)],
    ["a dict", { type: "object" }, { ...any(rule), is: "dict" }],
    [
      "a dict of one kind",
      { type: "object", additionalProperties: { type: "integer" } },
      {
        kind: "object",
        rule,
        properties: {},
        required: [],
        patterns: [],
        additional: integer(`${rule}/additionalProperties`),
      },
    ],
    [
      "an empty object",
      { type: "object", additionalProperties: false },
      {
        kind: "object",
        rule,
        properties: {},
        required: [],
        patterns: [],
        additional: false,
      },
    ],
    [
      "an object with dims only",
      { type: "object", dims: { N: {} } },
      {
        kind: "object",
        rule,
        dims: { N: {} },
        properties: {},
        required: [],
        patterns: [],
        additional: any(rule),
      },
    ],
    [
      "an object with patterns only",
      { type: "object", patternProperties: { "^a": { description: "A.", type: "integer" } } },
      {
        kind: "object",
        rule,
        properties: {},
        required: [],
        additional: any(rule),
        patterns: [{ pattern: "^a", field: integer(`${rule}/patternProperties/^a`) }],
      },
    ],
    [
      "an object with a condition only",
      { type: "object", propertyNames: { maxLength: 3 } },
      {
        kind: "object",
        rule,
        properties: {},
        required: [],
        patterns: [],
        additional: any(rule),
      },
    ],
    ["a list", { type: "array" }, { kind: "list", rule, prefix: [], items: any(rule) }],
    [
      "a list of a length",
      { type: "array", length: 3, items: { type: "integer" } },
      {
        kind: "list",
        rule,
        prefix: [],
        items: integer(`${rule}/items`),
        length: 3,
      },
    ],
    [
      "a tuple",
      { type: "array", prefixItems: [{ type: "integer" }], items: false },
      {
        kind: "list",
        rule,
        prefix: [integer(`${rule}/prefixItems/0`)],
        items: false,
      },
    ],
    [
      "a choice",
      { anyOf: [{ type: "integer" }, { ndarray: { dtype: "int8", shape: [] } }] },
      {
        kind: "choice",
        rule,
        branches: [integer(`${rule}/anyOf/0`), { kind: "array", rule: `${rule}/anyOf/1`, dtype: ["int8"], shape: [] }],
      },
    ],
    [
      "a choice with conditions",
      { oneOf: [{ type: "integer" }, {}], anyOf: [{ minimum: 1 }, { maximum: 9 }] },
      {
        kind: "choice",
        rule,
        branches: [integer(`${rule}/oneOf/0`), any(`${rule}/oneOf/1`)],
      },
    ],
    ["a scalar with conditions", { type: "integer", anyOf: [{ const: 1 }, { minimum: 5 }] }, integer(rule)],
    [
      "a stored form, a default, a unit",
      { type: "number", stored: { name: "y", as: "scalar-array", dtype: "float64" }, default: 1, unit: "s" },
      {
        kind: "scalar",
        rule,
        types: ["number"],
        stored: { name: "y", as: "scalar-array", dtype: "float64" },
        default: 1,
        unit: "s",
      },
    ],
    ["one symbol to follow, and a limit", { follows: "N", maxBytes: 9 }, { ...any(rule), follows: ["N"], maxBytes: 9 }],
    [
      "several symbols to follow, beside a length",
      { type: "array", length: "N", follows: ["N", "I"] },
      { kind: "list", rule, prefix: [], items: any(rule), length: "N", follows: ["N", "I"] },
    ],
    [
      "ranges",
      { ndarray: { dtype: "int64", shape: ["I", 2] }, ranges: "N" },
      { kind: "array", rule, dtype: ["int64"], shape: ["I", 2], ranges: "N" },
    ],
    [
      "what an outdated key becomes",
      { type: "integer", deprecated: true, becomes: ["z"] },
      { kind: "scalar", rule, types: ["integer"], becomes: ["z"] },
    ],
    [
      "legacy forms",
      {
        ndarray: { dtype: "int8", shape: [3] },
        legacy: [
          { dtype: "int16", to: "int8", description: "Old." },
          { shape: [2], fill: 0, description: "Older." },
        ],
      },
      {
        kind: "array",
        rule,
        dtype: ["int8"],
        shape: [3],
        legacy: [
          { dtype: ["int16"], to: "int8", description: "Old." },
          { shape: [2], fill: 0, description: "Older." },
        ],
      },
    ],
  ])("%s", (_, schema, expected) => expect(layoutOf(schema)).toEqual(expected));
});

describe("keypoint counts", () => {
  const convention = (name: string, count: number) => ({
    $schema: "urn:somakit:convention:1",
    name,
    description: "For a test.",
    keypoints: Array.from({ length: count }, (_, index) => ({ name: `k${index}` })),
  });
  const axis = (convention: unknown): unknown => {
    const x = { description: "X.", ndarray: { dtype: "int8", shape: ["*"] }, keypoints: { axis: 0, convention } };
    const c = { description: "C.", type: "string" };
    const dataset = load({
      "a.json": { ...head, type: "object", properties: { x, x_c: c } },
      "c/b.json": conventionB,
      "c/a.json": conventionA,
    });
    return dataset.root.layout.kind === "object" && dataset.root.layout.properties["x"];
  };
  const conventionA = convention("a", 2);
  const conventionB = convention("b", 3);
  it("of a fixed convention are its own", () => {
    expect(axis("b")).toMatchObject({ keypoints: { axis: 0, convention: "b", counts: { b: 3 } } });
  });
  it("keep the conventions that sizes give away", () => {
    const named = { field: "{key}_c", bySize: { "2": "a", "3": "b" } };
    expect(axis(named)).toMatchObject({ keypoints: { axis: 0, ...named, counts: { a: 2, b: 3 } } });
  });
  it("of a named one are those of all", () => {
    const expected = { axis: 0, field: "{key}_c", default: "a", counts: { a: 2, b: 3 } };
    expect(axis({ field: "{key}_c", default: "a" })).toMatchObject({ keypoints: expected });
  });
});

describe("a data set", () => {
  const schema = (more: object) => ({
    ...head,
    type: "object",
    properties: { x: { description: "X.", type: "integer" } },
    ...more,
  });
  const one = (path: string, more: object = {}) => load({ [path]: schema(more) });
  it.each([
    ["a.json", { id: "a", system: "a", name: "a" }],
    ["a/a.json", { id: "a", system: "a", name: "a" }],
    ["a/b.json", { id: "a/b", system: "a", name: "b" }],
    ["a/b/b.json", { id: "a/b", system: "a/b", name: "b" }],
  ])("in %s is %j", (path, expected) => expect(one(path)).toMatchObject(expected));

  it.each([
    ["npz", { kind: "npz", supported: true, extensions: [".npz"], nulls: "keep", classes: [] }],
    [
      { kind: "json", extensions: [".j"], nulls: "absent" },
      { kind: "json", supported: true, extensions: [".j"], nulls: "absent", classes: [] },
    ],
    [
      { kind: "pickle", protocol: 2, classes: ["a.B"] },
      {
        kind: "pickle",
        supported: true,
        extensions: [".pkl", ".pickle"],
        nulls: "keep",
        classes: ["a.B"],
        protocol: 2,
      },
    ],
  ])("in the container %j is in %j", (container, expected) => {
    expect(one("a.json", { container }).containers).toEqual([expected]);
  });

  it("is recognised by its rules, else by its required keys, else by none", () => {
    expect(one("a.json", { detect: [["x"], { absent: ["y"] }] }).detect).toEqual([
      { present: ["x"], absent: [] },
      { present: [], absent: ["y"] },
    ]);
    expect(one("a.json", { required: ["x"] }).detect).toEqual([{ present: ["x"], absent: [] }]);
    expect(one("a.json").detect).toEqual([]);
  });

  it("is named by $id, else by its path", () => {
    expect([one("a/b.json").schemaId, one("a/b.json", { $id: "urn:x" }).schemaId]).toEqual(["a/b.json", "urn:x"]);
  });

  it("gives profiles the rules of what they are about", () => {
    const part = { description: "P.", type: "object", properties: { a: { description: "A.", type: "integer" } } };
    const profiles = {
      p: {
        description: "P.",
        severity: { type: "off" },
        required: { "": ["x"], "a part": ["a"], "/$defs/a part": ["a"] },
      },
    };
    const dataset = one("a.json", { $defs: { "a part": part }, profiles });
    expect(dataset.profiles).toEqual({
      p: { description: "P.", severity: { type: "off" }, required: { "": ["x"], "/$defs/APart": ["a"] } },
    });
  });
});

describe("a bundle", () => {
  const part = (name: string) => ({
    description: `${name}.`,
    type: "object",
    properties: { next: { $ref: "#/$defs/Pose" } },
  });
  const dataset = load({
    "s/a.json": {
      ...head,
      type: "object",
      properties: {
        near: { $ref: "#/$defs/own_part" },
        far: { description: "Far.", $ref: "../parts.json#/$defs/Pose" },
        whole: { $ref: "whole.json" },
        same: { $ref: "../parts.json#/$defs/own_part" },
        deep: { description: "A constant.", const: { $ref: "left alone" } },
      },
      $defs: { own_part: { description: "Own.", type: "integer" } },
    },
    "parts.json": {
      $schema: "urn:somakit:dialect:1",
      $defs: { Pose: part("Pose"), own_part: { description: "Another.", type: "string" }, Unused: part("Unused") },
    },
    "s/whole.json": {
      $schema: "urn:somakit:dialect:1",
      title: "The whole",
      description: "Whole.",
      type: "array",
      items: { $ref: "../parts.json#/$defs/Pose" },
    },
  });

  it("has the parts that are referred to, near ones first, under unique names", () => {
    expect(dataset.defs.map(({ name, field }) => `${name} ${field.file}#${field.pointer}`)).toEqual([
      "OwnPart s/a.json#/$defs/own_part",
      "Pose parts.json#/$defs/Pose",
      "TheWhole s/whole.json#",
      "PartsOwnPart parts.json#/$defs/own_part",
    ]);
  });

  it("has local references only", () => {
    const references = [...everySchema(dataset.bundled, "")].map(({ schema }) => text(schema, "$ref"));
    const used = [...new Set(references.filter((reference) => reference !== undefined))];
    expect(used).toEqual(["#/$defs/OwnPart", "#/$defs/Pose", "#/$defs/TheWhole", "#/$defs/PartsOwnPart"]);
    expect(dataset.bundled).toMatchObject({ properties: { deep: { const: { $ref: "left alone" } } } });
    expect(dataset.bundled["$defs"]).toMatchObject({ TheWhole: { type: "array", items: { $ref: "#/$defs/Pose" } } });
  });

  it("has every field at its rule", () => {
    for (const field of fieldsOf(dataset)) {
      expect(at(dataset.bundled as Json, field.layout.rule), field.layout.rule).toEqual(field.schema);
    }
  });
});

describe("names of types", () => {
  it.each([
    ["HumanData", "HumanData"],
    ["smpl_params", "SmplParams"],
    ["SMPL", "SMPL"],
    ["weird key!", "WeirdKey"],
    ["__proto__", "Proto"],
    ["constructor", "Constructor"],
    ["1st", "N1st"],
    ["日本", "日本"],
    ["*/ ${x}", "X"],
    ["", "Unnamed"],
    ["\u2028", "Unnamed"],
    ["map", "Map$"],
    ["NdArray", "NdArray$"],
  ])("%j becomes %s", (text, expected) => expect(pascalCase(text)).toBe(expected));
});
