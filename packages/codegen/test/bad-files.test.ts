import { describe, expect, it } from "vitest";
import { check, data, five, scalar, value, X } from "./bad.js";
import { projectOf } from "./project-files.js";

describe("a file", () => {
  check([
    ["that is fine", { "a.json": data(scalar) }, []],
    ["that is no schema's business", { "README.md": "# {" }, []],
    ["that is no JSON", { "a.json": "{ a }" }, ["error a.json#: not JSON: a key in quotes is missing"]],
    ["that ends too early", { "a.json": '{"a": [1,' }, ["error a.json#/a/1: not JSON: the text ends too early"]],
    ["with a comma too many", { "a.json": '{"a": [1,]}' }, ['error a.json#/a/0: not JSON: a "," too many']],
    ["that is empty", { "a.json": "" }, ["error a.json#: not JSON: the text ends too early"]],
    ["with more behind the end", { "a.json": "{} {}" }, ["error a.json#: not JSON: text after the end of the value"]],
    [
      "with a broken string",
      { "a.json": '{"a": "\\x"}' },
      ["error a.json#/a: not JSON: a string without its end, or with a wrong escape or control character"],
    ],
    ["that is no object", { "a.json": "[]" }, ["error a.json#: a schema must be an object"]],
    [
      "nested too deeply",
      { "a.json": `${'{"a":'.repeat(300)}1${"}".repeat(300)}` },
      [`error a.json#${"/a".repeat(201)}: not JSON: nested more than 200 levels deep`],
    ],
    [
      "with a key twice",
      { "a.json": JSON.stringify(data(scalar)).replace('"title"', '"title":"A","title"') },
      ['error a.json#/title: the key "title" occurs twice, first in line 1'],
    ],
    ["without $schema", { "a.json": { type: "object" } }, ['error a.json#: there is no "$schema"']],
    [
      "of another dialect",
      { "a.json": { $schema: "https://json-schema.org/draft/2020-12/schema" } },
      ['error a.json#/$schema: "$schema" "https://json-schema.org/draft/2020-12/schema" is not somakit\'s dialect'],
    ],
    [
      "whose editor is lost",
      { "a.json": data(scalar, { $schema: "dialect/editor.json" }) },
      ['warning a.json#/$schema: "$schema" names no file: there is no dialect/editor.json'],
    ],
    [
      "whose editor cannot follow",
      { "b/a.json": data(scalar, { $schema: "../../dialect/dialect.json" }) },
      ["warning b/a.json#/$schema: editors cannot follow dialect.json"],
    ],
    [
      "that is another version of the dialect",
      { "dialect/array.json": { $id: "urn:somakit:dialect:1:array" } },
      ["warning dialect/array.json#: this copy of the dialect is not that of this version of somakit"],
    ],
    [
      "whose name is no module's",
      { "a b.json": data(scalar) },
      ['error a b.json#: the name "a b" cannot name a module: only letters, digits, "-" and "_"'],
    ],
    [
      "whose folder's name is no module's",
      { "..evil/a.json": data(scalar) },
      ['error ..evil/a.json#: the name "..evil" cannot name a module: only letters, digits, "-" and "_"'],
    ],
    [
      "whose name is taken",
      { "registry.json": data(scalar) },
      ['error registry.json#: the name "registry" is taken by generated files'],
    ],
    [
      "with the id of another",
      { "a.json": data(scalar), "a/a.json": data(scalar, { title: "Other" }) },
      ['error a/a.json#: the data set is called "a", and so is that of a.json'],
    ],
    [
      "with the $id of another",
      { "a.json": data(scalar, { $id: "x" }), "b.json": data(scalar, { $id: "x" }) },
      ['error b.json#/$id: "$id" is that of a.json, too'],
    ],
    [
      "with the title of another",
      { "s/a.json": data(scalar), "s/b.json": data(scalar) },
      ["error s/b.json#/title: the title makes the type Data, and so does that of s/a.json"],
    ],
    [
      "nobody refers to",
      { "a.json": { $schema: "urn:somakit:dialect:1", type: "object" } },
      ["warning a.json#: no data set refers to this file"],
    ],
  ]);
});

