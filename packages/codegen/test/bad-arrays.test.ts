import { describe, expect } from "vitest";
import { array, check, data, five, N, scalar, value, X } from "./bad.js";

describe("arrays", () => {
  const A = (ndarray: object, more: object = {}) => ({ "a.json": data(value({ ndarray, ...more }), N) });
  const E = (...encoding: object[]) => ({
    "a.json": data(array(["N", 3], { encoding }), { ...N, properties: { m: array(["N"]), b: scalar } }),
  });
  const S = (shape: readonly unknown[], more: object = {}, dims?: object) => {
    const parts = { data: "data", indices: "indices", indptr: "indptr" };
    const sparse = { layout: "csr", dtype: "float32", shape, parts, ...more };
    return { "a.json": data(value({ sparse }), dims && { dims }) };
  };
  const at = `error a.json#${X}`;
  const steps = { codec: "quantize", step: 1, as: "int8" };
  const sizes = 'a whole number, a symbol, "*" or "..."';
  check([
    ["without shape", A({ dtype: "int8" }), [`${at}/ndarray: "ndarray" needs "shape"`]],
    [
      "with a key too many",
      A({ dtype: "int8", shape: [], shap: [] }),
      [`${at}/ndarray/shap: unknown key "shap" in "ndarray"; did you mean "shape"?`],
    ],
    [
      "of an unknown dtype",
      A({ dtype: "flot32", shape: [] }),
      [`${at}/ndarray/dtype: dtype "flot32" is unknown; did you mean "float32"?`],
    ],
    [
      "of a group of dtypes",
      A({ dtype: ["int8", "numeric"], shape: [] }),
      [expect.stringMatching(/ndarray\/dtype\/1: dtype "numeric" is unknown; known are "bool", "int8", /)],
    ],
    [
      "with a size that is none",
      A({ dtype: "int8", shape: ["N "] }),
      [`${at}/ndarray/shape/0: shape item "N " is no size: ${sizes}`],
    ],
    [
      "with a fraction",
      A({ dtype: "int8", shape: ["N", 1.5] }),
      [`${at}/ndarray/shape/1: shape item 1.5 is no size: ${sizes}`],
    ],
    [
      "with a negative size",
      A({ dtype: "int8", shape: [-1] }),
      [`${at}/ndarray/shape/0: shape item -1 is no size: ${sizes}`],
    ],
    [
      "with null for a size",
      A({ dtype: "int8", shape: [null] }),
      [`${at}/ndarray/shape/0: shape item null is no size: ${sizes}`],
    ],
    [
      "with values that are no numbers",
      A({ dtype: "int8", shape: [], values: ["1"] }),
      [`${at}/ndarray/values/0: values item must be a number, not a string`],
    ],
    [
      "with ... twice",
      A({ dtype: "int8", shape: ["...", 1, "..."] }),
      [`${at}/ndarray/shape: "..." stands in [..., 1, ...] more than once`],
    ],
    [
      "with ... inside",
      A({ dtype: "int8", shape: [1, "...", 1] }),
      [`${at}/ndarray/shape: "..." stands inside [1, ..., 1]; it may be the first or the last size`],
    ],
    [
      "beside type",
      A({ dtype: "int8", shape: [] }, { type: "object" }),
      [`${at}/type: "type" does not go with "ndarray"`],
    ],
    [
      "beside properties",
      A({ dtype: "int8", shape: [] }, { properties: {} }),
      [`${at}/properties: "properties" does not go with "ndarray"`],
    ],
    [
      "of an unknown codec",
      E({ codec: "zip" }),
      [`${at}/encoding/0/codec: codec "zip" is unknown; known are "mask-pack", "quantize", "delta", "with-factor"`],
    ],
    [
      "of a codec that lacks something",
      E({ codec: "quantize", step: 1 }),
      [`${at}/encoding/0: encoding item needs "as"`],
    ],
    [
      "of a codec with something else",
      E({ codec: "delta", axis: 0, step: 1 }),
      [`${at}/encoding/0/step: unknown key "step" in encoding item`],
    ],
    [
      "of a step of nothing",
      E({ codec: "quantize", step: 0, as: "int8" }),
      [`${at}/encoding/0/step: "step" must be greater than 0`],
    ],
    [
      "encoded along no axis",
      E({ codec: "delta", axis: 2 }),
      [`${at}/encoding/0/axis: axis 2 is outside the shape [N, 3]`],
    ],
    [
      "whose differences are of no steps",
      E({ codec: "delta", axis: 0 }),
      [`${at}/encoding/0: delta needs "quantize" before it`],
    ],
    [
      "whose steps come after their differences",
      E(steps, { codec: "with-factor" }, { codec: "delta", axis: 0 }),
      [`${at}/encoding/2: the codecs come in the order quantize, delta, with-factor, each once`],
    ],
    [
      "whose steps are no whole numbers",
      E({ ...steps, as: "float32" }),
      [`${at}/encoding/0/as: steps are whole numbers, float32 is none`],
    ],
    [
      "in steps and packed",
      E(steps, { codec: "mask-pack", axis: 0, mask: "m" }),
      [`${at}/encoding: "mask-pack" does not go with other codecs`],
    ],
    [
      "of whole numbers in steps",
      A({ dtype: "int8", shape: ["N"] }, { encoding: [steps] }),
      [`${at}/encoding/0: quantized values are read as float32 or float64, not as int8`],
    ],
    [
      "packed by nothing",
      E({ codec: "mask-pack", axis: 0, mask: "z_mask" }),
      [`${at}/encoding/0/mask: "mask" names "z_mask", which is not there`],
    ],
    [
      "packed by no array",
      E({ codec: "mask-pack", axis: 0, mask: "b" }),
      [`${at}/encoding/0/mask: "mask" names "b", which is no array`],
    ],
    [
      "packed when nothing",
      E({ codec: "mask-pack", axis: 0, mask: "m", when: "packed" }),
      [`${at}/encoding/0/when: "when" names "packed", which is not there`],
    ],
    [
      "packed when no boolean",
      E({ codec: "mask-pack", axis: 0, mask: "m", when: "b" }),
      [`${at}/encoding/0/when: "when" names "b", which is no boolean`],
    ],
    [
      "packed by a template of nothing",
      E({ codec: "mask-pack", axis: 0, mask: "{key}_mask" }),
      [`${at}/encoding/0/mask: "mask" names "x_mask", which is not there`],
    ],
    [
      "encoded without being arrays",
      { "a.json": data(value({ type: "integer", encoding: [{ codec: "delta", axis: 0 }] })) },
      [`${at}: "encoding" needs "ndarray" beside it`],
    ],
    [
      "with legacy forms that say nothing",
      A({ dtype: "int8", shape: [] }, { legacy: [{ description: "Old." }] }),
      [`${at}/legacy/0: legacy item needs "shape" or "dtype"`],
    ],
    [
      "with legacy forms that nobody explains",
      A({ dtype: "int8", shape: [] }, { legacy: [{ dtype: "object" }] }),
      [`${at}/legacy/0: legacy item needs "description"`],
    ],
    [
      "with an unknown unit",
      A({ dtype: "int8", shape: [] }, { unit: "inch" }),
      [`${at}/unit: unit "inch" is unknown; known are "mm", "cm", "m", "px", "rad", "deg", "s", "frame", "ratio"`],
    ],
    [
      "sparse without parts",
      { "a.json": data(value({ sparse: { layout: "csr", dtype: "int8", shape: [1] } })) },
      [`${at}/sparse: "sparse" needs "parts"`],
    ],
    [
      "sparse of which nothing says how many columns it has",
      S(["N", "K"], {}, { N: {}, K: { role: "keypoint" } }),
      [
        `${at}/sparse/shape/1: nothing says how many columns there are: state K in "dims" ("equals"), or say it by "columns"`,
      ],
    ],
    [
      "sparse of any number of columns",
      S(["*", "*"]),
      [`${at}/sparse/shape/1: nothing says how many columns there are: state them by "columns"`],
    ],
    ["sparse with columns that one size states", S(["*", "K"], {}, { K: { size: [4] } }), []],
    [
      "sparse with columns of one of two sizes",
      S(["*", "K"], {}, { K: { size: [4, 5] } }),
      [
        `${at}/sparse/shape/1: nothing says how many columns there are: state K in "dims" ("equals"), or say it by "columns"`,
      ],
    ],
    [
      "sparse with columns that are said twice",
      S(["*", 4], { columns: "largest-index" }),
      [`${at}/sparse/columns: it has no effect: the shape says that there are 4 columns`],
    ],
    ["sparse without columns", S(["*"]), [`${at}/sparse/shape: a matrix has rows and columns`]],
    [
      "sparse with columns said by two things",
      S(["*", "*"], { columns: { array: "a", attribute: "b" } }),
      [`${at}/sparse/columns: "columns" must have at most 1 elements`],
    ],
    [
      "sparse with columns said by one of its parts",
      S(["*", "*"], { columns: { array: "data" } }),
      [`${at}/sparse/columns/array: "x" is stored where "x" is`],
    ],
    [
      "in a list packed by a key beside",
      {
        "a.json": data(
          value({ type: "array", items: array([1], { encoding: [{ codec: "mask-pack", axis: 0, mask: "x" }] }) }),
        ),
      },
      [`${at}/items/encoding/0/mask: "mask" names a key beside it, but elements of lists have none`],
    ],
  ]);
});

