import { describe, expect } from "vitest";
import { array, check, data, scalar, value, X } from "./bad.js";

const at = `error a.json#${X}`;
const V = (schema: object, more: object = {}) => ({ "a.json": data(value(schema), more) });

describe("severity", () => {
  check([
    ["of a keyword beside it", V({ type: "integer", minimum: 0, severity: { minimum: "warning" } }), []],
    [
      "in a condition",
      V({
        type: "object",
        properties: { a: scalar },
        allOf: [{ required: ["a"], severity: { required: "info" } }],
      }),
      [],
    ],
    [
      "of a keyword that is not there",
      V({ type: "integer", severity: { minimum: "warning" } }),
      [`${at}/severity/minimum: there is no "minimum" beside "severity" that could be broken`],
    ],
    [
      "of a keyword that is not there, in a condition",
      V({ type: "object", properties: { a: scalar }, not: { severity: { required: "info" } } }),
      [`${at}/not/severity/required: there is no "required" beside "severity" that could be broken`],
    ],
    [
      "of what no issue is about",
      V({ type: "integer", severity: { type: "warning" } }),
      [expect.stringContaining(`${at}/severity`)],
    ],
    ["of no kind", V({ type: "integer", minimum: 0, severity: { minimum: "fatal" } }), [expect.stringContaining(at)]],
  ]);
});

describe("rules about elements", () => {
  check([
    ["finite", { "a.json": data(array([3], { finite: true })) }, []],
    [
      "finite whole numbers",
      V({ ndarray: { dtype: "int8", shape: [3] }, finite: true }),
      [`${at}/finite: "finite" has no effect: int8 has no other values`],
    ],
    ["finite without an array", V({ type: "number", finite: true }), [expect.stringContaining(at)]],
    ["ascending", { "a.json": data(array(["*"], { ascending: true })) }, []],
    [
      "ascending in two axes",
      { "a.json": data(array([3, 3], { ascending: true })) },
      [`${at}/ascending: "ascending" needs an array with one axis`],
    ],
    [
      "within a number",
      { "a.json": data(array([3], { within: { key: "last" } }), { properties: { last: scalar } }) },
      [],
    ],
    [
      "within what is not there",
      { "a.json": data(array([3], { within: { key: "lost" } }), { properties: { last: scalar } }) },
      [`${at}/within/key: "within" names "lost", which is not there; did you mean "last"?`],
    ],
    [
      "within a list that is a number",
      { "a.json": data(array([3], { within: { key: "last", elements: [0] } }), { properties: { last: scalar } }) },
      [`${at}/within/key: "within" names "last", which is no list of numbers`],
    ],
    [
      "where a symbol has a size",
      {
        "a.json": data(value({ ndarray: { dtype: "int8", shape: ["N"], where: { N: 2 } } }), { dims: { N: {} } }),
      },
      [],
    ],
    [
      "where another symbol has",
      {
        "a.json": data(value({ ndarray: { dtype: "int8", shape: ["N"], where: { M: 2 } } }), {
          dims: { N: {}, M: {} },
        }),
      },
      [`${at}/ndarray/where/M: "M" is no symbol of the shape`],
    ],
  ]);
});

describe("sizes of symbols in a form", () => {
  const form = (sizes: unknown) =>
    data(value({ ndarray: { dtype: "int8", shape: ["N"], where: { N: sizes } } }), { dims: { N: {} } });
  check([
    ["one", { "a.json": form(2) }, []],
    ["several", { "a.json": form([2, 3]) }, []],
    ["none", { "a.json": form([]) }, [expect.stringContaining(`${at}/ndarray/where/N`)]],
    ["no size", { "a.json": form(["2"]) }, [expect.stringContaining(`${at}/ndarray/where/N/0`)]],
  ]);
});

