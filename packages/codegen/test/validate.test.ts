import { describe, expect, test } from "vitest";
import { structuralSchema } from "../src/emit/structure.js";
import { emitValidate, structureOf } from "../src/emit/validate.js";
import type { Json, JsonObject } from "../src/ir.js";
import { planDataset } from "../src/plan/plan.js";
import { print } from "../src/print/printer.js";
import { datasetOf, fieldOf } from "./helpers/ir.js";
import { validateWithoutEval } from "./helpers/no-eval.js";

const array = { ndarray: { dtype: "float32", shape: [3] } };

describe("what is left of a schema for Ajv", () => {
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
      "one of two that Ajv tells apart",
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { oneOf: [{ type: "string" }, { type: "null" }] },
    ],
    ["one of two that look alike to Ajv", { oneOf: [array, { type: "null" }] }, { anyOf: [true, { type: "null" }] }],
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

function printed(bundled: JsonObject): string {
  const plan = planDataset(datasetOf(fieldOf({ kind: "any", rule: "" }), { bundled }));
  const { files, problems } = print([emitValidate(plan)]);
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
  expect(text).not.toMatch(/require\(|export default|\beval\b|new Function|\.evaluated\b/);
  expect(text).toContain("/* @__PURE__ */ new RegExp");
});

test("made in place it finds the same", () => {
  const validate = structureOf(datasetOf(fieldOf({ kind: "any", rule: "" }), { bundled: SCHEMA }));
  for (const [what, value, errors] of CASES)
    expect([what, short(validate(value) ? [] : validate.errors)]).toEqual([what, [...errors].sort()]);
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
