import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../src/load/json.js";
import { at, child, segmentsOf } from "../src/load/pointer.js";

describe("parseJson", () => {
  it("agrees with JSON.parse on any JSON, however it is laid out", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("", " ", "\n", "\t\r\n"), (text, blank) => {
        const spread = JSON.stringify(JSON.parse(text), null, blank || undefined);
        expect(parseJson(spread).value).toStrictEqual(JSON.parse(spread));
        expect(parseJson(`\uFEFF${blank}${text}${blank}`).value).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", ",", "]", "}", '"', "1", "\\", "\u0000", "tru"),
        (text, where, more) => {
          const offset = where % (text.length + 1);
          const broken = text.slice(0, offset) + more + text.slice(offset + 1);
          expect(parseJson(broken).value !== undefined).toBe(isJson(broken));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("knows where each value stands", () => {
    const { positions } = parseJson('{\n  "a": [1,\n    {"b/c": 2}],\r\n  "~": 3\n}');
    const lines = [...positions].map(([pointer, { line, column }]) => `${pointer} ${line}:${column}`);
    expect(lines).toEqual([" 1:1", "/a 2:3", "/a/0 2:9", "/a/1 3:5", "/a/1/b~1c 3:6", "/~0 4:3"]);
  });

  it("takes __proto__ for a key like any other", () => {
    const { value } = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it("takes a megabyte of text and of list without trouble", () => {
    const text = JSON.stringify({ a: "x".repeat(1 << 20), b: Array.from({ length: 1 << 16 }, (_, index) => index) });
    expect(parseJson(text).value).toEqual(JSON.parse(text));
  });
});

describe("JSON pointers", () => {
  it.each([[["a", "b"]], [["a/b", "~", "~1"]], [["", "0", "__proto__"]], [[]]])("%j go there and back", (segments) => {
    expect(segmentsOf(child("", ...segments))).toEqual(segments);
  });

  it.each([
    ["/a/1", 2],
    ["/a/01", undefined],
    ["/a/length", undefined],
    ["/constructor", undefined],
    ["/b~1c", null],
    ["", { a: [1, 2], "b/c": null }],
  ])("%j finds %j", (pointer, expected) => {
    expect(at({ a: [1, 2], "b/c": null }, pointer)).toEqual(expected);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
