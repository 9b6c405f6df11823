import { Project } from "ts-morph";
import { describe, expect, test } from "vitest";
import { commentText, docs } from "../src/print/comment.js";
import { header, isGenerated, pageHeader } from "../src/print/header.js";
import { Code, type Literal, printLiteral } from "../src/print/literal.js";
import { code, markdownLine, table } from "../src/print/markdown.js";
import { paragraphs, quote, wrap } from "../src/print/text.js";
import { flatType, parseType, printType, referencedNames } from "../src/print/type.js";

const LS = "\u2028";

test.each([
  ["plain", '"plain"'],
  ['a "quote" and \\', '"a \\"quote\\" and \\\\"'],
  ["`${x}`", '"`${x}`"'],
  ["line\nbreak\ttab", '"line\\nbreak\\ttab"'],
  [`a${LS}b\u2029c`, '"a\\u2028b\\u2029c"'],
  ["right-to-left \u202e mark, \ufeff, \u200b", '"right-to-left \\u202e mark, \\ufeff, \\u200b"'],
  ["\u0001\u007f\u0085", '"\\u0001\\u007f\\u0085"'],
  ["lone \ud800", '"lone \\ud800"'],
  ["naïve 日本 🙂", '"naïve 日本 🙂"'],
])("quote(%j)", (text, expected) => {
  expect(quote(text)).toBe(expected);
  expect(JSON.parse(expected)).toBe(text);
});

describe("literals", () => {
  const long = "x".repeat(110);
  test.each<[what: string, value: Literal, expected: string]>([
    ["scalars", [null, true, -1.5, "a"], '[null, true, -1.5, "a"]'],
    ["empty", { a: [], b: {} }, "{ a: [], b: {} }"],
    ["members that are undefined", { a: undefined, b: 1 }, "{ b: 1 }"],
    ["names that need quotes", { "a-b": 1, $c: 2, "1": 3 }, '{ "1": 3, "a-b": 1, $c: 2 }'],
    ["a prototype that is data", JSON.parse('{"__proto__": 1}') as Literal, '{ ["__proto__"]: 1 }'],
    [
      "keys that all objects inherit",
      { toString: { a: 1 }, valueOf: 1 },
      "{ toString: { a: 1 } as const, valueOf: 1 }",
    ],
    ["code, and code that is its own key", { codec: new Code("npz"), npz: new Code("npz") }, "{ codec: npz, npz }"],
    ["an object that does not fit", { a: long, b: [1] }, `{\n  a: "${long}",\n  b: [1],\n}`],
    ["a list that does not fit", [[long], "b"], `[\n  ["${long}"],\n  "b",\n]`],
  ])("%s", (_, value, expected) => expect(printLiteral(value)).toBe(expected));

  test("numbers fill lines", () => {
    const printed = printLiteral(Array.from({ length: 60 }, (_, index) => index * 1000));
    expect(printed.split("\n").every((line) => line.length <= 120)).toBe(true);
    expect(printed.split("\n").length).toBeLessThan(8);
  });

  test("a printed literal is the value", () => {
    const value = { "*/": ["`${1}`", LS, '"'], list: [{ a: 1 }, { a: [long, long] }] };
    expect(new Function(`return ${printLiteral(value)}`)()).toEqual(value);
  });
});

test.each([
  ["ends */ early", "ends *\\/ early"],
  ["a\r\nb\u2028c", "a b c"],
  ["@deprecated now", "\\@deprecated now"],
  ["see {@link x}", "see {\\@link x}"],
  ["\u202eevil\u0007", "evil"],
])("commentText(%j)", (text, expected) => expect(commentText(text)).toBe(expected));

test.each([
  ["one line", { text: ["Short."] }, ["Short."]],
  ["nothing", { text: [undefined, " \n "] }, []],
  [
    "facts and tags",
    { text: ["Text."], facts: ["A fact."], tags: [{ name: "default", text: "1" }] },
    ["\nText.\n\nA fact.\n\n@default 1"],
  ],
  ["a tag in the text", { text: ["One.\n\n@deprecated"] }, ["\nOne.\n\n\\@deprecated"]],
])("docs: %s", (_, doc, expected) => expect(docs(doc)).toEqual(expected));

