// biome-ignore-all lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
import { describe } from "vitest";
import { check, data, N, scalar, value, X } from "./bad.js";

describe("a keyword", () => {
  const D = (more: object) => ({ "a.json": data(scalar, more) });
  const P = (more: object) => ({ "a.json": data(value(more), N) });
  check([
    [
      "misspelt in a property",
      P({ ndaray: {} }),
      [`error a.json#${X}/ndaray: unknown keyword "ndaray"; did you mean "ndarray"?`],
    ],
    [
      "misspelt in case",
      P({ type: "array", maxitems: 1 }),
      [`error a.json#${X}/maxitems: unknown keyword "maxitems"; did you mean "maxItems"?`],
    ],
    [
      "misspelt at the root",
      D({ contaner: "npz" }),
      ['error a.json#/contaner: unknown keyword "contaner"; did you mean "container"?'],
    ],
    [
      "misspelt in items",
      P({ type: "array", items: { tipe: "string" } }),
      [`error a.json#${X}/items/tipe: unknown keyword "tipe"; did you mean "type"?`],
    ],
    [
      "misspelt in prefixItems",
      P({ type: "array", prefixItems: [{}, { itmes: 1 }] }),
      [`error a.json#${X}/prefixItems/1/itmes: unknown keyword "itmes"; did you mean "items"?`],
    ],
    [
      "misspelt in $defs",
      D({ $defs: { P: { $reff: "x" } } }),
      ['error a.json#/$defs/P/$reff: unknown keyword "$reff"; did you mean "$ref"?'],
    ],
    [
      "misspelt in anyOf",
      P({ anyOf: [{ type: "null" }, { sparce: {} }] }),
      [`error a.json#${X}/anyOf/1/sparce: unknown keyword "sparce"; did you mean "sparse"?`],
    ],
    [
      "misspelt in patternProperties",
      P({ type: "object", patternProperties: { "^a": { description: "A.", uint: "m" } } }),
      [`error a.json#${X}/patternProperties/^a/uint: unknown keyword "uint"; did you mean "unit"?`],
    ],
    [
      "misspelt in additionalProperties",
      P({ type: "object", additionalProperties: { Type: "null" } }),
      [`error a.json#${X}/additionalProperties/Type: unknown keyword "Type"; did you mean "type"?`],
    ],
    [
      "misspelt in conditions",
      D({ if: { reqired: ["x"] }, then: { allOf: [{ nott: {} }] } }),
      [
        'error a.json#/if/reqired: unknown keyword "reqired"; did you mean "required"?',
        'error a.json#/then/allOf/0/nott: unknown keyword "nott"; did you mean "not"?',
      ],
    ],
    ["like no other", P({ zzzzzzzz: 1 }), [`error a.json#${X}/zzzzzzzz: unknown keyword "zzzzzzzz"`]],
    [
      "that is left out",
      P({ type: "string", format: "date" }),
      [`error a.json#${X}/format: keyword "format" is JSON Schema, but not part of this dialect`],
    ],
    [
      "of an older draft",
      D({ definitions: {} }),
      ['error a.json#/definitions: unknown keyword "definitions"; did you mean "$defs"?'],
    ],
    [
      "that is no schema",
      D({ properties: { y: "string" } }),
      [
        'error a.json#/properties/y: "y" must be an object or true or false, not a string',
        'warning a.json#/properties/y: "y" has no "description"',
      ],
    ],
    [
      "of the wrong type",
      P({ title: 1, type: "string" }),
      [`error a.json#${X}/title: "title" must be a string, not a number`],
    ],
    [
      "that is unknown as a type",
      P({ type: "strng" }),
      [`error a.json#${X}/type: type "strng" is unknown; did you mean "string"?`],
    ],
    [
      "that is unknown as a type in a list",
      P({ type: ["string", "list"] }),
      [
        `error a.json#${X}/type/1: type "list" is unknown; known are "object", "array", "string", "integer", "number", "boolean", "null"`,
      ],
    ],
    [
      "that may not be negative",
      P({ type: "array", minItems: -1 }),
      [`error a.json#${X}/minItems: "minItems" must be at least 0`],
    ],
    ["that may not be empty", P({ enum: [] }), [`error a.json#${X}/enum: "enum" must not be empty`]],
    ["that says the same twice", P({ enum: [1, 1] }), [`error a.json#${X}/enum: "enum" says the same thing twice`]],
    ["then without if", D({ then: {} }), ['error a.json#: "then" needs "if" beside it']],
  ]);
});

