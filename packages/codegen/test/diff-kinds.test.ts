import { describe, expect, it } from "vitest";
import { dialectFiles } from "../src/dialect/dialect.gen.js";
import { keywordsOf } from "../src/dialect/editor.js";
import { diffProjects } from "../src/diff/project.js";
import { projectOf } from "./project-files.js";

const STAYS_VALID = "files made before stay valid";
const REFUSED = "files made before may break the new rule";
const REWRITTEN = "files made before still open, and an upgrade rewrites them";

const x = { description: "An array.", ndarray: { dtype: "float32", shape: ["N", 3] } };
const text = (more: object = {}) => ({ description: "A text.", type: "string", ...more });
const array = (shape: readonly unknown[], more: object = {}) => ({
  description: "An array.",
  ndarray: { dtype: "float32", shape },
  ...more,
});
const object = (more: object) => ({ description: "An object.", type: "object", ...more });
const list = (more: object) => ({ description: "A list.", type: "array", ...more });

function schema(y: unknown, more: object = {}): object {
  return {
    $schema: "urn:somakit:dialect:1",
    $id: "urn:example:a:1",
    title: "A",
    description: "A data set.",
    type: "object",
    container: "pickle",
    detect: [["x"]],
    dims: { N: {}, M: {} },
    ...more,
    properties: { x, ...(y === undefined ? {} : { y }), ...((more as { properties?: object }).properties ?? {}) },
  };
}

/** `kind pointer: message (why)` of every change. */
function diff(older: Record<string, unknown>, newer: Record<string, unknown>): readonly string[] {
  const projects = [older, newer].map((files) => projectOf(files));
  for (const { problems } of projects) expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const [before, after] = projects as [(typeof projects)[0], (typeof projects)[0]];
  return diffProjects(before, after).map(
    ({ kind, pointer, message, why }) => `${kind} ${pointer}: ${message} (${why})`,
  );
}

type Change = readonly [what: string, before: unknown, after: unknown, expected: readonly string[]];
const Y = "/properties/y";

