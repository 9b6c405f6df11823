import { describe } from "vitest";
import { array, check, data, five, N, scalar, value, X } from "./bad.js";

const at = `error a.json#${X}`;
const dims = { dims: { N: {}, I: {} } };

describe("follows", () => {
  const F = (schema: object, more: object = {}) => ({
    "a.json": data(value({ follows: "N", ...schema }), { ...N, ...more }),
  });
  const S = (schema: object) => ({ "a.json": data(value(schema), N) });
  const idle = (reason: string) => [`${at}/follows: "follows" has no effect: ${reason}`];
  const part = (schema: object) => F({ $ref: "#/$defs/P" }, { $defs: { P: schema } });
  check([
    ["on anything", F({}), []],
    ["on a list", F({ type: "array" }), []],
    ["on a dict", F({ type: "object" }), []],
    ["on an array of any size", F({ ndarray: { dtype: "int8", shape: ["*", "..."] } }), []],
    ["on an array of any number of axes", F({ ndarray: { dtype: "int8", shape: ["..."] } }), []],
    ["beside a length", F({ type: "array", length: "N" }), []],
    ["beside a reference", part({ type: "array" }), []],
    ["in a branch", S({ anyOf: [{ type: "integer" }, { follows: "N" }] }), []],
    ["of other keys", { "a.json": data(scalar, { ...N, additionalProperties: { follows: ["N"] } }) }, []],
    ["an undeclared symbol", F({ follows: "M" }), [`${at}/follows: symbol "M" is not declared`]],
    [
      "an undeclared symbol in a list",
      F({ follows: ["N", "Frames"] }),
      [`${at}/follows/1: symbol "Frames" is not declared`],
    ],
    [
      "what is no symbol",
      F({ follows: "*" }),
      [`${at}/follows: follows "*" is no symbol: a letter, then letters, digits and "_"`],
    ],
    ["no symbol", F({ follows: [] }), [`${at}/follows: "follows" must not be empty`]],
    ["one symbol twice", F({ follows: ["N", "N"] }), [`${at}/follows: "follows" says the same thing twice`]],
    ["on a scalar", F({ type: "string" }), idle("a scalar has no axes")],
    [
      "on an array without axes",
      F({ ndarray: { dtype: "int8", shape: [] } }),
      idle("an array without axes has no items"),
    ],
    ["on an array of one size", F({ ndarray: { dtype: "int8", shape: [3] } }), idle("there are always 3 items")],
    ["on a list of one length", F({ type: "array", length: 3 }), idle("there are always 3 items")],
    [
      "on a tuple",
      F({ type: "array", prefixItems: [{}, {}], items: false }),
      idle("the list never has more than 2 items"),
    ],
    [
      "on an object with keys",
      F({ type: "object", properties: { a: scalar } }),
      idle("the keys of this object are described; say it of its members"),
    ],
    ["on a choice", F({ anyOf: [{ type: "integer" }, {}] }), idle("there are several forms; say it of each")],
    ["beside a reference to a scalar", part({ type: "string" }), idle("a scalar has no axes")],
    [
      "in a condition",
      S({ type: "array", not: { follows: "N" } }),
      [`${at}/not/follows: "follows" inside "not" has no effect: conditions say nothing about storage`],
    ],
  ]);
});

describe("ranges", () => {
  const R = (ndarray: object, ranges: unknown = "N") => ({ "a.json": data(value({ ndarray, ranges }), dims) });
  const whole = { dtype: "int64", shape: ["I", 2] };
  check([
    ["of an array of pairs", R(whole), []],
    ["along an undeclared symbol", R(whole, "M"), [`${at}/ranges: symbol "M" is not declared`]],
    [
      "along the symbol that has them",
      R(whole, "I"),
      [`${at}/ranges: "ranges" needs another symbol than "I", whose items have the ranges`],
    ],
    [
      "of an array of other shape",
      R({ dtype: "int64", shape: ["I", 3] }),
      [`${at}/ndarray/shape: "ranges" needs the shape [symbol, 2], not [I, 3]`],
    ],
    [
      "of as many as may be",
      R({ dtype: "int64", shape: ["*", 2] }),
      [`${at}/ndarray/shape: "ranges" needs the shape [symbol, 2], not [*, 2]`],
    ],
    [
      "in fractions",
      R({ dtype: ["int64", "float64"], shape: ["I", 2] }),
      [`${at}/ndarray/dtype: "ranges" needs whole numbers, which float64 does not hold`],
    ],
    [
      "of no array",
      { "a.json": data(value({ type: "array", ranges: "N" }), dims) },
      [`${at}: "ranges" needs "ndarray" beside it`],
    ],
  ]);
});