describe("what a value needs beside it", () => {
  check([
    ["requires", V({ requires: ["y"] }, { properties: { y: scalar } }), []],
    ["recommends", V({ recommends: ["y"] }, { properties: { y: scalar } }), []],
    [
      "in a branch",
      V({ anyOf: [{ type: "integer" }, { type: "string", requires: ["y"] }] }, { properties: { y: scalar } }),
      [],
    ],
    [
      "what is not there",
      V({ requires: ["z"] }, { additionalProperties: false }),
      [`${at}/requires/0: "requires" names "z", which is not there`],
    ],
    ["a note", V({ note: "mind this" }), []],
    ["a note of nothing", V({ note: "" }), [expect.stringContaining(`${at}/note`)]],
    ["itself", V({ recommends: ["x"] }), [`${at}/recommends/0: "recommends" names the key itself`]],
    [
      "for an item",
      V({ type: "array", items: { requires: ["y"] } }, { properties: { y: scalar } }),
      [`${at}/items/requires/0: "requires" names a key beside it, but elements of lists have none`],
    ],
  ]);
});

describe("keys that are numbers", () => {
  check([
    ["of a dict", V({ type: "object", numberKeys: [0.5] }), []],
    [
      "of an object with keys",
      V({ type: "object", numberKeys: [0.5], additionalProperties: scalar }),
      [`${at}/numberKeys: "numberKeys" has no effect: the keys of this object are described`],
    ],
  ]);
});

describe("items among each other", () => {
  const items = { type: "object", dims: { V: {} }, properties: { name: scalar, v: array(["V"]) } };
  const L = (more: object, item: object = items) => V({ type: "array", items: value(item), ...more });
  check([
    ["all rules", L({ unique: "name", uniform: ["V"], allOrNone: ["v"] }), []],
    ["unique by nothing", L({ unique: "nam" }), [`${at}/unique: items have no property "nam"; did you mean "name"?`]],
    ["uniform in nothing", L({ uniform: ["V", "W"] }), [`${at}/uniform/1: items declare no symbol "W" in "dims"`]],
    ["all of nothing", L({ allOrNone: ["name", "w"] }), [expect.stringContaining(`${at}/allOrNone/1: items have no`)]],
    [
      "of scalars",
      L({ unique: "name" }, { type: "string" }),
      [`${at}/unique: "unique" needs items that are objects with described keys`],
    ],
    ["without a list", V({ type: "object", unique: "name" }), [expect.stringContaining(at)]],
  ]);
});

describe("names that lead to items", () => {
  const list = { list: value({ type: "array", items: value({ type: "object", properties: { name: scalar } }) }) };
  const R = (references: object) => V({ type: "string", references }, { properties: list });
  check([
    ["references", R({ list: "list", key: "name" }), []],
    ["by several keys", R({ list: "list", key: ["name"], complete: true }), []],
    ["of no list", R({ list: "lists", key: "name" }), [`${at}/references/list: the root has no list "lists"`]],
    ["of no list of objects", R({ list: "x", key: "name" }), [`${at}/references/list: "x" is no list of objects`]],
    [
      "by no key",
      R({ list: "list", key: ["name", "nome"] }),
      [`${at}/references/key/1: items have no property "nome"; did you mean "name"?`],
    ],
    [
      "in what is no text",
      V({ type: "integer", references: { list: "x", key: "name" } }),
      [expect.stringContaining(at)],
    ],
    [
      "in a condition",
      V({ type: "string", not: { references: { list: "list", key: "name" } } }, { properties: list }),
      expect.arrayContaining([
        expect.stringContaining(`${at}/not/references: "references" inside "not" has no effect`),
      ]),
    ],
    ["disjoint", V({ type: "object", additionalProperties: { type: "array" }, disjoint: "^(a|b)" }), []],
    [
      "disjoint by no pattern",
      V({ type: "object", additionalProperties: { type: "array" }, disjoint: "(" }),
      [expect.stringContaining(`${at}/disjoint: pattern "(" does not compile`)],
    ],
  ]);
});