/** Changes of the property `y`. */
const changes: readonly Change[] = [
  [
    "an encoding",
    array(["N", 3]),
    array(["N", 3], { encoding: [{ codec: "quantize", step: 1, as: "int32" }] }),
    [`breaking ${Y}/encoding: it is encoded in another way (files made before hold other numbers)`],
  ],
  [
    "keypoints, stated",
    array(["N", 17, 3]),
    array(["N", 17, 3], { keypoints: { axis: 1, convention: "coco" } }),
    [`compatible ${Y}/keypoints: its axis of keypoints is stated (${STAYS_VALID})`],
  ],
  [
    "keypoints of another convention",
    array(["N", 17, 3], { keypoints: { axis: 1, convention: "coco" } }),
    array(["N", 17, 3], { keypoints: { axis: 1, convention: "other" } }),
    [
      `breaking ${Y}/keypoints: keypoints are by {"axis":1,"convention":"other"} in place of {"axis":1,"convention":"coco"} (the same numbers mean other places on the body)`,
    ],
  ],
  ["constants, gone", text({ enum: ["a"] }), text(), [`compatible ${Y}/enum: it may have any value (${STAYS_VALID})`]],
  ["constants, new", text(), text({ enum: ["a"] }), [`breaking ${Y}/enum: it must be one of ["a"] (${REFUSED})`]],
  [
    "what may be anything now",
    text(),
    { description: "Anything." },
    [`breaking ${Y}: a single value became any value (files stay valid, but code gets a value of no stated type)`],
  ],
  [
    "what has several forms now",
    text(),
    { description: "Several.", anyOf: [{ type: "string" }, list({})] },
    [`breaking ${Y}: a single value became a choice of forms (${REFUSED})`],
  ],
  [
    "a form more",
    { description: "Several.", anyOf: [text(), list({})] },
    { description: "Several.", anyOf: [text(), list({}), object({})] },
    [`compatible ${Y}: 3 forms in place of 2 (${STAYS_VALID})`],
  ],
  [
    "a form less",
    { description: "Several.", anyOf: [text(), list({}), object({})] },
    { description: "Several.", anyOf: [text(), list({})] },
    [`breaking ${Y}: 2 forms in place of 3 (${REFUSED})`],
  ],
  [
    "leading items",
    list({ prefixItems: [text()] }),
    list({ prefixItems: [text(), text()] }),
    [`breaking ${Y}: 2 leading items in place of 1 (${REFUSED})`],
  ],
  [
    "further items, refused",
    list({ prefixItems: [text()] }),
    list({ prefixItems: [text()], items: false }),
    [`breaking ${Y}: further items are refused (${REFUSED})`],
  ],
  [
    "further items, allowed",
    list({ prefixItems: [text()], items: false }),
    list({ prefixItems: [text()] }),
    [`compatible ${Y}: further items are allowed (${STAYS_VALID})`],
  ],
  [
    "keys of a pattern, described",
    object({}),
    object({ properties: { a: text() }, patternProperties: { "^b": text() } }),
    [`breaking ${Y}: any value became an object (${REFUSED})`],
  ],
  [
    "a pattern more",
    object({ properties: { a: text() } }),
    object({ properties: { a: text() }, patternProperties: { "^b": text() } }),
    [`breaking ${Y}/patternProperties/^b: keys like ^b have a form now (${REFUSED})`],
  ],
  [
    "a pattern less",
    object({ properties: { a: text() }, patternProperties: { "^b": text() } }),
    object({ properties: { a: text() } }),
    [
      `breaking ${Y}/patternProperties/^b: keys like ^b are not described any more (code that reads them finds no type)`,
    ],
  ],
  [
    "other keys, described",
    object({ properties: { a: text() } }),
    object({ properties: { a: text() }, additionalProperties: text() }),
    [`breaking ${Y}/additionalProperties: other keys have a form now (${REFUSED})`],
  ],
  [
    "other keys, described no more",
    object({ properties: { a: text() }, additionalProperties: text() }),
    object({ properties: { a: text() } }),
    [`breaking ${Y}/additionalProperties: other keys are not described any more (code that reads them finds no type)`],
  ],
  [
    "another form in the file",
    text(),
    text({ stored: { as: "scalar-array" } }),
    [`compatible ${Y}: it is written as scalar-array (every form that gives the value is read)`],
  ],
  [
    "a name of its own in the file, given up",
    text({ stored: { name: "old" } }),
    text(),
    [`breaking ${Y}: it is stored as "its key" in place of "old" (files made before have it under the other name)`],
  ],
  [
    "a unit, stated",
    array(["N"]),
    array(["N"], { unit: "m" }),
    [`compatible ${Y}: the unit is m in place of none (numbers stay what they are)`],
  ],
  [
    "a key that another took the place of",
    array(["N", 3]),
    array(["N", 3], { deprecated: true, becomes: ["x"] }),
    [`upgrade ${Y}: "x" took its place (${REWRITTEN})`],
  ],
  [
    "a former name, forgotten",
    text({ stored: { aliases: ["old"] } }),
    text(),
    [`breaking ${Y}: the former names "old" are forgotten (older files have it under them)`],
  ],
  [
    "a default, stated",
    text(),
    text({ default: "a" }),
    [`compatible ${Y}: the default is "a" in place of nothing (it is filled in where the key is absent)`],
  ],
  [
    "a default, another",
    text({ default: "b" }),
    text({ default: "a" }),
    [`breaking ${Y}: the default is "a" in place of "b" (files without the key mean something else)`],
  ],
  [
    "another unit",
    array(["N"], { unit: "mm" }),
    array(["N"], { unit: "m" }),
    [`breaking ${Y}: the unit is m in place of mm (the same numbers mean something else)`],
  ],
  [
    "which way is up, stated",
    array(["N", 3]),
    array(["N", 3], { coordinates: { up: "y" } }),
    [`compatible ${Y}/coordinates: "coordinates" is new (the same numbers are other places in space)`],
  ],
  [
    "which way is up",
    array(["N", 3], { coordinates: { up: "z" } }),
    array(["N", 3], { coordinates: { up: "y" } }),
    [`breaking ${Y}/coordinates: "coordinates" is another (the same numbers are other places in space)`],
  ],
  [
    "what it follows",
    list({ follows: "N" }),
    list({ follows: "M" }),
    [`breaking ${Y}/follows: "follows" is another (files are cut along other axes than before)`],
  ],
  [
    "its part in people who move",
    text({ motion: { part: "name" } }),
    text(),
    [`breaking ${Y}/motion: "motion" is gone (conversion takes it for something else)`],
  ],
];

const twice = (name: string) => ({
  $schema: "urn:somakit:convention:1",
  name,
  description: "Keypoints.",
  keypoints: Array.from({ length: 17 }, (_, at) => ({ name: `p${at}` })),
});
const conventions = { "conventions/coco.json": twice("coco"), "conventions/other.json": twice("other") };

describe("changes of a value", () => {
  it.each(changes)("%s", (_, before, after, expected) => {
    const [older, newer] = [before, after].map((y) => ({ ...conventions, "a.json": schema(y) }));
    expect(diff(older as never, newer as never)).toEqual(expected);
  });
});

