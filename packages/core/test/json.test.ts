import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { valueOfJson } from "../src/codec/json/from-json.js";
import { writeJsonText } from "../src/codec/json/to-json.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import type { WriteTree } from "../src/tree/write.js";
import { plain } from "../src/value/plain.js";
import { Float } from "../src/value/value.js";

async function jsonOfValue(value: WriteTree): Promise<string> {
  let text = "";
  await writeJsonText(value, async (piece) => {
    text += piece;
  });
  return text;
}

const parse = (text: string) => valueOfJson(new TextEncoder().encode(text));

describe("reading JSON", () => {
  it("keeps ints of any size, floats with whole values, and the order of keys", () => {
    const value = parse('{"2": 1, "1": 12345678901234567890, "x": 3.0, "e": 1e2, "n": null, "s": "\\u00e9\\n"}');
    expect([...(value as Map<string, unknown>).entries()]).toEqual([
      ["2", 1],
      ["1", 12345678901234567890n],
      ["x", new Float(3)],
      ["e", new Float(100)],
      ["n", null],
      ["s", "é\n"],
    ]);
  });

  it("agrees with JSON.parse on every document", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(
          JSON.stringify(plain(parse(text)), (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)),
        ).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each([
    ['{"a": 1', "truncated", 7],
    ["[1, 2", "truncated", 5],
    ['{"a" 1}', "corrupt", 5],
    ["[1,]", "corrupt", 3],
    ["{} x", "corrupt", 3],
    ['"a\nb"', "corrupt", 0],
    ["01", "corrupt", 1],
    ['["é", x]', "corrupt", 7],
  ])("%s is %s at byte %d", (text, code, offset) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ name: "FormatError", code, offset }));
  });

  it("stops at a depth that no stack survives", () => {
    expect(() => parse("[".repeat(100_000))).toThrow(expect.objectContaining({ code: "limit" }));
    expect(() => valueOfJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/UTF-8/);
  });
});

describe("writing JSON", () => {
  it("writes floats with a point, so that they are read as floats", async () => {
    const text = '{"a":[1,2.0,-0.0,0.1],"b":null,"c":{"1":true}}';
    expect(await jsonOfValue(parse(text))).toBe(text);
    expect(await jsonOfValue(NdArray.from("float32", Float32Array.of(1, 0.5)))).toBe("[1.0,0.5]");
    expect(await jsonOfValue(NdArray.from("int64", BigInt64Array.of(5n)))).toBe("[5]");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Uint8Array.of(1), new Map([[1, 2]]), new Set([1])])(
    "refuses %s",
    async (value) => {
      await expect(jsonOfValue(value)).rejects.toMatchObject({ code: "unwritable" });
    },
  );
});
