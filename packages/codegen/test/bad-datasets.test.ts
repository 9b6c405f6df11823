// biome-ignore-all lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
import { describe } from "vitest";
import { check, data, scalar, value } from "./bad.js";

describe("keys", () => {
  const at = "error a.json#";
  const S = (properties: object, more: object = {}) => ({ "a.json": data(scalar, { ...more, properties }) });
  check([
    [
      "required, yet not described",
      S({}, { required: ["x", "y"] }),
      [`${at}/required/1: required key "y" is not described`],
    ],
    [
      "required by a condition",
      S({}, { anyOf: [{ required: ["x"] }, { required: ["zzz"] }] }),
      [`${at}/anyOf/1/required/0: required key "zzz" is not described`],
    ],
    [
      "required in then",
      S({}, { if: { required: ["x"] }, then: { required: ["zzz"] } }),
      [`${at}/then/required/0: required key "zzz" is not described`],
    ],
    [
      "required together",
      S({}, { dependentRequired: { x: ["zzz"] } }),
      [`${at}/dependentRequired/x/0: required key "zzz" is not described`],
    ],
    ["required and matched by a pattern", S({}, { required: ["zzz"], patternProperties: { "^z": scalar } }), []],
    [
      "that close an object, yet are not there",
      S({}, { closed: { when: "strict" } }),
      [`${at}/closed/when: "when" names "strict", which is not there`],
    ],
    [
      "that close an object, yet are no booleans",
      S({}, { closed: { when: "x" } }),
      [`${at}/closed/when: "when" names "x", which is no boolean`],
    ],
    [
      "that a span begins and ends with, yet are not there or no numbers",
      S({ y: value({ type: "string" }) }, { span: { start: "zzz", end: "y" } }),
      [
        `${at}/span/start: "start" names "zzz", which is not there`,
        `${at}/span/end: "end" names "y", which is no whole number`,
      ],
    ],
    ["that a span begins and ends with", S({ y: value({ type: "integer" }) }, { span: { start: "x", end: "y" } }), []],
    [
      "extending what is never closed",
      S({ y: value({ type: "integer", extension: true }) }),
      [
        'warning a.json#/properties/y/extension: an extension of an object that is never "closed" is like any other property',
      ],
    ],
    [
      "stored in the same place",
      S({ y: value({ type: "integer", stored: { name: "x" } }) }),
      [`${at}/properties/y/stored/name: "y" is stored where "x" is`],
    ],
    [
      "in the same attribute",
      {
        "a.json": data(value({ type: "integer", attribute: true }), {
          container: "hdf5",
          properties: { y: value({ type: "integer", attribute: "x" }) },
        }),
      },
      [`${at}/properties/y/attribute: "y" is stored where "x" is`],
    ],
    [
      "that are both the array itself",
      {
        "a.json": data(value({ ndarray: { dtype: "uint8", shape: [2] }, itself: true }), {
          container: "hdf5",
          properties: { y: value({ ndarray: { dtype: "uint8", shape: [2] }, itself: true }) },
        }),
      },
      [`${at}/properties/y: "y" is stored where "x" is`],
    ],
    ["without description", S({ y: { type: "integer" } }), ['warning a.json#/properties/y: "y" has no "description"']],
    [
      "of a pattern without description",
      S({}, { patternProperties: { "^z": true } }),
      ['warning a.json#/patternProperties/^z: pattern "^z" has no "description"'],
    ],
    [
      "that describe no value",
      S({ y: false }),
      [`${at}/properties/y: false describes no value`, 'warning a.json#/properties/y: "y" has no "description"'],
    ],
  ]);
});