test("a tag cannot begin a line by being wrapped", () => {
  expect(docs({ text: [`${"word ".repeat(4)}@private`] }, 20)).toEqual(["\nword word word word\n\\@private"]);
});

test.each([
  ["a\n\nb", ["a", "b"]],
  ["a\nb", ["a b"]],
  ["  a  \r\n \r\n b ", ["a", "b"]],
])("paragraphs(%j)", (text, expected) => expect(paragraphs(text)).toEqual(expected));

test("wrap keeps long words whole", () => {
  expect(wrap("a bb ccccccccc d", 4)).toEqual(["a bb", "ccccccccc", "d"]);
});

test.each([
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ["a | b", "a \\| b"],
  ["[x](javascript:y) ![z]", "\\[x\\](javascript:y) !\\[z\\]"],
  ["*bold* __bold__ snake_case ~~x~~ {{ x }}", "\\*bold\\* \\_\\_bold\\_\\_ snake_case \\~\\~x\\~\\~ \\{\\{ x \\}\\}"],
  ["1. list", "1\\. list"],
  ["- list", "\\- list"],
  ["# heading\n---", "\\# heading ---"],
  ["`code <b>` and <b>", "`code <b>` and &lt;b&gt;"],
  ["an odd ` mark", "an odd \\` mark"],
])("markdownLine(%j)", (text, expected) => expect(markdownLine(text)).toBe(expected));

test.each([
  ["plain", "`plain`"],
  ["a`b", "`` a`b ``"],
  ["```", "```` ``` ````"],
  ["", ""],
])("code(%j)", (text, expected) => expect(code(text)).toBe(expected));

test("a bar in a cell does not end it", () => {
  expect(table(["a"], [[code("x|y")], ["p \\| q"]])).toBe("| a |\n| --- |\n| `x\\|y` |\n| p \\| q |");
});

test("headers are known again, whatever the paths hold", () => {
  for (const path of ["a.json", "a\nb.json", "--> <b>.json"]) {
    const lines = [header([path], "x"), pageHeader([path])];
    for (const line of lines) expect([isGenerated(line), line.includes("\n")]).toEqual([true, false]);
    expect(lines[1]?.slice(0, -3)).not.toMatch(/--.*-->|<!--.*>/);
  }
  expect(isGenerated("// Written by hand.")).toBe(false);
});

test.each([
  ["NdArray<'float32', readonly [number, 3]>", 'NdArray<"float32", readonly [number, 3]>'],
  ["((('a') | (B)))[]", '("a" | B)[]'],
  ["[A, ...(B)[]]", "[A, ...B[]]"],
  ["{ 'a-b'?: A; [k: string]: B }", '{ "a-b"?: A; [key: string]: B }'],
  ["A | unknown", "unknown"],
  ["A | A | null", "A | null"],
  ["-1 | 2", "-1 | 2"],
  ["'\u2028'", '"\\u2028"'],
])("type %s", (text, expected) => expect(flatType(typeOf(text))).toBe(expected));

test("a long type is broken at its widest joints", () => {
  const names = Array.from({ length: 12 }, (_, index) => `"float${index}wide"`);
  const type = typeOf(`NdArray<${names.join(" | ")}, Shape> | undefined`);
  const printed = printType(type, 2, 10);
  expect(printed).toBe(
    `\n    | NdArray<\n        | ${names.join("\n        | ")},\n        Shape\n      >\n    | undefined`,
  );
  expect(referencedNames(type)).toEqual(["NdArray", "Shape", "undefined"]);
});

function typeOf(text: string): ReturnType<typeof parseType> {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("x.ts", `type X = ${text};`);
  return parseType(file.getTypeAliasOrThrow("X").getTypeNodeOrThrow());
}
