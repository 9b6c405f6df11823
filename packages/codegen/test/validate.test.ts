import { describe, expect, test } from "vitest";
import { structuralSchema } from "../src/emit/structure.js";
import { emitValidators, structureOf } from "../src/emit/validate.js";
import type { Json, JsonObject } from "../src/ir.js";
import { print } from "../src/print/printer.js";
import { datasetOf, fieldOf } from "./helpers/ir.js";
import { validateWithoutEval } from "./helpers/no-eval.js";

const array = { ndarray: { dtype: "float32", shape: [3] } };

describe("what is left of a schema for a check of structure", () => {
  test.each<[what: string, schema: JsonObject, expected: Json]>([
    ["arrays pass", { type: "object", properties: { a: array } }, { type: "object", properties: { a: true } }],
    ["sparse matrices pass", { sparse: { layout: "csr" }, unit: "px" }, true],
    [
      "free dicts pass",
      { type: "object", properties: { a: { type: "object", description: "x" } } },
      { type: "object", properties: { a: true } },
    ],
    [
      "free text goes",
      { type: "string", title: "*/", description: "*/", examples: ["*/"], default: "*/", $comment: "*/" },
      { type: "string" },
    ],
    [
      "storage goes",
      { type: "array", items: { type: "string" }, length: "N", stored: { as: "string-array" } },
      { type: "array", items: { type: "string" } },
    ],
    ["a dict with a rule stays", { type: "object", required: ["a"] }, { type: "object", required: ["a"] }],
    [
      "a dict in a condition stays",
      { type: "array", if: { contains: {}, type: "object" } },
      { type: "array", if: { type: "object" } },
    ],
    [
      "conditions stay",
      { type: "object", properties: {}, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      { type: "object", properties: {}, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
    ],
    [
      "one of two that can be told apart",
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { oneOf: [{ type: "string" }, { type: "null" }] },
    ],
    [
      "a choice with a branch that passes anyhow",
      { type: "array", oneOf: [array, { type: "null" }] },
      { type: "array" },
    ],
    ["nothing but such a choice", { oneOf: [array, { type: "null" }] }, true],
    [
      "parts that nothing refers to",
      { $ref: "#/$defs/A", $defs: { A: { $ref: "#/$defs/B" }, B: { type: "string" }, C: { type: "null" } } },
      { $ref: "#/$defs/A", $defs: { A: { $ref: "#/$defs/B" }, B: { type: "string" } } },
    ],
    [
      "constants that look like references",
      { const: { $ref: "#/$defs/A" }, $defs: { A: { type: "string" } } },
      { const: { $ref: "#/$defs/A" } },
    ],
    [
      "a property called __proto__",
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as JsonObject,
      { type: "object", properties: {}, patternProperties: { "^__proto__$": { type: "string" } } },
    ],
  ])("%s", (_, schema, expected) => expect(structuralSchema(schema)).toEqual(expected));

  test("branches that look alike behind a reference", () => {
    const schema = {
      oneOf: [{ $ref: "#/$defs/A" }, { type: "null" }],
      $defs: { A: { type: "object", properties: { a: array } } },
    };
    expect(Object.keys(structuralSchema(schema))).toEqual(["anyOf", "$defs"]);
  });
});

const SCHEMA: JsonObject = {
  type: "object",
  required: ["name", "tree"],
  properties: {
    name: { type: "string", minLength: 2, maxLength: 3, pattern: "^\\p{L}+$" },
    keypoints: array,
    tags: { type: "array", items: { enum: ["a", { b: [1] }, null] }, uniqueItems: true },
    size: { type: "array", prefixItems: [{ type: "integer" }, { type: "integer" }], items: false, minItems: 2 },
    tree: { $ref: "#/$defs/Tree" },
    score: { type: "number", minimum: 0 },
    constructor: { type: "string" },
    "a/b~c %": { type: "boolean" },
  },
  patternProperties: { "^x_": { type: "integer" } },
  additionalProperties: false,
  dependentRequired: { score: ["tags"] },
  if: { required: ["size"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword
  then: { required: ["score"] },
  $defs: {
    Tree: {
      type: "object",
      required: ["id"],
      properties: { id: { type: "integer" }, children: { type: "array", items: { $ref: "#/$defs/Tree" } } },
    },
  },
};

const good = { name: "éè", tree: { id: 1 } };

const CASES: [what: string, value: unknown, errors: string[]][] = [
  ["a good value", good, []],
  [
    "everything",
    {
      ...good,
      keypoints: 1,
      tags: ["a", { b: [1] }],
      size: [1, 2],
      score: 0,
      x_1: 1,
      constructor: "x",
      "a/b~c %": true,
    },
    [],
  ],
  ["no object", 5, ["type @ #/type"]],
  ["nothing", {}, ["required @ #/required", "required @ #/required"]],
  ["code points are counted, not units", { ...good, name: "🙂🙂🙂" }, ["pattern /name @ #/properties/name/pattern"]],
  [
    "several at once",
    { ...good, name: "x1234", tags: ["a", "a", "c"] },
    [
      "maxLength /name @ #/properties/name/maxLength",
      "pattern /name @ #/properties/name/pattern",
      "enum /tags/2 @ #/properties/tags/items/enum",
      "uniqueItems /tags @ #/properties/tags/uniqueItems",
    ],
  ],
  ["inside a shared part", { ...good, tree: { children: [] } }, ["required /tree @ #/$defs/Tree/required"]],
  [
    "deep inside a recursive part",
    { ...good, tree: { id: 1, children: [{ id: 1, children: [{ id: "x" }] }] } },
    ["type /tree/children/0/children/0/id @ #/$defs/Tree/properties/id/type"],
  ],
  ["a tuple too long", { ...good, score: 1, tags: [], size: [1, 2, 3] }, ["items /size @ #/properties/size/items"]],
  ["a condition", { ...good, size: [1, 2] }, ["required @ #/then/required", "if @ #/if"]],
  ["a dependency", { ...good, score: 1 }, ["dependentRequired @ #/dependentRequired"]],
  ["an unknown key", { ...good, other: 1 }, ["additionalProperties @ #/additionalProperties"]],
  [
    "keys to escape",
    { ...good, "a/b~c %": 1, x_: "1" },
    ["type /a~1b~0c % @ #/properties/a~1b~0c %/type", "type /x_ @ #/patternProperties/^x_/type"],
  ],
  [
    "an inherited name with a wrong value",
    { ...good, constructor: 1 },
    ["type /constructor @ #/properties/constructor/type"],
  ],
];

const datasetFor = (bundled: JsonObject, name = "test") =>
  datasetOf(fieldOf({ kind: "any", rule: "" }), { bundled, name, file: `test/${name}.json` });

function printed(bundled: JsonObject): string {
  const { files, problems } = print(emitValidators("test", [datasetFor(bundled)]));
  expect(problems).toEqual([]);
  return files.get("test/test.validate.gen.ts") as string;
}

const short = (
  errors: readonly { keyword: string; instancePath: string; schemaPath: string }[] | null | undefined,
): string[] =>
  (errors ?? [])
    .map(({ keyword, instancePath, schemaPath }) => `${keyword}${instancePath && ` ${instancePath}`} @ ${schemaPath}`)
    .sort();

test("a printed validator runs where no code may be evaluated", () => {
  const text = printed(SCHEMA);
  const results = validateWithoutEval(
    text,
    CASES.map(([, value]) => value),
  );
  for (const [index, [what, , errors]] of CASES.entries()) {
    expect([what, short(results[index])]).toEqual([what, [...errors].sort()]);
  }
  for (const result of results) for (const error of result ?? []) expect(error.message).toMatch(/\w/);
  expect(text).toContain("/* @__PURE__ */ structureValidator(");
});

test("made in place it finds the same", () => {
  const validate = structureOf(datasetOf(fieldOf({ kind: "any", rule: "" }), { bundled: SCHEMA }));
  for (const [what, value, errors] of CASES)
    expect([what, short(validate(value) ? [] : validate.errors)]).toEqual([what, [...errors].sort()]);
});

describe("data sets of one system", () => {
  const name = { type: "string", minLength: 1, maxLength: 80, pattern: "^[^/]+$", description: "A name." };
  const point = { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 };
  const withParts = (parts: JsonObject): JsonObject => ({
    type: "object",
    properties: Object.fromEntries(Object.keys(parts).map((part) => [part, { $ref: `#/$defs/${part}` }])),
    $defs: parts,
  });
  const { files, problems } = print(
    emitValidators("test", [
      datasetFor(withParts({ Name: name, Point: point, StructureSchema: { ...point, maxItems: 3 } }), "first"),
      datasetFor(withParts({ Name: { ...name, description: "Another." }, Point: { ...point, maxItems: 3 } }), "second"),
      datasetFor(withParts({ StructureSchema: { ...point, maxItems: 3 }, Flag: { type: "boolean" } }), "third"),
      datasetFor(withParts({ Flag: { type: "boolean" } }), "fourth"),
    ]),
  );
  const parts = files.get("test/index.parts.gen.ts") as string;

  test("share parts of the same name and rules, whatever their texts", () => {
    expect(problems).toEqual([]);
    expect([...parts.matchAll(/Shared by (.*)\. .*\n.*const (\S+):/g)].map(([, users, part]) => [part, users])).toEqual(
      [
        ["Name", "first, second"],
        ["StructureSchema$", "first, third"],
      ],
    );
    expect(parts.match(/maxItems: 3/g)).toHaveLength(1);
    expect(files.get("test/fourth.validate.gen.ts")).not.toContain("index.parts");
  });

  test.each([
    [
      "first",
      { Name: "", Point: [1, 2, 3], StructureSchema: [1] },
      ["minLength /Name", "pattern /Name", "maxItems /Point", "minItems /StructureSchema"],
    ],
    ["second", { Name: "a/b", Point: [1, 2, 3] }, ["pattern /Name"]],
    ["third", { StructureSchema: [1], Flag: 1 }, ["minItems /StructureSchema", "type /Flag"]],
  ])("%s keeps its own rules", (dataset, value, expected) => {
    const [errors] = validateWithoutEval(files.get(`test/${dataset}.validate.gen.ts`) as string, [value], parts);
    expect(errors?.map(({ keyword, instancePath }) => `${keyword} ${instancePath}`)).toEqual(expected);
  });
});

test("values that JSON does not have", () => {
  const validate = structureOf(
    datasetOf(fieldOf({ kind: "any", rule: "" }), {
      bundled: { type: "object", properties: { a: { type: "number" }, b: { type: "object" }, c: array } },
    }),
  );
  expect(validate({ a: Number.NaN, b: new Map([[1, 2]]), c: new Float32Array(3) })).toBe(true);
});

test("nothing that a schema says becomes code", () => {
  const nasty = [
    'schemaPath:"',
    ",schemaPath:",
    '"__proto__":',
    'x"__proto__":',
    "*/ alert(1)",
    "`${alert(1)}`",
    "\u2028alert(1)",
    "</script>",
    "\\",
    "function validate20(",
    "const schema31 = 1;",
    "}",
    "{",
  ];
  const properties = Object.fromEntries(
    [...nasty, "__proto__"].map((key) => [key, { type: "string", const: key, description: key, minLength: 1 }]),
  );
  const schema: JsonObject = {
    type: "object",
    required: nasty,
    properties,
    additionalProperties: false,
    dependentRequired: Object.fromEntries(nasty.map((key) => [key, nasty])),
  };
  const whole = JSON.parse(
    JSON.stringify(Object.fromEntries([...nasty, "__proto__"].map((key) => [key, key]))),
  ) as JsonObject;
  const broken = JSON.parse(
    JSON.stringify(Object.fromEntries([...nasty, "__proto__"].map((key) => [key, 1]))),
  ) as JsonObject;
  const text = printed(schema);
  expect(text).not.toMatch(/[\u2028\u2029]/);
  const [none, all] = validateWithoutEval(text, [whole, broken]);
  expect(none).toBeNull();
  expect(new Set(all?.map(({ instancePath }) => instancePath))).toEqual(
    new Set([...nasty, "__proto__"].map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)),
  );
});