describe("what a node says", () => {
  const at = `error a.json#${X}`;
  const P = (schema: object) => ({ "a.json": data(value(schema)) });
  check([
    [
      "properties without type",
      P({ properties: {} }),
      [`${at}/properties: "properties" needs "type": "object" beside it`],
    ],
    ["items without type", P({ items: {} }), [`${at}/items: "items" needs "type": "array" beside it`]],
    [
      "items of an object",
      P({ type: "object", items: {} }),
      [`${at}/items: "items" does not go with "type": "object"`],
    ],
    [
      "types that are no scalars",
      P({ type: ["array", "null"] }),
      [`${at}/type: a list of types may name scalars only; use "anyOf" for the rest`],
    ],
    ["length of no list", P({ type: "object", length: 1 }), [`${at}/type: "length" goes with "type" "array" only`]],
    ["length of nothing", P({ length: 1 }), [`${at}: "length" needs "type" beside it`]],
    [
      "numbered without prefix",
      P({ type: "array", numbered: { form: 1 } }),
      [
        `${at}/numbered: "numbered" needs "prefix"`,
        `${at}/numbered/form: unknown key "form" in "numbered"; did you mean "from"?`,
      ],
    ],
    [
      "an unknown stored form",
      P({ type: "string", stored: { as: "scaler-array" } }),
      [`${at}/stored/as: as "scaler-array" is unknown; did you mean "scalar-array"?`],
    ],
    ["a stored form of nothing", P({ type: "string", stored: {} }), [`${at}/stored: "stored" must not be empty`]],
    [
      "a scalar's form for a list",
      P({ type: "array", stored: { as: "scalar-array" } }),
      [`${at}/stored/as: "scalar-array" is a form of a scalar, which this is not`],
    ],
    [
      "a list's form for a scalar",
      P({ type: "string", stored: { as: "tuple" } }),
      [`${at}/stored/as: "tuple" is a form of a list, which this is not`],
    ],
    [
      "a dtype without form",
      P({ type: "integer", stored: { dtype: "int64" } }),
      [`${at}/stored/dtype: "dtype" goes with "as" "scalar-array", "array" or "string-array" only`],
    ],
    [
      "text that is stored as numbers",
      P({ type: "array", items: { type: "string" }, stored: { as: "string-array", dtype: "int64" } }),
      [`${at}/stored/dtype: a "string-array" is of string or bytes, not int64`],
    ],
    [
      "a stored name for an element",
      P({ type: "array", items: { type: "string", stored: { name: "y" } } }),
      [`${at}/items/stored/name: only a property has a stored name`],
    ],
    [
      "an attribute for an element",
      P({ type: "array", items: { type: "string", attribute: true } }),
      [`${at}/items/attribute: only a property has a key to name its attribute; give the name`],
    ],
    [
      "an attribute that is none",
      P({ type: "string", attribute: false }),
      [`${at}/attribute: "attribute" must be true`],
    ],
    ["a default of another type", P({ type: "integer", default: "a" }), [`${at}/default: default "a" is no integer`]],
    [
      "a default that is not allowed",
      P({ enum: ["a"], default: "b" }),
      [`${at}/default: default "b" is not one of the allowed values`],
    ],
    ["a default for an object", P({ type: "object", default: 1 }), [`${at}/default: only scalars may have a default`]],
    [
      "a default of no type",
      P({ type: "null", default: null }),
      [`${at}/default: "default" must be a string or a number or true or false, not null`],
    ],
    [
      "a file out of its folder",
      P({ file: { path: "../../etc/passwd", media: "text/plain" } }),
      [
        `${at}/file/path: path "../../etc/passwd" is no relative path: names joined by "/", without ".", "..", "\\" and ":"`,
      ],
    ],
    [
      "a folder from the root",
      P({ type: "object", folder: "/etc" }),
      [`${at}/folder: folder "/etc" is no relative path: names joined by "/", without ".", "..", "\\" and ":"`],
    ],
    [
      "a pattern that does not compile",
      P({ type: "string", pattern: "(" }),
      [`${at}/pattern: pattern "(" does not compile: Unterminated group`],
    ],
    [
      "an escape that needs no u",
      P({ type: "string", pattern: "\\-" }),
      [`${at}/pattern: pattern "\\\\-" does not compile: Invalid escape`],
    ],
    [
      "a pattern of keys that does not compile",
      P({ type: "object", patternProperties: { "[": scalar } }),
      [`${at}/patternProperties/[: pattern "[" does not compile: Unterminated character class`],
    ],
    [
      "a pattern that may take forever",
      P({ type: "string", pattern: "^(a+)+$" }),
      [`warning a.json#${X}/pattern: pattern "^(a+)+$" may take forever on some texts`],
    ],
    [
      "a root's keyword further in",
      P({ type: "object", container: "npz" }),
      [`${at}/container: "container" belongs at the root of a file`],
    ],
    ["parts further in", P({ type: "object", $defs: {} }), [`${at}/$defs: "$defs" belongs at the root of a file`]],
    [
      "storage in then",
      P({ type: "object", if: {}, then: { properties: { a: { ndarray: { dtype: "int8", shape: [] } } } } }),
      [`${at}/then/properties/a/ndarray: "ndarray" inside "then" has no effect: conditions say nothing about storage`],
    ],
    [
      "storage in not",
      P({ type: "string", not: { unit: "m" } }),
      [`${at}/not/unit: "unit" inside "not" has no effect: conditions say nothing about storage`],
    ],
    [
      "storage in anyOf of an object",
      P({ type: "object", anyOf: [{ stored: { name: "a" } }] }),
      [`${at}/anyOf/0/stored: "stored" inside "anyOf" has no effect: conditions say nothing about storage`],
    ],
    [
      "storage in a part that allOf names",
      {
        "a.json": data(value({ type: "object", allOf: [{ $ref: "#/$defs/P" }] }), {
          $defs: { P: { type: "object", ...N } },
        }),
      },
      [`${at}/allOf/0/$ref: "$ref" inside "allOf" names a part with "dims": conditions say nothing about storage`],
    ],
    [
      "the title of another",
      P({ type: "object", title: "Data", required: [] }),
      [`${at}/title: the title "Data" is that of a.json#, too`],
    ],
  ]);
});
