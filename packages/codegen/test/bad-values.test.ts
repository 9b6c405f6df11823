import { describe } from "vitest";
import { check, data, value, X } from "./bad.js";

const at = `error a.json#${X}`;
const P = (schema: object) => ({ "a.json": data(value(schema)) });

describe("constants", () => {
  const never = (place: string, shown: string, by: string) => [
    `${at}/${place}: ${shown} is never valid: ${by} beside it does not allow it`,
  ];
  check([
    ["that agree", P({ type: "string", enum: ["a", "b"], maxLength: 1, pattern: "^[ab]$" }), []],
    ["of a number's type that is a whole one", P({ type: "number", enum: [1, 0.5], const: 1 }), []],
    ["of several types", P({ type: ["string", "null"], enum: ["a", null] }), []],
    ["that are numbers of a string", P({ type: "string", enum: ["a", 1] }), never("enum/1", "1", '"type" "string"')],
    [
      "that is a fraction of a whole number",
      P({ type: "integer", const: 0.5 }),
      never("const", "0.5", '"type" "integer"'),
    ],
    ["that is none of those allowed", P({ enum: ["a"], const: "b" }), never("const", '"b"', '"enum"')],
    ["that are beyond a bound", P({ type: "integer", enum: [1, 9], maximum: 5 }), never("enum/1", "9", '"maximum" 5')],
    [
      "that a bound excludes",
      P({ type: "number", const: 0, exclusiveMinimum: 0 }),
      never("const", "0", '"exclusiveMinimum" 0'),
    ],
    [
      "that match no pattern",
      P({ type: "string", enum: ["a"], pattern: "^b" }),
      never("enum/0", '"a"', '"pattern" "^b"'),
    ],
    ["that are too short", P({ type: "string", enum: ["é"], minLength: 2 }), never("enum/0", '"é"', '"minLength" 2')],
  ]);
});

describe("defaults", () => {
  check([
    ["that agree", P({ type: "number", minimum: 0, maximum: 1, default: 1 }), []],
    ["that are the constant", P({ const: "a", default: "a" }), []],
    ["that one of several forms allows", P({ anyOf: [{ type: "integer" }, { enum: ["auto"] }], default: "auto" }), []],
    ["beyond a bound", P({ type: "number", maximum: 1, default: 2 }), [`${at}/default: default 2 breaks "maximum" 1`]],
    [
      "that are too long",
      P({ type: "string", maxLength: 1, default: "ab" }),
      [`${at}/default: default "ab" breaks "maxLength" 1`],
    ],
    [
      "that match no pattern",
      P({ type: "string", pattern: "^a$", default: "b" }),
      [`${at}/default: default "b" breaks "pattern" "^a$"`],
    ],
    ["that are not the constant", P({ const: "a", default: "b" }), [`${at}/default: default "b" breaks "const"`]],
    [
      "that no form allows",
      P({ anyOf: [{ type: "integer" }, { enum: ["auto"] }], default: "manual" }),
      [`${at}/default: default "manual" has none of the allowed forms`],
    ],
    [
      "beside a part that refuses them",
      { "a.json": data(value({ $ref: "#/$defs/P", default: 3 }), { $defs: { P: { type: "integer", maximum: 2 } } }) },
      [`${at}/default: default 3 breaks "maximum" 2`],
    ],
    [
      "for a pattern that may take forever, which is not tried",
      P({ type: "string", pattern: "^(a+)+$", default: `${"a".repeat(40)}b` }),
      [`warning a.json#${X}/pattern: pattern "^(a+)+$" may take forever on some texts`],
    ],
  ]);
});

describe("bounds", () => {
  const none = (place: string, text: string) => [`${at}/${place}: no value is left between ${text}`];
  check([
    ["that leave one value", P({ type: "integer", minimum: 1, maximum: 1 }), []],
    ["that leave none", P({ type: "integer", minimum: 2, maximum: 1 }), none("minimum", '"minimum" 2 and "maximum" 1')],
    [
      "that exclude the only one",
      P({ type: "number", exclusiveMinimum: 1, maximum: 1 }),
      none("exclusiveMinimum", '"exclusiveMinimum" 1 and "maximum" 1'),
    ],
    [
      "of text",
      P({ type: "string", minLength: 2, maxLength: 1 }),
      none("minLength", '"minLength" 2 and "maxLength" 1'),
    ],
    ["of a list", P({ type: "array", minItems: 2, maxItems: 1 }), none("minItems", '"minItems" 2 and "maxItems" 1')],
    [
      "of a list of one length",
      P({ type: "array", length: 3, maxItems: 2 }),
      none("length", '"length" 3 and "maxItems" 2'),
    ],
  ]);
});

describe("keywords of another type", () => {
  check([
    ["for one of several types", P({ type: ["string", "null"], minLength: 1 }), []],
    ["for text", P({ type: "integer", pattern: "a" }), [`${at}/pattern: "pattern" has no effect on "type" "integer"`]],
    ["for numbers", P({ type: "string", minimum: 1 }), [`${at}/minimum: "minimum" has no effect on "type" "string"`]],
    ["for lists", P({ type: "object", minItems: 1 }), [`${at}/minItems: "minItems" has no effect on "type" "object"`]],
    [
      "for numbers, of an array",
      P({ ndarray: { dtype: "int8", shape: [] }, maximum: 1 }),
      [`${at}/maximum: "maximum" has no effect on an array`],
    ],
  ]);
});