describe("a data set", () => {
  const D = (more: object) => ({ "a.json": data(scalar, more) });
  const at = "error a.json#";
  check([
    [
      "without title",
      { "a.json": { ...data(scalar), title: undefined } },
      ['warning a.json#: the data set has no "title"'],
    ],
    [
      "without description",
      { "a.json": { ...data(scalar), description: undefined } },
      ['warning a.json#: the data set has no "description"'],
    ],
    [
      "in an unknown container",
      D({ container: "zarr" }),
      [
        `${at}/container: container "zarr" is unknown; known are "npz", "npy", "pickle", "json", "hdf5", "folder", "msgpack-stream"`,
      ],
    ],
    [
      "in no container",
      D({ container: 1 }),
      [
        `${at}/container: container 1 is unknown; known are "npz", "npy", "pickle", "json", "hdf5", "folder", "msgpack-stream"`,
      ],
    ],
    [
      "in a container without kind",
      D({ container: ["npz", { kin: "npz" }] }),
      [
        `${at}/container/1: container item needs "kind"`,
        `${at}/container/1/kin: unknown key "kin" in container item; did you mean "kind"?`,
      ],
    ],
    [
      "in a compressed folder",
      D({ container: ["npz", { kind: "folder", wrap: "gzip" }] }),
      [
        "warning a.json#/container/1: core has no support for folder compressed by gzip yet: types, layout, validator and docs are generated, open/read/write are not",
      ],
    ],
    ["in a compressed container", D({ container: { kind: "json", wrap: "gzip" } }), []],
    [
      "with extensions that are none",
      D({ container: { kind: "npz", extensions: ["npz"] } }),
      [
        `${at}/container/extensions/0: extensions item "npz" is no file name ending: a dot, then letters, digits, ".", "-" and "_"`,
      ],
    ],
    [
      "with classes that are none",
      D({ container: { kind: "pickle", classes: ["eval"] } }),
      [
        `${at}/container/classes/0: classes item "eval" is no Python class: a module and a name, such as "package.module.Name"`,
      ],
    ],
    [
      "of values without names in an archive of names",
      { "a.json": { ...data(scalar), container: "npz", type: "array", properties: undefined } },
      [`${at}/container: npz holds named values, but the root is no object with described keys`],
    ],
    [
      "of several arrays in a file for one",
      D({ container: "npy" }),
      [`${at}/container: npy holds one array, but the root is none`],
    ],
    ["recognised by nothing", D({ detect: [] }), [`${at}/detect: "detect" must not be empty`]],
    [
      "recognised by keys that it has not",
      D({ detect: [["x", "y"], { present: ["zzz"] }] }),
      [
        'warning a.json#/detect/0/1: key "y" is not described',
        'warning a.json#/detect/1/present/0: key "zzz" is not described',
      ],
    ],
    [
      "with a profile of unknown codes",
      D({ profiles: { p: { description: "P.", severity: { tipe: "off" } } } }),
      [`${at}/profiles/p/severity/tipe: issue code "tipe" is unknown; did you mean "type"?`],
    ],
    [
      "with a profile of unknown severities",
      D({ profiles: { p: { description: "P.", severity: { type: "fatal" } } } }),
      [`${at}/profiles/p/severity/type: severity "fatal" is unknown; known are "error", "warning", "info", "off"`],
    ],
    [
      "with a profile about nothing",
      D({ profiles: { p: { description: "P.", severity: {}, required: { Pose: ["x"] } } } }),
      [`${at}/profiles/p/required/Pose: "Pose" names no object of the schema`],
    ],
    [
      "with a profile that requires nothing",
      D({ profiles: { p: { description: "P.", severity: {}, required: { "": ["y"] } } } }),
      [`${at}/profiles/p/required//0: required key "y" is not described`],
    ],
    [
      "with two parts of one name",
      D({ $defs: { pose: scalar, Pose: scalar } }),
      [`${at}/$defs/Pose: the part makes the type Pose, and so does "pose"`],
    ],
    [
      "with a part of its own name",
      D({ $defs: { data: scalar } }),
      [`${at}/$defs/data: the part makes the type Data, and so does the data set itself`],
    ],
    [
      "whose records are properties already",
      D({ records: [{ name: "r", schema: { $ref: "#/$defs/R" } }], $defs: { R: scalar } }),
      [`${at}/properties: "properties" does not go with "records"`],
    ],
    [
      "recognised, yet in no container",
      { "a.json": { ...data(scalar), container: undefined, detect: [["x"]] } },
      [`${at}: "detect" needs "container" beside it`],
    ],
  ]);
});