describe("references", () => {
  const at = `error a.json#${X}/$ref`;
  const R = ($ref: unknown, more: object = {}) => ({
    "a.json": data(value({ $ref }), { $defs: { Pose: scalar }, ...more }),
  });
  const part = { $schema: "urn:somakit:dialect:1", ...scalar };
  check([
    ["to a part", R("#/$defs/Pose"), []],
    ["to a file", { ...R("b/p.json"), "b/p.json": part }, []],
    [
      "to nothing",
      R("#/$defs/Pos"),
      [`${at}: "$ref" "#/$defs/Pos" names nothing in a.json; did you mean "#/$defs/Pose"?`],
    ],
    [
      "to no file",
      R("poses.json#/$defs/P"),
      [`${at}: "$ref" "poses.json#/$defs/P" names no schema: there is no poses.json`],
    ],
    [
      "to a file that cannot be read",
      { ...R("p.json"), "p.json": "{" },
      ["error p.json#: not JSON: a key in quotes is missing"],
    ],
    ["out of the folder", R("../p.json"), [`${at}: "$ref" "../p.json" leads out of the folder of schemas`]],
    [
      "to the web",
      R("https://example.org/p.json"),
      [
        `${at}: $ref "https://example.org/p.json" is no reference: a string such as "#/$defs/Pose", "parts.json#/$defs/Pose" or "parts.json"`,
      ],
    ],
    [
      "to a pointer elsewhere",
      R("#/properties/x"),
      [
        `${at}: $ref "#/properties/x" is no reference: a string such as "#/$defs/Pose", "parts.json#/$defs/Pose" or "parts.json"`,
      ],
    ],
    [
      "that lead in a circle",
      R("#/$defs/A", { $defs: { A: { $ref: "#/$defs/B" }, B: { $ref: "#/$defs/A" } } }),
      [
        'error a.json#/$defs/A/$ref: "$ref" "#/$defs/B" leads back to itself and to nothing else',
        'error a.json#/$defs/B/$ref: "$ref" "#/$defs/A" leads back to itself and to nothing else',
        `${at}: "$ref" "#/$defs/A" leads back to itself and to nothing else`,
      ],
    ],
    [
      "that lead in a circle through files",
      {
        ...R("b.json"),
        "b.json": { $schema: "urn:somakit:dialect:1", $ref: "c.json" },
        "c.json": { $schema: "urn:somakit:dialect:1", $ref: "b.json" },
      },
      [
        `${at}: "$ref" "b.json" leads back to itself and to nothing else`,
        'error b.json#/$ref: "$ref" "c.json" leads back to itself and to nothing else',
        'error c.json#/$ref: "$ref" "b.json" leads back to itself and to nothing else',
      ],
    ],
    [
      "beside type",
      { "a.json": data(value({ $ref: "#/$defs/Pose", type: "integer" }), { $defs: { Pose: scalar } }) },
      [`error a.json#${X}/type: "type" does not go with "$ref"`],
    ],
    [
      "of records to nothing",
      {
        "a.json": {
          $schema: "urn:somakit:dialect:1",
          title: "A",
          description: "A.",
          container: "json",
          records: [{ name: "r", schema: { $ref: "#/$defs/R" } }],
        },
      },
      ['error a.json#/records/0/schema/$ref: "$ref" "#/$defs/R" names nothing in a.json'],
    ],
  ]);
});

describe("several faults", () => {
  it("are told at once, by file and line, whatever finds them", () => {
    const a = `{
  "$schema": "urn:somakit:dialect:1",
  "title": "A", "description": "A.", "type": "object", "container": "json",
  "dims": { "N": { "roll": "frame" } },
  "properties": {
    "one": { "description": "One.", "ndaray": {}, "unit": "inch" },
    "two": { "description": "Two.", "ndarray": { "dtype": "int8", "shape": ["M"] } },
    "three": { "description": "Three.", "$ref": "#/$defs/Nothing" },
    "three": { "description": "Three.", "type": "string", "pattern": "(" }
  },
  "required": ["one", "four"]
}`;
    const problems = projectOf({ "b.json": "{", "a.json": a, "c.json": { ...five, name: "see" } }).problems;
    expect(problems.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      'a.json:4 unknown key "roll" in "N"; did you mean "role"?',
      'a.json:6 unknown keyword "ndaray"; did you mean "ndarray"?',
      'a.json:6 unit "inch" is unknown; known are "mm", "cm", "m", "px", "rad", "deg", "s", "frame", "ratio"',
      'a.json:7 symbol "M" is not declared',
      'a.json:9 the key "three" occurs twice, first in line 8',
      'a.json:9 pattern "(" does not compile: Unterminated group',
      'a.json:11 required key "four" is not described',
      "b.json:1 not JSON: a key in quotes is missing",
      'c.json:3 convention "see" is in a file called "c"',
    ]);
  });
});

describe("the rest of an object in another file", () => {
  const E = (more: object, properties: object = {}) => ({ "a.json": data(value(more), { properties }) });
  const X = "error a.json#/properties/x/elsewhere";
  const name = value({ type: "string" });
  check([
    ["that is fine", E({ type: "string", elsewhere: { entry: "name" } }, { name }), []],
    [
      "under a name that nobody says",
      E({ type: "string", elsewhere: { entry: "nam" } }, { name }),
      [`${X}/entry: "entry" names "nam", which is not there; did you mean "name"?`],
    ],
    [
      "under a number",
      E({ type: "string", elsewhere: { entry: "y" } }, { y: value({ type: "integer" }) }),
      [`${X}/entry: "entry" names "y", which is no string`],
    ],
    [
      "at a number",
      E({ type: "integer", elsewhere: { entry: "name" } }, { name }),
      [`${X}: "elsewhere" is for a text, which is the path of a file`],
    ],
    ["without a name", E({ type: "string", elsewhere: {} }, { name }), [expect.stringContaining(`${X}`)]],
  ]);
});
