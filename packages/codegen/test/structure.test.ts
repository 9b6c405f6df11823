import { type StructureSchema, structureValidator } from "@somakit/core/gen/v1/structure";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** Ajv as the second opinion: the same errors, in the same order and in the same words. */
function byAjv(schema: StructureSchema, value: unknown): readonly object[] {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    strictNumbers: false,
    meta: false,
    validateSchema: false,
    ownProperties: true,
    logger: false,
  });
  const validate = ajv.compile(schema as object);
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => told({ ...error, schemaPath: plain(error.schemaPath) }));
}

function byUs(schema: StructureSchema, value: unknown): readonly object[] {
  const validate = structureValidator(schema);
  return validate(value) ? [] : (validate.errors ?? []).map(told);
}

/** Ajv escapes pointers for URIs. */
const plain = (path: string): string => path.split("/").map(decodeURIComponent).join("/");
/** Ajv counts from a part as soon as it has made a function for it. */
const told = ({ instancePath, schemaPath, keyword, params, message }: Told): Told => ({
  instancePath,
  schemaPath: schemaPath.replace(/^#\/\$defs\/(A|Part)\//, "#/"),
  keyword,
  params,
  message,
});

interface Told {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: object;
  readonly message?: string | undefined;
}

const KEYS = ["a", "b", "x_1", "a/b~c", "constructor"];
const key = fc.constantFrom(...KEYS);
const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 2.5, 3, Number.NaN, "", "a", "ab", "🙂", "x_1");
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 3, arbitrary: scalar },
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;

const constant = fc.constantFrom<unknown>(null, true, 0, 1, 2.5, "a", "x_1", [1, "a"], { a: [1] }, []);
const type = fc.constantFrom("array", "boolean", "integer", "null", "number", "object", "string");
const schema = fc.letrec<{ schema: StructureSchema }>((tie) => {
  const some = (max = 3) => fc.array(tie("schema"), { minLength: 1, maxLength: max });
  const members = fc.dictionary(key, tie("schema"), { maxKeys: 3 });
  const keys = fc.uniqueArray(key, { maxLength: 3 });
  const rules = fc
    .record({
      type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
      enum: fc.uniqueArray(constant, { minLength: 1, maxLength: 4 }),
      const: constant,
      minimum: fc.integer({ min: -1, max: 3 }),
      maximum: fc.integer({ min: -1, max: 3 }),
      exclusiveMinimum: fc.integer({ min: -1, max: 3 }),
      exclusiveMaximum: fc.integer({ min: -1, max: 3 }),
      multipleOf: fc.constantFrom(1, 0.5, 2),
      minLength: fc.integer({ min: 0, max: 2 }),
      maxLength: fc.integer({ min: 0, max: 2 }),
      pattern: fc.constantFrom("^a", "^\\p{L}+$", "_"),
      minItems: fc.integer({ min: 0, max: 3 }),
      maxItems: fc.integer({ min: 0, max: 3 }),
      prefixItems: some(2),
      items: tie("schema"),
      required: keys,
      dependentRequired: fc.dictionary(key, keys, { maxKeys: 2 }),
      properties: members,
      patternProperties: fc.dictionary(fc.constantFrom("^x_", "^a"), tie("schema"), { maxKeys: 2 }),
      additionalProperties: tie("schema"),
      propertyNames: tie("schema"),
      not: tie("schema"),
      anyOf: some(),
      oneOf: some(),
      allOf: some(),
      if: tie("schema"),
      // biome-ignore lint/suspicious/noThenProperty: a keyword
      then: tie("schema"),
      else: tie("schema"),
    })
    // A few keywords at a time; with all of them nothing would ever pass.
    .chain((all) => fc.subarray(Object.entries(all), { minLength: 1, maxLength: 4 }))
    .map((entries) => Object.fromEntries(entries) as StructureSchema);
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      { weight: 1, arbitrary: fc.boolean() },
      { weight: 1, arbitrary: fc.constant<StructureSchema>({ $ref: "#/$defs/Part" }) },
      { weight: 6, arbitrary: rules },
    ),
  };
}).schema;

describe("a check of structure", () => {
  test("says what Ajv says, of any value and any schema", () => {
    let [passed, failed] = [0, 0];
    fc.assert(
      fc.property(schema, schema, value, (root, part, given) => {
        // A part that refers to itself at once has no meaning.
        const known = JSON.stringify(part).includes("$ref") ? { type: "object" as const } : part;
        const whole: StructureSchema = {
          ...(typeof root === "object" ? root : { allOf: [root] }),
          $defs: { Part: known },
        };
        const expected = byAjv(whole, given);
        if (expected.length === 0) passed++;
        else failed++;
        expect(byUs(whole, given)).toEqual(expected);
      }),
      { seed: 7, numRuns: 800, endOnFailure: true },
    );
    expect(Math.min(passed, failed)).toBeGreaterThan(80);
  });

  test.each<[what: string, schema: StructureSchema, value: unknown]>([
    ["several rules of a number", { type: "number", minimum: 3, multipleOf: 2 }, 1],
    ["a number that is NaN", { minimum: 0, maximum: 1 }, Number.NaN],
    ["an integer that is NaN", { type: "integer" }, Number.NaN],
    ["a type out of a list", { type: ["string", "null"] }, 1],
    ["equal scalars", { items: { type: "string" }, uniqueItems: true }, ["a", "b", "a", "b"]],
    ["equal objects", { uniqueItems: true }, [{ a: [1] }, 1, { a: [1] }, 1]],
    ["equal scalars of two types", { items: { type: ["string", "number"] }, uniqueItems: true }, ["1", 1, "1"]],
    ["two branches that fit", { oneOf: [{ type: "string" }, { minimum: 0 }, { maximum: 5 }, { type: "null" }] }, 1],
    [
      "a part inside of a part",
      { $ref: "#/$defs/A", $defs: { A: { items: { $ref: "#/$defs/A" }, type: "array" } } },
      [[], [1]],
    ],
    [
      "members called like what objects inherit",
      { required: ["toString"], properties: Object.fromEntries([["valueOf", { type: "string" as const }]]) },
      {},
    ],
    ["a map", { type: "object", required: ["a"] }, new Map([["a", 1]])],
    ["numbers in a list", { type: "array", items: { type: ["integer", "number"] } }, [1, Number.NaN, "x", 2.5, null]],
    ["integers in a list", { items: { type: "integer" } }, [1, 2.5]],
    ["names of members", { propertyNames: { maxLength: 1, pattern: "^[a-z]" } }, { ab: 1, B: 1, c: 1 }],
  ])("says what Ajv says of %s", (_, rules, given) => {
    const expected = byAjv(rules, given);
    expect(expected).not.toEqual([]);
    expect(byUs(rules, given)).toEqual(expected);
  });

  test("is made ready once, and forgets the errors of the last value", () => {
    const validate = structureValidator({ type: "string" });
    expect([validate(1), validate.errors?.length, validate("a"), validate.errors]).toEqual([false, 1, true, null]);
  });

  test("of a reference that leads nowhere throws where a value meets it", () => {
    const validate = structureValidator({ properties: { a: { $ref: "#/$defs/toString" } } });
    expect(validate({})).toBe(true);
    expect(() => validate({ a: 1 })).toThrow(TypeError);
  });

  test("a pattern that matches twice matches the second time as well", () => {
    const validate = structureValidator({ pattern: "a" });
    expect([validate("xa"), validate("xa")]).toEqual([true, true]);
  });
});