describe("becomes", () => {
  const B = (becomes: unknown, more: object = {}) => ({
    "a.json": data(array(["N"], { deprecated: true, becomes, ...more }), {
      ...N,
      properties: {
        y: array(["N"]),
        old: array(["N"], { deprecated: true }),
        text: value({ type: "string" }),
        matrix: array(["N", 3]),
        any: value({}),
      },
    }),
  });
  check([
    ["a key beside", B(["y"]), []],
    ["a key that may hold anything", B(["any"]), []],
    ["what is not there", B(["y", "z"]), [`${at}/becomes/1: "becomes" names "z", which is not there`]],
    ["itself", B(["x"]), [`${at}/becomes/0: "becomes" names "x", which is the outdated key itself`]],
    ["a deprecated key", B(["old"]), [`${at}/becomes/0: "becomes" names "old", which is deprecated itself`]],
    [
      "a value of another kind",
      B(["text"]),
      [`${at}/becomes/0: "becomes" names "text", which is another kind of value`],
    ],
    [
      "an array of other axes",
      B(["matrix"]),
      [`${at}/becomes/0: "becomes" names "matrix", which is another kind of value`],
    ],
    ["nothing", B([]), [`${at}/becomes: "becomes" must not be empty`]],
    [
      "although current",
      B(["y"], { deprecated: false }),
      [`${at}/deprecated: "becomes" goes with "deprecated" true only`],
    ],
    [
      "although nothing is said",
      { "a.json": data(value({ becomes: ["y"] }), { properties: { y: scalar } }) },
      [`${at}: "becomes" needs "deprecated" beside it`],
    ],
    [
      "an element of a list",
      { "a.json": data(value({ type: "array", items: { deprecated: true, becomes: ["y"] } })) },
      [`${at}/items/becomes: only a property can become another key`],
    ],
  ]);
});

describe("bySize", () => {
  const K = (bySize: unknown, size: unknown = "*") => ({
    "a.json": data(array([size], { keypoints: { axis: 0, convention: { field: "c", bySize } } }), {
      ...N,
      properties: { c: value({ type: "string" }) },
    }),
    "five.json": five,
  });
  const P = `${at}/keypoints/convention/bySize`;
  check([
    ["of a convention", K({ "5": "five" }), []],
    ["of a convention with another size", K({ "6": "five" }), [`${P}/6: "five" has 5 keypoints, not 6`]],
    ["of an unknown convention", K({ "5": "fife" }), [`${P}/5: convention "fife" is not known; did you mean "five"?`]],
    ["of an axis that never has the size", K({ "5": "five" }, 7), [`${P}/5: axis 0 has size 7, never 5`]],
    [
      "under what is no size",
      K({ many: "five" }),
      [`${P}/many: "many" is no number of keypoints: a whole number from 1, in digits`],
    ],
    ["of nothing", K({}), [`${P}: "bySize" must not be empty`]],
  ]);
});

describe("maxBytes", () => {
  const M = (maxBytes: unknown) => ({ "a.json": data(value({ maxBytes })) });
  check([
    ["of any value", M(1), []],
    ["of nothing", M(0), [`${at}/maxBytes: "maxBytes" must be at least 1`]],
    ["of half a byte", M(1.5), [`${at}/maxBytes: "maxBytes" must be a whole number, not a number`]],
    [
      "in a condition",
      { "a.json": data(value({ type: "object", not: { maxBytes: 1 } })) },
      [`${at}/not/maxBytes: "maxBytes" inside "not" has no effect: conditions say nothing about storage`],
    ],
  ]);
});