/** Changes of the data set as a whole. */
const wholes: readonly Change[] = [
  ["the role of an axis", { dims: { N: { role: "frame" } } }, { dims: { N: { role: "person" } } }, [
    "breaking /dims/N: N has another role (files are cut along other axes than before)",
  ]],
  ["which container is written", { container: ["npz", "pickle"] }, { container: ["pickle", "npz"] }, [
    `compatible /container: new files are pickle in place of npz (${STAYS_VALID})`,
  ]],
  ["a container, gone", { container: ["npz", "pickle"] }, { container: ["npz"] }, [
    "breaking /container: pickle is no container any more (such files cannot be read any more)",
  ]],
  ["names of files", { container: { kind: "pickle", extensions: [".a", ".b"] } }, { container: { kind: "pickle", extensions: [".a"] } }, [
    "compatible /container: names of new files no longer end in .b (content decides, not names)",
  ]],
  ["classes", { container: { kind: "pickle", classes: ["lab.A"] } }, { container: "pickle" }, [
    "breaking /container: instances of lab.A are refused (files that hold some do not open)",
  ]],
  ["a stored None", { container: "pickle" }, { container: { kind: "pickle", nulls: "absent" } }, [
    `breaking /container: a stored None is no value now (${REFUSED})`,
  ]],
  ["how it is recognised", {}, { detect: [["x", "z"]] }, [
    "breaking /detect: the rules of recognition are others (files may not be recognised any more)",
  ]],
  ["what must be there", { required: ["x"] }, {}, [`compatible /required: "x" may be absent (files made before have it)`]],
  ["what must be there now", {}, { required: ["x"] }, [`breaking /required: "x" is required (files made before may lack it)`]],
  ["other keys, refused", { properties: { z: text() } }, { additionalProperties: false }, [
    `breaking /properties/z: "z" is not allowed any more (files that have it are refused)`,
    `breaking : other keys are refused (${REFUSED})`,
  ]],
  ["a profile, gone", { profiles: { strict: { description: "Strict.", severity: { range: "error" } } } }, {}, [
    `breaking /profiles/strict: the profile "strict" is gone (checks that name it fail)`,
  ]],
  ["a profile, another", { profiles: { strict: { description: "Strict.", severity: { range: "error" } } } }, { profiles: { strict: { description: "Strict.", severity: { range: "warning" } } } }, [
    `breaking /profiles/strict: the profile "strict" is another (a check by this profile may judge the same file in another way)`,
  ]],
  ["a profile, new", {}, { profiles: { strict: { description: "Strict.", severity: { range: "error" } } } }, [
    `compatible /profiles/strict: the profile "strict" is new (${STAYS_VALID})`,
  ]],
]; // biome-ignore format: one line each

describe("changes of a data set", () => {
  it.each(wholes)("%s", (_, before, after, expected) => {
    const [older, newer] = [before, after].map((more) => ({ "a.json": schema(undefined, more as object) }));
    expect(diff(older as never, newer as never)).toEqual(expected);
  });

  it("keys that come, go and are called otherwise", () => {
    const files = (y: unknown, more: object = {}) => ({ "a.json": schema(y, more) });
    expect(diff(files(undefined), files(text()))).toEqual([
      `compatible ${Y}: "y" is new (files made before do without it)`,
    ]);
    expect(diff(files(text()), files(undefined))).toEqual([
      `breaking ${Y}: "y" is not described any more (files still open, but code that reads it finds no type)`,
    ]);
    const renamed = { properties: { z: text({ stored: { aliases: ["y"] } }) } };
    expect(diff(files(text()), files(undefined, renamed))).toContain(
      'upgrade /properties/z: "y" is called "z" (files made before are read under the former name)',
    );
    expect(diff(files(undefined), files(text({ default: "a" }), { required: ["y"] }))).toEqual([
      `upgrade /required: "y" is required, by default "a" (${REWRITTEN})`,
    ]);
  });

  it("a value that lies elsewhere", () => {
    const hdf5 = (y: unknown) => ({ "a.json": schema(y, { container: "hdf5" }) });
    expect(diff(hdf5(text()), hdf5(text({ attribute: true })))).toEqual([
      `breaking ${Y}: it lies in another place of the file (files made before have it where it was)`,
    ]);
  });

  it("where a sparse array has its parts, and what counts its columns", () => {
    const sparse = (more: object) => {
      const parts = { data: "d", indices: "i", indptr: "p" };
      const node = { layout: "csr", dtype: "float32", shape: ["*", "*"], parts, columns: "largest-index", ...more };
      return { "a.json": schema({ description: "Y.", sparse: node }) };
    };
    expect(diff(sparse({}), sparse({ parts: { data: "e", indices: "i", indptr: "p" } }))).toEqual([
      `breaking ${Y}/sparse: its parts have other names (files made before have none of those names)`,
    ]);
    expect(diff(sparse({}), sparse({ columns: { array: "shape" } }))).toEqual([
      `breaking ${Y}/sparse: its columns are counted in another way (files made before may not say it so)`,
    ]);
  });

  it("records of a stream", () => {
    const stream = (...names: readonly string[]) => ({
      "a.json": {
        $schema: "urn:somakit:dialect:1",
        title: "A",
        description: "A stream.",
        container: "msgpack-stream",
        records: names.map((name, at) => ({
          name,
          schema: { $ref: "#/$defs/R" },
          ...(at === names.length - 1 && { repeat: true }),
        })),
        $defs: { R: object({ properties: { a: text() } }) },
      },
    });
    expect(diff(stream("frames"), stream("header", "frames"))).toContain(
      `breaking /records: the records of the stream are others (${REFUSED})`,
    );
  });
});

