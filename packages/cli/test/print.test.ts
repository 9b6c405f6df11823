import { ByteArray, Complex, dtype, Float, FormatError, FrozenSet, NdArray, NumpyScalar, Tuple } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { bytesLabel, countLabel } from "../src/print/amount.js";
import { cutText, displayWidth, escapeBlock, escapeText } from "../src/print/escape.js";
import { jsonPieces } from "../src/print/json.js";
import { type Output, type Piece, Printer, styled, textOf } from "../src/print/printer.js";
import { tableLines } from "../src/print/table.js";
import { valueText } from "../src/print/value.js";

describe("nothing from a file steers the terminal", () => {
  test.each([
    ["plain ünïcode 关节 😀", "plain ünïcode 关节 😀"],
    ["\u001b[31mred\u001b[0m", "\\x1b[31mred\\x1b[0m"],
    ["\u001b]0;title\u0007", "\\x1b]0;title\\x07"],
    ["a\r\nb\tc", "a\\r\\nb\\tc"],
    ["\u009b2J", "\\x9b2J"],
    ["right\u202eto left", "right\\u202eto left"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["line\u2028separator", "line\\u2028separator"],
    ["lone \ud800 surrogate", "lone \\ud800 surrogate"],
    ["tag \u{e0041}", "tag \\U000e0041"],
  ])("%j", (text, safe) => {
    expect(escapeText(text)).toBe(safe);
  });

  test("blocks keep their line ends", () => {
    expect(escapeBlock("a\nb\u0007")).toBe("a\nb\\x07");
  });

  test("the printer escapes whatever it is given, styled or not", () => {
    const written: string[] = [];
    const output: Output = { write: (text) => written.push(text), drained: async () => {}, columns: 80, color: true };
    const printer = new Printer({ stdout: output, stderr: output, json: false, quiet: false, verbose: false });
    printer.line("a\u001b[2J", styled("red", "b\u001b[0m"));
    printer.problem("c\u0007");
    printer.block("d\u0008");
    expect(written.join("")).toBe("a\\x1b[2J\u001b[31mb\\x1b[0m\u001b[39m\nc\\x07\nd\\x08\n");
  });
});

describe("widths", () => {
  test.each([
    ["abc", 3],
    ["关节", 4],
    ["e\u0301", 1],
    ["😀", 2],
  ])("%s takes %d columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test.each([
    ["short", 10, "short"],
    ["a long text", 7, "a long…"],
    ["关节关节", 5, "关节…"],
  ])("%s cut to %d is %s", (text, width, cut) => {
    expect(cutText(text, width)).toBe(cut);
  });
});

describe("tables", () => {
  const lines = (rows: readonly Piece[][]): string[] => rows.map((row) => row.map(textOf).join("").trimEnd());
  const columns = [
    { title: "key" },
    { title: "bytes", align: "right" },
    { title: "empty" },
    { title: "meaning" },
  ] as const;

  test("align columns and leave empty ones out", () => {
    const table = tableLines(columns, [
      ["关节", "7", "", "joints"],
      ["bbox", "1234", "", "boxes\n"],
    ]);
    expect(lines(table)).toEqual(["key   bytes  meaning", "关节      7  joints", "bbox   1234  boxes\n".trimEnd()]);
  });

  test("cut the last column to the terminal", () => {
    const table = tableLines(columns, [["a", "1", "", "a meaning that is much too long"]], { width: 30 });
    expect(lines(table).at(-1)).toBe("a        1  a meaning that is…");
  });
});

describe("amounts", () => {
  test.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [100 * 1024, "100 KiB"],
    [5e12, "4.5 TiB"],
  ])("%d bytes are %s", (bytes, label) => {
    expect(bytesLabel(bytes)).toBe(label);
  });

  test("one is singular", () => {
    expect([countLabel(1, "frame"), countLabel(0, "frame")]).toEqual(["1 frame", "0 frames"]);
  });
});

