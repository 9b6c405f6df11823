import { describe, expect, it } from "vitest";
import { readMsgpack, writeMsgpack } from "../src/codec/msgpack/index.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  ExtValue,
  Float,
  Instance,
  NanFloat,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Timestamp,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { formatError } from "./support-io.js";
import { hex } from "./support-msgpack.js";

const written = (value: unknown, options?: Parameters<typeof writeMsgpack>[1]): string =>
  hex(writeMsgpack(value as Value, options));

describe("writeMsgpack", () => {
  it.each<[string, unknown, string]>([
    ["an exact int that is a bigint", 5n, "05"],
    ["a whole number that is too large for an int to be exact", 2 ** 60, "cb43b0000000000000"],
    ["the largest whole number that is an int", Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    ["a whole float", new Float(2), "cb4000000000000000"],
    ["minus zero", -0, "cb8000000000000000"],
    ["a NaN with a payload", new NanFloat(0xfff8000000000001n), "cbfff8000000000001"],
    ["a Buffer", Buffer.from("ab"), "c4026162"],
    ["a bytearray", new ByteArray([1]), "c40101"],
    ["a tuple", Tuple.of<Value>(1, 2), "920102"],
    ["an OrderedDict", new OrderedDict([["b", 1]]), "81a16201"],
    ["a defaultdict", new DefaultDict([["b", 1]]), "81a16201"],
    ["a plain object, without what is undefined", { a: 1, b: undefined, c: [] }, "82a16101a16390"],
    ["a record without a prototype", Object.assign(Object.create(null) as object, { a: 1 }), "81a16101"],
    ["numpy's float64 scalar", new NumpyScalar(dtype("<f8"), 2), "cb4000000000000000"],
    ["numpy's text scalar", new NumpyScalar(dtype("<U3"), "ab"), "a26162"],
    ["numpy's bytes scalar", new NumpyScalar(dtype("|S3"), Uint8Array.of(7)), "c40107"],
    ["text at the edge of the shortest form", `${"é".repeat(15)}x`, `bf${"c3a9".repeat(15)}78`],
    ["a moment", new Timestamp(1n, 1), "d7ff0000000400000001"],
    ["an extension of 16 bytes", new ExtValue(5, new Uint8Array(16)), `d805${"00".repeat(16)}`],
    ["an extension of none", new ExtValue(5, new Uint8Array(0)), "c70005"],
  ])("writes %s", (_, value, expected) => {
    expect(written(value)).toBe(expected);
  });

  it("announces lengths in as few bytes as they need", () => {
    const head = (value: unknown, length: number): string => hex(writeMsgpack(value as Value).subarray(0, length));
    for (const [value, expected] of [
      ["x".repeat(31), "bf"],
      ["x".repeat(32), "d920"],
      ["x".repeat(256), "da0100"],
      ["x".repeat(65536), "db00010000"],
      [new Uint8Array(255), "c4ff"],
      [new Uint8Array(256), "c50100"],
      [new Uint8Array(65536), "c600010000"],
      [new Array(16).fill(0), "dc0010"],
      [new Array(65536).fill(0), "dd00010000"],
      [new Map(Array.from({ length: 16 }, (__, i) => [String(i), 0])), "de0010"],
      [new Map(Array.from({ length: 65536 }, (__, i) => [String(i), 0])), "df00010000"],
      [new ExtValue(1, new Uint8Array(256)), "c8010001"],
      [new ExtValue(1, new Uint8Array(65536)), "c90001000001"],
    ] as const) {
      expect(head(value, expected.length / 2)).toBe(expected);
      expect(hex(writeMsgpack(readMsgpack(writeMsgpack(value as Value))))).toBe(written(value));
    }
  });

  it("rounds floats to four bytes on request", () => {
    expect(written(0.1, { floats: "float32" })).toBe("ca3dcccccd");
    expect(written([new Float(2), 1, Number.NaN], { floats: "float32" })).toBe("93ca4000000001ca7fc00000");
    expect(written(new NanFloat(0xfff8000020000000n), { floats: "float32" })).toBe("caffc00001");
    expect(() => written(1e300, { floats: "float32" })).toThrow(/1e\+300 does not fit into a float32/);
    expect(written(Number.NEGATIVE_INFINITY, { floats: "float32" })).toBe("caff800000");
  });

  it("writes what numpy would call the same array with the same bytes", () => {
    const array = NdArray.from("<i2", new Int16Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    const columns = NdArray.from("<i2", new Int16Array([1, 4, 2, 5, 3, 6]), [2, 3], { order: "F" });
    const wide = NdArray.from("<i2", new Int16Array([1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]), [2, 6]).slice(null, [
      null,
      null,
      2,
    ]);
    expect(written(columns)).toBe(written(array));
    expect(written(wide)).toBe(written(array));
    expect(written(array)).toContain(hex(Buffer.from("<i2")));
  });

  it("keeps the byte order of arrays, looked at or not, whole or cut", () => {
    const bytes = Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4);
    const whole = NdArray.fromBytes(">i2", [2, 2], bytes);
    const touched = NdArray.fromBytes(">i2", [2, 2], bytes);
    expect([...touched.data]).toEqual([1, 2, 3, 4]);
    expect(written(whole)).toBe(written(touched));
    const again = readMsgpack(writeMsgpack(touched.transpose())) as NdArray;
    expect(again.type.descr).toBe(">i2");
    expect(again.toList()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect((readMsgpack(writeMsgpack(whole.slice(1))) as NdArray).toList()).toEqual([3, 4]);
    expect(bytes).toEqual(Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4));
  });

  it("keeps what is between the members of structures", () => {
    const type = dtype([
      ["a", "|u1"],
      ["", "|V3"],
      ["b", ">i4"],
    ]);
    const bytes = Uint8Array.of(1, 9, 9, 9, 0, 0, 0, 2);
    const again = readMsgpack(writeMsgpack(NdArray.fromBytes(type, [1], bytes))) as NdArray;
    expect(again.type.descr).toEqual(type.descr);
    expect(again.storedBytes()?.bytes).toEqual(bytes);
  });

  it("writes arrays of dates, which msgpack-numpy reads", () => {
    const dates = NdArray.from("<M8[D]", new BigInt64Array([5n, -(2n ** 63n)]));
    const again = readMsgpack(writeMsgpack(dates)) as NdArray;
    expect(again.type.descr).toBe("<M8[D]");
    expect([...again]).toEqual([5n, -(2n ** 63n)]);
  });

  it("gives memory of its own, whatever was put into it", () => {
    const bytes = new Uint8Array(100_000).fill(7);
    const result = writeMsgpack([bytes, "x", bytes]);
    bytes.fill(0);
    expect((readMsgpack(result) as Uint8Array[])[2]?.[99_999]).toBe(7);
  });

  const record = new Instance("lab", "Camera");
  const cycle: Value[] = [];
  cycle.push(cycle);

  it.each<[string, unknown, RegExp]>([
    ["undefined", undefined, /^a\[1\]: undefined has no place in msgpack$/],
    ["a function", () => 0, /^a\[1\]: function has no place/],
    ["a symbol", Symbol("x"), /^a\[1\]: symbol has no place/],
    ["a set", new Set([1]), /^a\[1\]: Set has no place/],
    ["a range", new Range(0, 1, 1), /^a\[1\]: Range has no place/],
    ["a slice", new Slice(0, 1, 1), /^a\[1\]: Slice has no place/],
    ["a dtype", new DTypeValue(dtype("<f4")), /^a\[1\]: DTypeValue has no place/],
    ["an instance", record, /^a\[1\]: Instance has no place/],
    ["a typed array that is no bytes", new Float32Array(2), /^a\[1\]: Float32Array has no place/],
    ["a date", new Date(0), /^a\[1\]: Date has no place/],
    ["an int of 65 bits", 2n ** 64n, /^a\[1\]: the int 18446744073709551616 does not fit into 64 bits$/],
    ["a negative one", -(2n ** 63n) - 1n, /^a\[1\]: the int -9223372036854775809 does not fit/],
    ["a lone surrogate", "x\ud800", /^a\[1\]: text with a lone surrogate/],
    ["a lone surrogate in a key", new Map([["\udc00", 1]]), /lone surrogate/],
    ["a number for a key", new Map([[5, 1]]), /^a\[1\]: a map has a key that is no text/],
    ["objects", zeros("|O", [2]), /^a\[1\]: an array of objects has no place/],
    ["a scalar date", new NumpyScalar(dtype("<M8[D]"), 5), /^a\[1\]: a numpy scalar of type datetime64/],
    ["a scalar that is none", new NumpyScalar(dtype("<i4"), "x"), /^a\[1\]: x is no int32/],
    ["a value that contains itself", cycle, /nested more than 511 deep/],
  ])("refuses %s, and says where", async (_, value, message) => {
    const error = await formatError(() => written({ a: [0, value] }), "unwritable");
    expect(error.message).toMatch(message);
  });

  it("nests as deep as Python's writer, and no deeper", async () => {
    let value: Value = [];
    for (let i = 0; i < 511; i++) value = [value];
    expect(writeMsgpack(value)).toHaveLength(512);
    const error = await formatError(() => writeMsgpack([value, 5]), "unwritable");
    expect(error.reason).toBe("values nested more than 511 deep");
    expect(writeMsgpack([value], { maxDepth: 512 })).toHaveLength(513);
  });

  it("stops at a limit of bytes", async () => {
    expect(writeMsgpack(new Uint8Array(1000), { maxBytes: 1003 })).toHaveLength(1003);
    const error = await formatError(() => written({ a: new Uint8Array(1000) }, { maxBytes: 1003 }), "unwritable");
    expect(error.message).toBe("a: the value takes more than 1003 bytes");
    await formatError(() => written(new Uint8Array(1e6), { maxBytes: 999 }), "unwritable");
  });

  it("writes other keys on request", () => {
    const map = new Map<Value, Value>([
      [5, 1],
      [null, 2],
      [Tuple.of<Value>(1, 2), 3],
      [new Complex(0, 1), 4],
    ]);
    const bytes = writeMsgpack(map, { keys: "any" });
    expect([...(readMsgpack(bytes, { keys: "any" }) as Map<Value, Value>).keys()]).toEqual([
      5,
      null,
      [1, 2],
      new Complex(0, 1),
    ]);
  });
});

describe("Timestamp and ExtValue", () => {
  it("hold only what msgpack can", () => {
    expect(() => new Timestamp(2n ** 63n)).toThrow(RangeError);
    expect(() => new Timestamp(0.5)).toThrow(RangeError);
    expect(() => new Timestamp(0, 1e9)).toThrow(RangeError);
    expect(() => new Timestamp(0, -1)).toThrow(RangeError);
    expect(() => new ExtValue(-1, new Uint8Array(0))).toThrow(RangeError);
    expect(() => new ExtValue(128, new Uint8Array(0))).toThrow(RangeError);
  });

  it("are refused when they are stored otherwise", async () => {
    const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
    await formatError(() => readMsgpack(bytes("d4ff00")), "corrupt");
    await formatError(() => readMsgpack(bytes(`d7ff${"ff".repeat(8)}`)), "corrupt");
    await formatError(() => readMsgpack(bytes(`c70cffffffffff${"00".repeat(8)}`)), "corrupt");
    const error = await formatError(() => readMsgpack(bytes("d4fe00")), "unsupported");
    expect(error.message).toMatch(/extension code -2 is reserved/);
  });
});