describe("changes of conventions and lists", () => {
  const convention = (...names: readonly string[]) => ({
    "a.json": schema(undefined),
    "conventions/c.json": {
      $schema: "urn:somakit:convention:1",
      name: "c",
      description: "Keypoints.",
      keypoints: names.map((name) => ({ name, ...(name === "new" && { aliases: ["old"] }) })),
    },
  });
  const names = (...items: readonly string[]) => ({
    "a.json": schema(undefined),
    "lists/deeds.json": { $schema: "urn:somakit:list:1", name: "deeds", description: "Deeds.", items },
  });

  it.each<readonly [string, Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
    [
      "more keypoints",
      convention("a"),
      convention("a", "b"),
      ["breaking /keypoints: 2 keypoints in place of 1 (arrays made before have another size)"],
    ],
    [
      "a keypoint with a new name",
      convention("old"),
      convention("new"),
      ['compatible /keypoints/0: keypoint 0 is "new" in place of "old" (the former name is still understood)'],
    ],
    [
      "another keypoint",
      convention("a"),
      convention("b"),
      ['breaking /keypoints/0: keypoint 0 is "b" in place of "a" (the same numbers mean another place on the body)'],
    ],
    [
      "another item",
      names("walk", "run"),
      names("walk", "jump"),
      ["breaking /items: item 1 is another, or gone (labels count the items: the same number means another one)"],
    ],
    [
      "items at the end",
      names("walk"),
      names("walk", "run"),
      [`compatible /items: 1 more items at the end (${STAYS_VALID})`],
    ],
    [
      "a list, new",
      { "a.json": schema(undefined) },
      names("walk"),
      ['compatible : the list "deeds" is new (nothing was made with it before)'],
    ],
    [
      "a list, gone",
      names("walk"),
      { "a.json": schema(undefined) },
      ['breaking : the list "deeds" is gone (nothing reads its files any more)'],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(diff(before, after)).toEqual(expected);
  });
});

/** Keywords that say nothing about what files hold or mean: words for people, and how grave an issue is. */
const SILENT = [
  ...["$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "examples", "deprecated"],
  ...["note", "recommends", "severity"],
];

it("a change of every keyword is one that diff knows, or means nothing to files", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const folder = new URL("../src/diff/", import.meta.url);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const code = sources.join("\n");
  // By the names under which the lowered form has them.
  const elsewhere: Readonly<Record<string, RegExp>> = {
    properties: /\.properties/,
    required: /\.required/,
    patternProperties: /\.patterns/,
    additionalProperties: /"additional"/,
    items: /"items"/,
    prefixItems: /"prefix"/,
    anyOf: /"branches"/,
    oneOf: /"branches"/,
    ndarray: /"ndarray"/,
    sparse: /"sparse"/,
    encoding: /\.encoding/,
    legacy: /\.legacy/,
    container: /\.containers/,
    stored: /\.stored/,
    default: /\.default/,
    unit: /\.unit/,
    becomes: /\.becomes/,
    keypoints: /\.keypoints/,
    detect: /\.detect/,
    records: /\.records/,
    profiles: /\.profiles/,
    attribute: /\.place/,
    itself: /\.place/,
    itemNumber: /\.place/,
    itemName: /\.place/,
    folder: /\.place/,
    file: /\.place/,
  };
  const unknown = [...keywordsOf(dialectFiles).keys()].filter(
    (keyword) => !SILENT.includes(keyword) && !(elsewhere[keyword]?.test(code) ?? code.includes(`"${keyword}"`)),
  );
  expect(unknown).toEqual([]);
});