describe("symbols", () => {
  const at = `error a.json#${X}`;
  const dims = (symbols: object) => ({
    "a.json": data(scalar, { dims: symbols, properties: { s: value({ type: "string" }) } }),
  });
  check([
    ["not declared", { "a.json": data(array(["N"])) }, [`${at}/ndarray/shape/0: symbol "N" is not declared`]],
    [
      "misspelt",
      { "a.json": data(array(["n_frames"]), { dims: { n_frame: {} } }) },
      [`${at}/ndarray/shape/0: symbol "n_frames" is not declared; did you mean "n_frame"?`],
    ],
    [
      "not declared for a length",
      { "a.json": data(value({ type: "array", length: "N" })) },
      [`${at}/length: symbol "N" is not declared`],
    ],
    [
      "not declared for a legacy form",
      { "a.json": data(array([1], { legacy: [{ shape: ["M"], description: "Old." }] })) },
      [`${at}/legacy/0/shape/0: symbol "M" is not declared`],
    ],
    [
      "declared further in",
      { "a.json": data(value({ type: "array", length: "N", items: { type: "object", ...N } })) },
      [`${at}/length: symbol "N" is not declared`],
    ],
    [
      "declared on one way to a part, not on the other",
      {
        "a.json": data(value({ type: "object", ...N, properties: { p: { $ref: "p.json#/$defs/P" } } }), {
          properties: { y: { $ref: "p.json#/$defs/P" } },
        }),
        "p.json": { $schema: "urn:somakit:dialect:1", $defs: { P: array(["N"]) } },
      },
      ['error p.json#/$defs/P/ndarray/shape/0: symbol "N" is not declared'],
    ],
    [
      "that are no names",
      dims({ "N ": {} }),
      ['error a.json#/dims/N : "N " is no symbol: a letter, then letters, digits and "_"'],
    ],
    [
      "of an unknown role",
      dims({ N: { role: "joint" } }),
      [
        'error a.json#/dims/N/role: role "joint" is unknown; known are "frame", "person", "keypoint", "vertex", "channel"',
      ],
    ],
    ["unset without equals", dims({ N: { unset: 1 } }), ['error a.json#/dims/N: "unset" needs "equals" beside it']],
    [
      "stated by nothing",
      dims({ N: { equals: "y" } }),
      ['error a.json#/dims/N/equals: "equals" names "y", which is not there'],
    ],
    [
      "stated by no number",
      dims({ N: { equals: "s" } }),
      ['error a.json#/dims/N/equals: "equals" names "s", which is no whole number'],
    ],
    [
      "stated by the difference of nothing",
      dims({ N: { equals: { minus: ["x", "zzz"] } } }),
      ['error a.json#/dims/N/equals/minus/1: "equals" names "zzz", which is not there'],
    ],
    [
      "stated by the difference of one",
      dims({ N: { equals: { minus: ["x"] } } }),
      ['error a.json#/dims/N/equals/minus: "minus" must have at least 2 elements'],
    ],
    [
      "on what is no object",
      { "a.json": data(value({ type: "array", ...N })) },
      [`${at}/dims: "dims" does not go with "type": "array"`],
    ],
  ]);
});