describe("values in one line", () => {
  test.each([
    [null, "None"],
    [true, "True"],
    [3, "3"],
    [new Float(3), "3.0"],
    [2n ** 70n, "1180591620717411303424"],
    ["it's", `"it's"`],
    ["a\u001b", "'a\\x1b'"],
    [Uint8Array.of(0, 65), "b'\\x00A'"],
    [ByteArray.from([120]), "bytearray(b'x')"],
    [new Complex(1, 2), "(1+2j)"],
    [new NumpyScalar(dtype("<f4"), Math.fround(0.1)), "0.1 (float32)"],
    [Tuple.of(1), "(1,)"],
    [[1, "a", null], "[1, 'a', None]"],
    [new Map([["k", [1]]]), "{'k': [1]}"],
    [new Set([1]), "{1}"],
    [new FrozenSet(), "set()"],
    [NdArray.from("float32", new Float32Array(6), [2, 3]), "float32 (2, 3)"],
  ])("%# is %s", (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  test("long ones are cut", () => {
    expect(valueText("x".repeat(1000))).toHaveLength(100);
    const list = Array.from({ length: 100 }, (_, i) => i);
    expect(valueText(list)).toBe("[0, 1, 2, 3, 4, 5, 6, 7, …]");
    expect(valueText(new Set(list), Number.POSITIVE_INFINITY)).toBe(`{${list.join(", ")}}`);
  });
});

describe("JSON is strict", () => {
  const json = (value: unknown, indent = 0): string => [...jsonPieces(value, indent)].join("");

  test.each([
    [
      { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY },
      '{"a":"NaN","b":"Infinity","c":"-Infinity"}',
    ],
    [-0, "-0.0"],
    ["\u001b\u009b\u202e\u{e0041}é😀", '"\\u001b\\u009b\\u202e\\udb40\\udc41é😀"'],
    [2n ** 60n, '"1152921504606846976"'],
    [5n, "5"],
    [Uint8Array.of(0, 255), '"00ff"'],
    [new Complex(1, Number.NaN), '[1,"NaN"]'],
    [new NumpyScalar(dtype("<i8"), 7n), "7"],
    [new Float(2), "2"],
    [new Set([1, 2]), "[1,2]"],
    [new Map([["__proto__", 1]]), '{"__proto__":1}'],
    [new Map([[1, "a"]]), '{"items":[[1,"a"]]}'],
    [NdArray.from("float32", Float32Array.of(1, Number.NaN, 3, 4), [2, 2]), '[[1, "NaN"], [3, 4]]'],
    [NdArray.from("int64", BigInt64Array.of(1n, 2n ** 60n)), '[1, "1152921504606846976"]'],
    [NdArray.from("float32", new Float32Array(0), [0, 3]), "[]"],
    [undefined, "null"],
  ])("%# is %s", (value, text) => {
    expect(json(value)).toBe(text);
    JSON.parse(json(value));
  });

  test("long arrays come in pieces", () => {
    const array = NdArray.from(
      "int32",
      Int32Array.from({ length: 100_000 }, (_, i) => i),
    );
    const pieces = [...jsonPieces(array)];
    expect(pieces.length).toBeGreaterThan(5);
    expect(JSON.parse(pieces.join(""))).toHaveLength(100_000);
  });

  test("indented documents are the same", () => {
    const value = { a: [1, 2], b: [{ c: null }], d: {}, e: [] };
    expect(JSON.parse(json(value, 2))).toEqual(value);
    expect(json(value, 2)).toContain('\n  "a": [1, 2],\n');
  });

  test("values that hold themselves are refused before anything is written", () => {
    const list: unknown[] = [];
    list.push(list);
    expect(() => jsonPieces(list).next()).toThrow(FormatError);
  });

  test("sharing that would explode is refused at once", () => {
    let list: unknown[] = [0];
    for (let level = 0; level < 60; level++) list = Array.from({ length: 10 }, () => list);
    expect(() => jsonPieces(list).next()).toThrow(/more than/);
  });
});
