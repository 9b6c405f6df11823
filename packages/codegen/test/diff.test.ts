import { describe, expect, it } from "vitest";
import { diffProjects } from "../src/diff/project.js";
import { loadProject } from "../src/project.js";

type Properties = Readonly<Record<string, object>>;

const base = {
  $schema: "urn:somakit:dialect:1",
  $id: "urn:example:a:1",
  title: "A",
  description: "A data set.",
  type: "object",
  container: "npz",
  detect: [["x"]],
};
const array = (dtype: unknown, shape: readonly unknown[], more: object = {}) => ({
  description: "An array.",
  ndarray: { dtype, shape },
  ...more,
});
const text = (more: object = {}) => ({ description: "A text.", type: "string", ...more });
const number = (more: object = {}) => ({ description: "A number.", type: "number", ...more });
const x = array(["float32"], [3]);
const schema = (properties: Properties, more: object = {}) => ({ ...base, properties: { x, ...properties }, ...more });

function project(files: Readonly<Record<string, object>>) {
  const loaded = loadProject(new Map(Object.entries(files).map(([path, value]) => [path, JSON.stringify(value)])));
  expect(loaded.problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return loaded;
}

/** `kind pointer: message` of every change. */
function diff(older: object, newer: object): readonly string[] {
  return diffProjects(project({ "a.json": older }), project({ "a.json": newer })).map(
    ({ kind, pointer, message }) => `${kind} ${pointer}: ${message}`,
  );
}

/** Changes of the property `y`. */
function changed(before: object, after: object): readonly string[] {
  return diff(schema({ y: before }), schema({ y: after }));
}

describe("what a change means to files and code", () => {
  it("nothing has changed where only words have", () => {
    const other = { ...schema({ y: text({ description: "Other words." }) }), title: "A", description: "Other." };
    expect(diff(schema({ y: text() }), other)).toEqual([]);
  });

  it.each<readonly [string, object, object, readonly string[]]>([
    ["more types", text(), text({ type: ["string", "null"] }), ["compatible /properties/y/type: it may be null"]],
    [
      "fewer types",
      text({ type: ["string", "null"] }),
      text(),
      ["breaking /properties/y/type: it is no null any more"],
    ],
    [
      "a whole number that may have a fraction",
      number({ type: "integer" }),
      number(),
      ["compatible /properties/y/type: it may be number"],
    ],
    [
      "a number that must be whole",
      number(),
      number({ type: "integer" }),
      ["breaking /properties/y/type: it is no number any more"],
    ],
    ["another kind", text(), x, ["breaking /properties/y: a single value became an array"]],
    [
      "more dtypes",
      array("float32", [3]),
      array(["float32", "float64"], [3]),
      ["compatible /properties/y/ndarray: float64 is a dtype of it as well"],
    ],
    [
      "fewer dtypes",
      array(["float32", "float64"], [3]),
      array("float32", [3]),
      ["breaking /properties/y/ndarray: float64 is no dtype of it any more"],
    ],
    [
      "a dtype of the past",
      array("object", [3]),
      array("float32", [3], { legacy: [{ dtype: "object", to: "float32", description: "Until 2020." }] }),
      [
        "upgrade /properties/y/ndarray: object is an outdated dtype",
        "compatible /properties/y/ndarray: float32 is a dtype of it as well",
      ],
    ],
    [
      "any size",
      array("int8", [3]),
      array("int8", ["*"]),
      ["compatible /properties/y/ndarray: the shape is (*) in place of (3)"],
    ],
    [
      "one size",
      array("int8", ["*"]),
      array("int8", [3]),
      ["breaking /properties/y/ndarray: the shape is (3) in place of (*)"],
    ],
    [
      "a column more, filled in",
      array("int8", ["*", 2]),
      array("int8", ["*", 3], { legacy: [{ shape: ["*", 2], fill: 1, description: "Until 2020." }] }),
      ["upgrade /properties/y/ndarray: the shape is (*, 3) in place of (*, 2)"],
    ],
    [
      "a first default",
      text(),
      text({ default: "a" }),
      ['compatible /properties/y: the default is "a" in place of nothing'],
    ],
    [
      "another default",
      text({ default: "b" }),
      text({ default: "a" }),
      ['breaking /properties/y: the default is "a" in place of "b"'],
    ],
    [
      "another stored name",
      text({ stored: { name: "old" } }),
      text({ stored: { name: "new" } }),
      ['breaking /properties/y: it is stored as "new" in place of "old"'],
    ],
    [
      "another stored name, the former one known",
      text({ stored: { name: "old" } }),
      text({ stored: { name: "new", aliases: ["old"] } }),
      ['upgrade /properties/y: it is stored as "new" in place of "old"'],
    ],
    [
      "a former name that is forgotten",
      text({ stored: { aliases: ["old"] } }),
      text(),
      ['breaking /properties/y: the former names "old" are forgotten'],
    ],
    [
      "a value more",
      text({ enum: ["a"] }),
      text({ enum: ["a", "b"] }),
      ['compatible /properties/y/enum: it may be "b"'],
    ],
    [
      "a value less",
      text({ enum: ["a", "b"] }),
      text({ enum: ["a"] }),
      ['breaking /properties/y/enum: it cannot be "b" any more'],
    ],
    [
      "a lower minimum",
      number({ minimum: 1 }),
      number({ minimum: 0 }),
      ['compatible /properties/y/minimum: "minimum" is 0 in place of 1'],
    ],
    [
      "a lower maximum",
      number({ maximum: 1 }),
      number({ maximum: 0 }),
      ['breaking /properties/y/maximum: "maximum" is 0 in place of 1'],
    ],
    [
      "another unit",
      number({ unit: "m" }),
      number({ unit: "mm" }),
      ["breaking /properties/y: the unit is mm in place of m"],
    ],
    ["a rule more", x, array(["float32"], [3], { finite: true }), ['breaking /properties/y/finite: "finite" is new']],
  ])("%s", (_, before, after, expected) => {
    expect(changed(before, after)).toEqual(expected);
  });

  it("keys come, go and must be there", () => {
    expect(diff(schema({}), schema({ y: text() }))).toEqual(['compatible /properties/y: "y" is new']);
    expect(diff(schema({}), schema({ y: text() }, { required: ["y"] }))).toEqual([
      'breaking /required: "y" is required',
    ]);
    const filled = schema({ y: text({ default: "a" }) }, { required: ["y"] });
    expect(diff(schema({}), filled)).toEqual(['upgrade /required: "y" is required, by default "a"']);
    expect(diff(schema({ y: text() }), schema({}))).toEqual(['breaking /properties/y: "y" is not described any more']);
    expect(diff(schema({ y: text() }), schema({}, { additionalProperties: false }))).toContain(
      'breaking /properties/y: "y" is not allowed any more',
    );
    expect(diff(schema({ y: text() }), schema({ z: text({ stored: { aliases: ["y"] } }) }))).toContain(
      'upgrade /properties/z: "y" is called "z"',
    );
    expect(diff(schema({ y: text() }, { required: ["y"] }), schema({ y: text() }))).toEqual([
      'compatible /required: "y" may be absent',
    ]);
  });

  it("containers, rules of recognition and profiles", () => {
    expect(diff(schema({}), schema({}, { container: ["npz", "pickle"] }))).toEqual([
      "compatible /container: pickle is a container as well",
    ]);
    expect(diff(schema({}, { container: ["npz", "pickle"] }), schema({}, { container: "pickle" }))).toContain(
      "breaking /container: npz is no container any more",
    );
    expect(diff(schema({}), schema({}, { detect: [["y"], ["x"]] }))).toEqual([]);
    expect(diff(schema({}), schema({}, { detect: [["x", "y"]] }))).toEqual([
      "breaking /detect: the rules of recognition are others",
    ]);
  });

  it("parts that hold themselves are compared once", () => {
    const tree = (type: string) => ({
      ...schema({ tree: { $ref: "#/$defs/Tree" } }),
      container: "json",
      $defs: {
        Tree: {
          description: "A tree.",
          type: "object",
          properties: { value: { description: "Of it.", type }, next: { $ref: "#/$defs/Tree" } },
        },
      },
    });
    expect(diff(tree("string"), tree("integer"))).toEqual([
      "breaking /$defs/Tree/properties/value/type: it is no string any more",
      "compatible /$defs/Tree/properties/value/type: it may be integer",
    ]);
  });

  it("data sets by their id, and conventions keypoint by keypoint", () => {
    const convention = (...names: readonly object[]) => ({
      $schema: "urn:somakit:convention:1",
      name: "c",
      description: "Keypoints.",
      keypoints: names,
    });
    const older = project({
      "a.json": schema({}),
      "b.json": { ...schema({}), $id: "urn:b", title: "B" },
      "conventions/c.json": convention({ name: "p" }, { name: "q" }),
    });
    const newer = project({
      "a.json": schema({}),
      "c.json": { ...schema({}), $id: "urn:c", title: "C" },
      "conventions/c.json": convention({ name: "r", aliases: ["p"] }, { name: "s" }),
    });
    expect(diffProjects(older, newer).map(({ kind, of, message }) => `${kind} ${of}: ${message}`)).toEqual([
      'breaking b: the data set "b" is gone',
      'compatible c: the data set "c" is new',
      'compatible c: keypoint 0 is "r" in place of "p"',
      'breaking c: keypoint 1 is "s" in place of "q"',
    ]);
  });
});
