import { expect, test } from "vitest";
import type { Dataset } from "../src/ir.js";
import { planDataset } from "../src/plan/plan.js";
import { definitionSizes } from "../src/plan/sizes.js";
import { memberKind } from "../src/plan/walk.js";
import { projectOf } from "./project-files.js";

function dataset(schema: object): Dataset {
  const whole = {
    $schema: "urn:somakit:dialect:1",
    $id: "urn:test",
    title: "Root",
    description: "A data set.",
    type: "object",
    container: "npz",
    ...schema,
  };
  const { datasets, problems } = projectOf({ "test.json": whole });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return datasets[0] as Dataset;
}

const part = { $ref: "#/$defs/Part" };
const scope = (size: unknown): object => ({
  type: "object",
  dims: { K: size === undefined ? {} : { size } },
  properties: { part },
});

test.each<[what: string, scopes: object, K: number | undefined]>([
  ["one place", { a: scope(17) }, 17],
  ["two places that agree", { a: scope(17), b: scope(17) }, 17],
  ["two places that differ", { a: scope(17), b: scope(18) }, undefined],
  ["one with several sizes", { a: scope([17, 18]) }, undefined],
  ["one that knows and one that does not", { a: scope(17), b: scope(undefined) }, undefined],
])("a shared part knows the size of a symbol around it: %s", (_, properties, expected) => {
  const $defs = {
    Part: { type: "object", properties: { k: { ndarray: { dtype: "float32", shape: ["K"] } }, next: part } },
  };
  expect(definitionSizes(dataset({ properties, $defs })).get("Part")?.get("K")).toBe(expected);
});

test("types and accessors are named after their places, each name once", () => {
  const object = { type: "object", properties: { x: { type: "string" } } };
  const plan = planDataset(
    dataset({
      properties: {
        "left-hand": object,
        left_hand: object,
        hands: { type: "array", items: object },
        part,
        by_name: { type: "object", additionalProperties: object },
        either: { anyOf: [object, { type: "null" }] },
      },
      $defs: {
        Part: { ...object, properties: { inner: object } },
        RootLeftHand: object,
        Issue: { type: "string" },
        Unused: object,
      },
    }),
  );
  expect(plan.types.map(({ name }) => name)).toEqual([
    "Root",
    "Part",
    "RootLeftHand",
    "Issue$",
    "Unused",
    "RootLeftHand$",
    "RootLeftHand$$",
    "RootHandsItem",
    "RootByName",
    "RootByNameValue",
    "RootEitherOption1",
    "PartInner",
  ]);
  expect(plan.accessors.map(({ name }) => name)).toEqual([
    "RootFile",
    "RootLeftHand$Accessor",
    "RootLeftHand$$Accessor",
    "RootHandsItemAccessor",
    "PartAccessor",
    "PartInnerAccessor",
    "RootByNameAccessor",
  ]);
});

test.each<[schema: object, kind: string]>([
  [{ type: "string" }, "value"],
  [{ type: "object" }, "value"],
  [{ type: "object", properties: {}, additionalProperties: false }, "group"],
  [{ $ref: "#/$defs/Part" }, "group"],
  [{ type: "array", items: { $ref: "#/$defs/Part" } }, "list"],
  [{ $ref: "#/$defs/Parts" }, "list"],
  [{ type: "array", items: { $ref: "#/$defs/Parts" } }, "value"],
  [{ type: "array", prefixItems: [{ $ref: "#/$defs/Part" }], items: { $ref: "#/$defs/Part" } }, "value"],
  [{ anyOf: [{ $ref: "#/$defs/Part" }, { type: "null" }] }, "value"],
  [{ ndarray: { dtype: "bool", shape: [1] } }, "value"],
])("%j is a %s of an accessor", (schema, kind) => {
  const made = dataset({
    properties: { a: schema },
    $defs: {
      Part: { type: "object", properties: { x: { type: "string" } } },
      Parts: { type: "array", items: { $ref: "#/$defs/Part" } },
    },
  });
  expect(made.root.properties.map(({ field }) => memberKind(made, field))).toEqual([kind]);
});
