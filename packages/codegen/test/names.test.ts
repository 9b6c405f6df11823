import { expect, test } from "vitest";
import { camelCase, identifier, memberNames, Names, pascalCase, RESERVED_FILE_MEMBERS } from "../src/plan/names.js";

test.each([
  ["keypoints2d_mask", "Keypoints2dMask", "keypoints2dMask"],
  ["weird-key", "WeirdKey", "weirdKey"],
  ["__proto__", "Proto", "proto"],
  ["SMPL parameters", "SMPLParameters", "sMPLParameters"],
  ["größe 2", "Größe2", "größe2"],
  ["*/ ${x}", "$X", "$X"],
  ["---", "", ""],
])("%j → %s, %s", (text, pascal, camel) => {
  expect([pascalCase(text), camelCase(text)]).toEqual([pascal, camel]);
});

test.each([
  ["coco", "coco"],
  ["3dpw", "_3dpw"],
  ["", "_"],
])("identifier(%j) is %s", (text, expected) => expect(identifier(text)).toBe(expected));

test("a name is given out once", () => {
  const names = new Names(["Value"]);
  expect(["A", "Value", "A", "A"].map((name) => names.take(name))).toEqual(["A", "Value$", "A$", "A$$"]);
  expect([names.takeFree("A"), names.takeFree("B"), names.takeFree("B")]).toEqual([false, true, false]);
});

test.each([
  [
    ["path", "a", "constructor", "then", "toString", "__proto__"],
    ["path$", "a", "constructor$", "then$", "toString$", "__proto__$"],
  ],
  [
    ["path", "path$"],
    ["path$$", "path$"],
  ],
  [
    ["load", "need", "group", "list", "node"],
    ["load$", "need$", "group$", "list$", "node$"],
  ],
])("members %j are called %j", (keys, expected) => {
  expect([...memberNames(keys, RESERVED_FILE_MEMBERS).values()]).toEqual(expected);
});
