import { describe, expect, it } from "vitest";
import type { StructureSchema } from "../src/structure/schema.js";
import { structureValidator } from "../src/structure/validator.js";

const PERSON: StructureSchema = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "integer", minimum: 1 }, box: { type: "array", minItems: 4 } },
};

const FILE: StructureSchema = {
  type: "object",
  required: ["people"],
  properties: {
    people: { type: "array", items: { $ref: "#/$defs/Person" } },
    "a/b": { type: "array", items: { type: "number", minimum: 0 } },
  },
  $defs: { Person: PERSON },
};

describe("the check of single items", () => {
  it.each<[string, readonly unknown[]]>([
    ["people", [{ id: 1 }, { id: 0 }, {}, { id: 2, box: [1] }, 5, null]],
    ["a/b", [1, -1, "x"]],
  ])("finds in each item of %s what the check of everything finds there", (key, items) => {
    const whole = structureValidator(FILE);
    whole({ people: [], [key]: items });
    const start = `/${key.replace("/", "~1")}/`;
    const validate = whole.itemsOf?.(key);
    const found = items.flatMap((item, index) => {
      validate?.(item);
      return (validate?.errors ?? []).map((error) => ({
        ...error,
        instancePath: `${start}${index}${error.instancePath}`,
      }));
    });
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(whole.errors);
  });

  it("is there for a root that is a list", () => {
    const validate = structureValidator({ type: "array", items: PERSON }).itemsOf?.(undefined);
    expect([validate?.({ id: 3 }), validate?.({})]).toEqual([true, false]);
    expect(validate?.errors?.map(({ schemaPath }) => schemaPath)).toEqual(["#/items/required"]);
  });

  it.each<[string, StructureSchema]>([
    ["are to differ", { properties: { people: { type: "array", items: PERSON, uniqueItems: true } } }],
    ["have to be so many", { properties: { people: { type: "array", items: PERSON, minItems: 2 } } }],
    ["differ by their place", { properties: { people: { type: "array", items: PERSON, prefixItems: [true] } } }],
    ["are what a choice is about", { properties: { people: { type: "array", items: PERSON } }, anyOf: [{}] }],
    ["depend on something else", { properties: { people: { type: "array", items: PERSON } }, if: true }],
    ["are not spoken of", { properties: { people: { type: "array" } } }],
    ["are in no list", { properties: {} }],
    ["may be anything", true],
  ])("is not there for items that %s", (_, schema) => {
    expect(structureValidator(schema).itemsOf?.("people")).toBeUndefined();
  });
});