describe("keypoints", () => {
  const K = (keypoints: object, shape: readonly unknown[] = ["N", 5]) => ({
    "a.json": data(array(shape, { keypoints }), {
      dims: { N: {}, K: { size: [4, 6] } },
      properties: { s: value({ type: "string" }) },
    }),
    "five.json": five,
  });
  const at = `error a.json#${X}/keypoints`;
  check([
    ["of a fixed convention", K({ axis: 1, convention: "five" }), []],
    ["along no axis", K({ axis: 2 }), [`${at}/axis: axis 2 is outside the shape [N, 5]`]],
    ["along no axis from the end", K({ axis: -3 }), [`${at}/axis: axis -3 is outside the shape [N, 5]`]],
    [
      "along an axis that is not certain",
      K({ axis: 1 }, ["...", 5]),
      [`${at}/axis: axis 1 is not certain in [..., 5]: count from the end, -1 is the last`],
    ],
    [
      "along an axis that is not certain from the end",
      K({ axis: -2 }, [5, "..."]),
      [`${at}/axis: axis -2 is not certain in [5, ...]: count from the start`],
    ],
    [
      "of an unknown convention",
      K({ axis: 1, convention: "fife" }),
      [`${at}/convention: convention "fife" is not known; did you mean "five"?`],
    ],
    [
      "of an unknown default convention",
      K({ axis: 1, convention: { field: "s", default: "six" } }),
      [`${at}/convention/default: convention "six" is not known`],
    ],
    [
      "of another number",
      K({ axis: 1, convention: "five" }, ["N", 17]),
      [`${at}/convention: axis 1 has size 17, but "five" has 5 keypoints`],
    ],
    [
      "of another number by symbol",
      K({ axis: -1, convention: "five" }, ["K"]),
      [`${at}/convention: axis -1 has size 4 or 6, but "five" has 5 keypoints`],
    ],
    [
      "named by nothing",
      K({ axis: 1, convention: { field: "{key}_convention" } }),
      [`${at}/convention/field: "field" names "x_convention", which is not there`],
    ],
    [
      "of a convention that is out of order",
      { ...K({ axis: 1, convention: "five" }), "five.json": { ...five, keypoints: [] } },
      ['error five.json#/keypoints: "keypoints" must not be empty'],
    ],
    ["without axis", K({ convention: "five" }), [`${at}: "keypoints" needs "axis"`]],
    [
      "of no array",
      { "a.json": data(value({ type: "integer", keypoints: { axis: 0 } })) },
      [`error a.json#${X}: "keypoints" needs "ndarray" or "sparse" beside it`],
    ],
    [
      "where no convention is known",
      { "a.json": data(array([5], { keypoints: { axis: 0, convention: "coco" } })) },
      [`warning a.json#${X}/keypoints/convention: convention "coco" is not known: the folder has no conventions`],
    ],
  ]);
});
