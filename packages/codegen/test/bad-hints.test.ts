import { describe, expect, it } from "vitest";
import type { Project } from "../src/ir.js";
import { array, check, data, N, scalar, value, X } from "./bad.js";
import { projectOf } from "./project-files.js";

const at = `error a.json#${X}`;
const P = (schema: object, more: object = {}) => ({ "a.json": data(value(schema), more) });

/** Message and hint of every problem. */
function hints({ problems }: Project): readonly (readonly [message: string, hint: string | undefined])[] {
  return problems.map(({ message, hint }) => [message, hint] as const);
}

describe("hints", () => {
  it.each<readonly [string, Record<string, unknown>, string, string]>([
    [
      "what a file without container needs to be a data set",
      {
        "a.json": data(scalar),
        "b.json": { $schema: "urn:somakit:dialect:1", title: "B", description: "B.", type: "object" },
      },
      "no data set refers to this file",
      'a data set needs "container" at its root',
    ],
    [
      "how to say that a key is not there",
      { "a.json": data(false) },
      "false describes no value",
      'leave it out, or say "not": { "required": [...] }',
    ],
    [
      "why titles may not be the same",
      {
        "a.json": data(value({ type: "object", title: "Part", properties: { a: scalar } }), {
          properties: { y: value({ type: "object", title: "Part", properties: { b: scalar } }) },
        }),
      },
      'the title "Part" is that of a.json#/properties/x, too',
      "every type needs a name of its own",
    ],
    [
      "what makes a pattern slow",
      P({ type: "string", pattern: "^(a+)+$" }),
      'pattern "^(a+)+$" may take forever on some texts',
      "a repeated group repeats what is inside it; say what separates the repetitions",
    ],
    [
      "where a symbol is to be declared",
      { "a.json": data(array(["N"])) },
      'symbol "N" is not declared',
      'declare it in "dims" of an object around it',
    ],
    [
      "by which reference a symbol is met that is not declared there",
      { "a.json": data({ $ref: "#/$defs/P" }, { $defs: { P: array(["N"]) } }) },
      'symbol "N" is not declared',
      'declare it in "dims" of an object around it, where a.json#/properties/x refers to it',
    ],
    [
      "how the dialect is named",
      { "a.json": { ...data(scalar), $schema: undefined } },
      'there is no "$schema"',
      "name the dialect by the relative path of dialect/editor.json (convention.json, list.json), or by its URN",
    ],
  ])("say %s", (_, files, message, hint) => {
    expect(hints(projectOf(files))).toContainEqual([message, hint]);
  });
});

describe("places for keywords", () => {
  check([
    [
      "an extension that is an item",
      P({ type: "array", items: value({ type: "string", extension: true }) }),
      [`${at}/items/extension: only a property can be an extension`],
    ],
    [
      "follows on a sparse array",
      P(
        {
          follows: "N",
          sparse: {
            layout: "csr",
            dtype: "float32",
            shape: ["N", 4],
            parts: { data: "a", indices: "b", indptr: "c" },
          },
        },
        N,
      ),
      [`${at}/follows: "follows" has no effect: the shape of a sparse array states all sizes`],
    ],
    [
      "texts as an array that are no list",
      P({ type: "integer", stored: { as: "string-array" } }),
      [`${at}/stored/as: "string-array" is a form of a list of strings, which this is not`],
    ],
    [
      "a shape of too many axes",
      { "a.json": data(array(Array.from({ length: 65 }, () => 1))) },
      [`${at}/ndarray/shape: "shape" must have at most 64 elements`],
    ],
    [
      "a confidence of nothing",
      P({ ndarray: { dtype: "float32", shape: ["*"] }, motion: { part: "confidence" } }),
      [`${at}/motion/of: a confidence needs "of"`],
    ],
    [
      "what is no confidence, of something",
      P({ type: "string", motion: { part: "name", of: "y" } }, { properties: { y: array(["*"]) } }),
      [`${at}/motion/of: "of" is for a confidence, a box, and what is told by keypoints`],
    ],
    [
      "a number that is pickled",
      P({ type: "integer", stored: { as: "pickled-scalar" } }),
      [`${at}/stored/as: "pickled-scalar" is a form of an object or a list, which this is not`],
    ],
  ]);
});

describe("parts of people who move", () => {
  const M = (schema: object, motion: object) => P({ ...schema, motion });
  const numbers = { ndarray: { dtype: "float32", shape: ["*", 4] } };
  const way = `${at}/motion`;
  check([
    [
      "parameters that are no array",
      M({ type: "string" }, { part: "parameters", model: "smpl", which: "betas" }),
      [`${way}/part: parameters are an array`],
    ],
    [
      "parameters of no model",
      M(numbers, { part: "parameters", which: "betas" }),
      [`${way}: parameters need "model" and "which"`],
    ],
    [
      "a box that is a text",
      M({ type: "string" }, { part: "box", channels: ["left", "top", "width", "height"] }),
      [`${way}/part: a box is an array, or a list of numbers`],
    ],
    ["a box without channels", M(numbers, { part: "box" }), [`${way}: a box needs "channels"`]],
    [
      "a box of two left sides",
      M(numbers, { part: "box", channels: ["left", "top", "center-x", "height"] }),
      [`${way}/channels: a box is a corner or its centre, with its size or the opposite corner`],
    ],
    [
      "a camera without members",
      M({ type: "object", properties: { K: scalar } }, { part: "camera" }),
      [`${way}: a camera needs "members"`],
    ],
    [
      "a template of a name that is no frame's",
      M({ type: "string" }, { part: "name", template: "{name}_{frame:6}" }),
      [`${way}/template: "template" is for the name of a frame`],
    ],
  ]);
});

describe("text that is no JSON", () => {
  it.each([
    ['{"a": }', "a value is missing"],
    ['{"a" 1}', '":" is missing after the key "a"'],
    ['{"a": 1 "b": 2}', '"," or "}" is missing'],
    ['{"a": [1 2]}', '"," or "]" is missing'],
  ])("%s", (text, message) => {
    const [problem] = projectOf({ "a.json": text }).problems;
    expect(problem).toMatchObject({ severity: "error", file: "a.json", line: 1, message: `not JSON: ${message}` });
    expect(problem?.column).toBeGreaterThan(1);
  });
});
