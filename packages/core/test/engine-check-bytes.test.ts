import { describe, expect, it } from "vitest";
import { storedBytes, valueBytes } from "../src/engine/check/bytes.js";
import { checkTree, type TreeCheckOptions } from "../src/engine/check/check.js";
import type { FieldLayout, Layout } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import type { ArrayNode } from "../src/tree/node.js";
import { boxed, nodeOfValue } from "../src/tree/value-node.js";
import { Float, Tuple, type Value } from "../src/value/value.js";

const any = (rule: string, more: object = {}): FieldLayout => ({ kind: "any", rule, ...more });
const layout: Layout = {
  id: "small",
  title: "Small",
  description: "",
  schema: "urn:small",
  containers: [],
  detect: [],
  root: {
    kind: "object",
    rule: "",
    properties: {
      notes: any("/properties/notes", { maxBytes: 1000 }),
      near: { kind: "ref", rule: "/properties/near", name: "Notes", maxBytes: 100 },
      far: { kind: "ref", rule: "/properties/far", name: "Notes" },
      array: { kind: "array", rule: "/properties/array", dtype: ["float32"], shape: ["*"], maxBytes: 1000 },
    },
    required: [],
    patterns: [],
    additional: false,
  },
  defs: { Notes: any("/$defs/Notes", { maxBytes: 200 }) },
  profiles: { strict: { description: "", severity: { constraint: "error" } } },
};
const check = (value: unknown, options: Partial<TreeCheckOptions> = {}) =>
  checkTree(layout, nodeOfValue(value), { form: "stored", ...options });
const long = "x".repeat(1000);

describe("a value with too many bytes", () => {
  it("is a warning that names both sizes and the rule", async () => {
    expect(await check({ notes: { text: long } })).toEqual([
      {
        code: "constraint",
        severity: "warning",
        path: "notes",
        message: "takes about 1015 bytes, 1000 at most expected",
        expected: "<= 1000 bytes",
        actual: "1015 bytes",
        rule: "urn:small#/properties/notes/maxBytes",
      },
    ]);
  });

  it.each<[string, object, string[]]>([
    ["as much as allowed", { notes: { text: long.slice(15) } }, []],
    ["an array by its header", { array: zeros("float32", [250]) }, ["/properties/array/maxBytes"]],
    ["a small array", { array: zeros("float32", [10]) }, []],
    [
      "by the limit beside a reference first",
      { near: "x".repeat(150), far: "x".repeat(150) },
      ["/properties/near/maxBytes"],
    ],
    ["by the limit of the part", { far: "x".repeat(250) }, ["/$defs/Notes/maxBytes"]],
    [
      "in an object array without axes",
      { notes: boxed(new Map<Value, Value>([["text", long]])) },
      ["/properties/notes/maxBytes"],
    ],
  ])("is found: %s", async (_, value, rules) => {
    expect((await check(value)).map(({ rule }) => rule.slice("urn:small#".length))).toEqual(rules);
  });

  it("is as grave as the profile says", async () => {
    expect(await check({ notes: long }, { profile: "strict" })).toMatchObject([{ severity: "error" }]);
  });

  it("is not looked for where only headers are read", async () => {
    expect(await check({ notes: long }, { depth: "headers" })).toEqual([]);
  });
});

describe("the size of a value", () => {
  it("is known of an array without reading it", async () => {
    const node: ArrayNode = {
      kind: "array",
      path: "",
      type: dtype("<f8"),
      shape: [1000, 1000],
      order: "C",
      load: () => Promise.reject(new Error("read")),
    };
    expect(await storedBytes(node)).toBe(8_000_120);
  });

  it.each<[string, unknown, number, number]>([
    ["None", null, 1, 1],
    ["a small int", 5, 2, 2],
    ["a float", 0.5, 9, 9],
    ["a float with a whole value", new Float(3), 9, 9],
    ["a large int", 2n ** 64n, 10, 12],
    ["text in UTF-8", "é日😀", 11, 11],
    ["bytes", new Uint8Array(100), 100, 110],
    ["a list", [1, 2, 3], 6, 12],
    ["a tuple", Tuple.of<Value>("a", "b"), 6, 12],
    ["a plain object as a dict", { a: 1 }, 5, 12],
    ["an array in a dict", new Map([["a", zeros("float64", [10, 10])]]), 800, 1000],
    ["an object array", NdArray.from("object", ["aaaa", "bbbb"]), 12, 140],
    ["a nested list", [[[["deep"]]]], 6, 30],
  ])("%s", (_, value, least, most) => {
    expect(valueBytes(value)).toBeGreaterThanOrEqual(least);
    expect(valueBytes(value)).toBeLessThanOrEqual(most);
  });

  it("counts what occurs twice once, and ends on cycles", () => {
    const shared = new Uint8Array(1000);
    expect(valueBytes([shared, shared])).toBeLessThan(1100);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(valueBytes(cycle)).toBeLessThan(20);
  });

  it("does not depend on the stack", () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(valueBytes(deep)).toBeGreaterThan(100_000);
  });
});
