import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type MsgpackItem, readMsgpack, readMsgpackStream, writeMsgpack } from "../src/codec/msgpack/index.js";
import type { FormatErrorCode } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { Complex, type ExtValue, Float, NanFloat, NumpyScalar, Timestamp, type Value } from "../src/value/value.js";
import { formatError } from "./support-io.js";
import { describeStored, expectedPayload, hex, itemsOf, payload, unhex } from "./support-msgpack.js";
import { expectDescribed } from "./support-pickle.js";

/** Entries of the maps by which msgpack-numpy marks what it stores. */
const ND_TRUE = "c4026e64 c3";
const ND_FALSE = "c4026e64 c2";
const TYPE = "c40474797065";
const KIND = "c4046b696e64";
const SHAPE = "c4057368617065";
const DATA = "c40464617461";
const COMPLEX = "c407636f6d706c6578 c3";
const text = (value: string): string => hex(writeMsgpack(value));

const one = (stored: string, options?: Parameters<typeof readMsgpack>[1]): Value => readMsgpack(unhex(stored), options);

describe("readMsgpack", () => {
  it.each<[string, string, Value]>([
    ["nil", "c0", null],
    ["true", "c3", true],
    ["an int", "2a", 42],
    ["a negative int", "ff", -1],
    ["an int in more bytes than it needs", "d3 ffffffffffffffff", -1],
    ["the largest exact number", "cf 001fffffffffffff", Number.MAX_SAFE_INTEGER],
    ["an int beyond it", "cf 0020000000000000", 2n ** 53n],
    ["the largest int", "cf ffffffffffffffff", 2n ** 64n - 1n],
    ["the smallest int", "d3 8000000000000000", -(2n ** 63n)],
    ["a whole float", "cb 4008000000000000", new Float(3)],
    ["a float32", "ca 3fc00000", 1.5],
    ["a whole float32", "ca 40400000", new Float(3)],
    ["minus zero", "cb 8000000000000000", -0],
    ["infinity", "cb 7ff0000000000000", Number.POSITIVE_INFINITY],
    ["NaN", "cb 7ff8000000000000", Number.NaN],
    ["text", "a3 c3a978", "éx"],
    ["text that starts with a mark of its byte order", "a3 efbbbf", "\ufeff"],
    ["text with a length in more bytes than it needs", "db 00000001 61", "a"],
    ["a list", "93 01 90 a0", [1, [], ""]],
    ["a map", "81 a161 80", new Map([["a", new Map()]])],
    ["a moment in 4 bytes", "d6 ff 00000005", new Timestamp(5)],
    ["a moment in 8 bytes", "d7 ff 0000001400000001", new Timestamp(1, 5)],
    ["a moment in 12 bytes", "c7 0c ff 00000007 ffffffffffffffff", new Timestamp(-1, 7)],
    ["a moment in more bytes than it needs", "c7 0c ff 00000000 0000000000000005", new Timestamp(5)],
    ["a moment far away", "c7 0c ff 00000000 7fffffffffffffff", new Timestamp(2n ** 63n - 1n)],
  ])("reads %s", (_, stored, expected) => {
    const value = one(stored);
    expect(value).toStrictEqual(expected);
    expect(Object.is(value, -0)).toBe(Object.is(expected, -0));
  });

  it("reads bytes as views, without what a Buffer adds to them", () => {
    const bytes = Buffer.from("c403010203", "hex");
    const value = readMsgpack(bytes) as Uint8Array;
    expect(value).toEqual(Uint8Array.of(1, 2, 3));
    expect(value.constructor).toBe(Uint8Array);
    expect(value.buffer).toBe(bytes.buffer);
    const { data } = one("c7030501020 3") as ExtValue;
    expect(data).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("keeps the bits of a NaN that is not the usual one", () => {
    const value = one("cb fff80000deadbeef") as NanFloat;
    expect(value).toBeInstanceOf(NanFloat);
    expect(value.bits).toBe(0xfff80000deadbeefn);
    expect(Number(value)).toBeNaN();
    expect((one("ca ff800001") as NanFloat).bits).toBe(0xfff8000020000000n);
    expect(one("ca 7fc00000")).toBeNaN();
  });

  it("takes the last of equal keys, in the place of the first", () => {
    expect([...(one("83 a161 01 a162 02 a161 03") as Map<string, number>)]).toEqual([
      ["a", 3],
      ["b", 2],
    ]);
    const bytes = one("83 c40161 01 a161 02 c40161 03") as Map<Value, Value>;
    expect([...bytes]).toEqual([
      [Uint8Array.of(0x61), 3],
      ["a", 2],
    ]);
  });

  it("takes keys that every object has for keys like others", () => {
    const map = one(`81 ${text("__proto__")} 81 ${text("constructor")} 01`) as Map<string, Map<string, number>>;
    expect(map.get("__proto__")?.get("constructor")).toBe(1);
  });

  it("refuses keys that are neither text nor bytes, unless they are asked for", async () => {
    const error = await formatError(() => one("81 a161 82 a162 00 05 00"), "unsupported");
    expect(error.message).toBe("a: a map has a key that is the number 5, neither text nor bytes (byte 7)");
    for (const key of ["c0", "c3", "cb3ff8000000000000", "90", "80", "d6ff00000005"]) {
      await formatError(() => one(`81 ${key} 00`), "unsupported");
    }
    const map = one("85 05 01 c0 02 cb8000000000000000 03 00 04 c2 05", { keys: "any" }) as Map<Value, Value>;
    expect([...map.keys()]).toEqual([5, null, new Float(-0), 0, false]);
  });
});

describe("what msgpack-numpy stores", () => {
  const array = (type: string, shape: string, data: string, kind = "c400"): string =>
    `85 ${ND_TRUE} ${TYPE} ${type} ${KIND} ${kind} ${SHAPE} ${shape} ${DATA} ${data}`;
  const scalar = (type: string, data: string): string => `83 ${ND_FALSE} ${TYPE} ${type} ${DATA} ${data}`;

  it("is an array over the bytes that were read", () => {
    const bytes = unhex(array(text("<f4"), "9102", "c408 000000000000803f"));
    const value = readMsgpack(bytes) as NdArray<"float32">;
    expect(value.type.descr).toBe("<f4");
    expect(value.toList()).toEqual([0, 1]);
    expect(value.toBytes().buffer === bytes.buffer || value.toBytes().byteOffset % 4 === 0).toBe(true);
    expect(readMsgpack(bytes)).toBeInstanceOf(NdArray);
    bytes.fill(0xff, bytes.length - 4);
    const view = readMsgpack(bytes) as NdArray;
    expect(view.storedBytes()?.bytes.buffer).toBe(bytes.buffer);
  });

  it.each<[string, string, readonly number[], unknown]>([
    [
      "without a kind, as old writers did",
      `84 ${ND_TRUE} ${TYPE} ${text("|u1")} ${SHAPE} 9101 ${DATA} c40107`,
      [1],
      [7],
    ],
    ["with its type as bytes", array("c4033c6932", "9101", "c4020500"), [1], [5]],
    ["without axes", array(text("<i2"), "90", "c4020500"), [], 5],
    ["without elements", array(text("<f8"), "920003", "c400"), [0, 3], []],
    ["with more bytes than it needs", array(text("|u1"), "9102", "c403010203"), [2], [1, 2]],
    ["big-endian", array(text(">u2"), "9101", "c4020102"), [1], [258]],
    ["of text", array(text(">U2"), "9101", "c408 000000e9 00000000"), [1], ["é"]],
    [
      "whose data is an array, which is how masked ones are stored",
      array(text("<i2"), "9102", array(text("<i2"), "9102", "c40401000200")),
      [2],
      [1, 2],
    ],
  ])("may be an array %s", (_, stored, shape, list) => {
    const value = one(stored) as NdArray;
    expect(value.shape).toEqual(shape);
    expect(value.toList()).toEqual(list);
  });

  it("may be an array of structures, with names as text or as bytes", () => {
    const fields = `92 92 a161 ${text("|u1")} 93 c40162 c4033c6932 9102`;
    const value = one(array(fields, "9102", "c40a 01 02000300 04 05000600", "c40156")) as NdArray<"struct">;
    expect(value.type.descr).toEqual([
      ["a", "|u1"],
      ["b", "<i2", [2]],
    ]);
    expect([...value].map(hex)).toEqual(["0102000300", "0405000600"]);
    const padded = one(array(`92 92 a161 ${text("|u1")} 92 a0 ${text("|V3")}`, "9101", "c40401ffffff", "c40156"));
    expect((padded as NdArray).type.itemSize).toBe(4);
  });

  it("is a numpy scalar where nd is anything but true", () => {
    expect(one(scalar(text("<i8"), "c408 fbffffffffffffff"))).toStrictEqual(
      new NumpyScalar(expect.objectContaining({ descr: "<i8" }), -5),
    );
    expect((one(scalar(text("<u8"), "c408 ffffffffffffffff")) as NumpyScalar).value).toBe(2n ** 64n - 1n);
    expect((one(scalar(text(">i2"), "c4020102")) as NumpyScalar).type.descr).toBe("<i2");
    expect((one(scalar(text(">i2"), "c4020102")) as NumpyScalar).value).toBe(258);
    expect((one(scalar(text("<c8"), "c408 0000803f000080bf")) as NumpyScalar).value).toEqual(new Complex(1, -1));
    expect((one(scalar(text("|u1"), "c4020102")) as NumpyScalar).value).toBe(1);
    const yes = `83 c4026e64 01 ${TYPE} ${text("|b1")} ${DATA} c40101`;
    expect((one(yes) as NumpyScalar).value).toBe(true);
    const nan = one(scalar(text("<f4"), "c404 010080ff")) as NumpyScalar;
    expect([nan.value, nan.stored && hex(nan.stored)]).toEqual([Number.NaN, "010080ff"]);
  });

  it.each<[string, Complex]>([
    ["(1+2j)", new Complex(1, 2)],
    ["1j", new Complex(0, 1)],
    ["-0j", new Complex(0, -0)],
    ["(-0+nanj)", new Complex(-0, Number.NaN)],
    ["(inf-1e+300j)", new Complex(Number.POSITIVE_INFINITY, -1e300)],
    ["(nan-infj)", new Complex(Number.NaN, Number.NEGATIVE_INFINITY)],
    ["1e5+.5J", new Complex(1e5, 0.5)],
    [" ( 3. ) ", new Complex(3, 0)],
    ["1-j", new Complex(1, -1)],
    ["j", new Complex(0, 1)],
  ])("is a complex number from %s", (stored, expected) => {
    expect(one(`82 ${COMPLEX} ${DATA} ${text(stored)}`)).toStrictEqual(expected);
    expect(one(`82 ${COMPLEX} ${DATA} c4 0${stored.length.toString(16)} ${hex(Buffer.from(stored))}`)).toStrictEqual(
      expected,
    );
  });

  it("is an ordinary map where keys are missing, or are text", () => {
    for (const stored of [
      `81 ${ND_TRUE}`,
      `83 ${ND_TRUE} ${TYPE} ${text("<f4")} ${DATA} c400`,
      `82 ${ND_FALSE} ${TYPE} ${text("<f4")}`,
      `81 ${COMPLEX}`,
      `83 a26e64 c3 ${text("type")} ${text("<f4")} ${text("data")} c400`,
    ]) {
      expect(one(stored)).toBeInstanceOf(Map);
    }
  });

  it("stays a map on request, objects and unknown types among them", () => {
    const objects = array(`91 92 a0 ${text("|O")}`, "9101", "c4038002 2e", "c4014f");
    const map = one(objects, { numpy: "maps" }) as Map<Uint8Array, Value>;
    expect([...map.keys()].map((key) => Buffer.from(key).toString())).toEqual(["nd", "type", "kind", "shape", "data"]);
    expect(hex(writeMsgpack(map))).toBe(objects.replace(/\s/g, ""));
    expect(one(scalar(text("<f16"), `c410 ${"00".repeat(16)}`), { numpy: "maps" })).toBeInstanceOf(Map);
  });

  it.each<[string, FormatErrorCode, string, RegExp]>([
    ["a pickle", "refused", array(`91 92 a0 ${text("|O")}`, "9101", "c4018 0", "c4014f"), /array of objects/],
    ["a pickle without anything else", "refused", `83 ${ND_TRUE} ${KIND} c4014f ${DATA} c400`, /array of objects/],
    ["objects by their type", "refused", array(text("|O"), "9101", `c408 ${"00".repeat(8)}`), /array of objects/],
    ["objects by numpy's name", "refused", array(text("object"), "9101", `c408 ${"00".repeat(8)}`), /array of objects/],
    [
      "objects inside of structures",
      "refused",
      array(`91 92 a161 91 92 a162 ${text("|O")}`, "9101", `c408 ${"00".repeat(8)}`, "c40156"),
      /array of objects/,
    ],
    ["a scalar object", "refused", scalar(text("O"), `c408 ${"00".repeat(8)}`), /array of objects/],
    [
      "less data than the shape needs",
      "corrupt",
      array(text("<i4"), "920503", "c40400000000"),
      /\(5, 3\) of "<i4" needs 60 bytes, 4 are/,
    ],
    ["a negative size", "corrupt", array(text("<i4"), "91ff", "c400"), /negative size -1/],
    ["a size that is no int", "corrupt", array(text("<i4"), "91cb3ff8000000000000", "c400"), /no list of integers/],
    ["a size that is text", "corrupt", array(text("<i4"), `91${text("1")}`, "c400"), /no list of integers/],
    ["more than any memory holds", "limit", array(text("<i4"), "92ceffffffffceffffffff", "c400"), /more than any file/],
    ["sizes that overflow", "limit", array(text("|u1"), "91cfffffffffffffffff", "c400"), /more than any file/],
    ["elements without bytes", "limit", array(text("<U0"), "91ceffffffff", "c400"), /elements without bytes/],
    ["too many axes", "limit", array(text("|u1"), `dc0041${"01".repeat(65)}`, "c40100"), /65 axes/],
    ["no data", "corrupt", array(text("<i4"), "90", "c0"), /not stored as bytes/],
    ["text for data", "corrupt", array(text("|u1"), "9101", text("a")), /not stored as bytes/],
    ["an unknown type", "unsupported", array(text("<f16"), "90", `c410 ${"00".repeat(16)}`), /"<f16" is not supported/],
    [
      "bytes without fields",
      "unsupported",
      array(`91 92 a0 ${text("|V5")}`, "9101", "c4050102030405", "c40156"),
      /named members/,
    ],
    ["a number for a type", "corrupt", array("05", "90", "c400"), /neither a code nor a list/],
    ["a field without a type", "corrupt", array("91 91 a161", "90", "c400", "c40156"), /without a name or a type/],
    [
      "a field with a bad shape",
      "corrupt",
      array(`91 93 a161 ${text("|u1")} 91ff`, "90", "c400", "c40156"),
      /shape that is none/,
    ],
    [
      "an element of gigabytes",
      "limit",
      array(`91 93 a161 ${text("<f8")} 91ce7fffffff`, "9100", "c400", "c40156"),
      /an element of/,
    ],
    ["a scalar without data", "corrupt", scalar(text("<i4"), "c400"), /needs 4 bytes, 0 are/],
    ["a scalar with half of its data", "corrupt", scalar(text("<i4"), "c4020000"), /needs 4 bytes, 2 are/],
    ["a scalar structure", "unsupported", scalar(`91 92 a161 ${text("|u1")}`, "c40100"), /structured type/],
    ["a complex number that is none", "corrupt", `82 ${COMPLEX} ${DATA} ${text("1+2")}`, /complex number/],
    [
      "a complex number in absurdly many digits",
      "corrupt",
      `82 ${COMPLEX} ${DATA} ${text("1".repeat(200))}`,
      /complex number/,
    ],
  ])("refuses %s", async (_, code, stored, message) => {
    const error = await formatError(() => one(`81 a46b657930 91 ${stored}`), code);
    expect(error.message).toMatch(message);
    expect(error.path).toBe("key0[0]");
    expect(error.offset).toBe(7);
  });
});

describe("the payloads of BodyCompress files", () => {
  it.each(["metadata_types", "other_keys", "camera", "v010", "varying_people", "rounding"])(
    "come back byte for byte: %s",
    async (name) => {
      const bytes = payload(name);
      const items = await itemsOf([bytes]);
      expect(items.length).toBeGreaterThan(2);
      expect(hex(Buffer.concat(items.map(({ value }) => writeMsgpack(value))))).toBe(hex(bytes));
      expect(items.at(-1)).toMatchObject({ offset: bytes.length - (items.at(-1)?.byteLength as number) });
    },
  );

  it("hold metadata of every type", async () => {
    const bytes = payload("metadata_types");
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "0f80eb1026f507834822cecb80b721f202df86305d54b68a167a7edbe8b6065b",
    );
    const [header, metadata] = (await itemsOf([bytes])) as [MsgpackItem, MsgpackItem, ...MsgpackItem[]];
    expect((header.value as Map<string, Value>).get("__bodycompress_version__")).toEqual([0, 2, 1]);
    const expected = expectedPayload<{ dict: Record<string, unknown> }>("metadata_types");
    expect(Object.keys(expected.dict)).toHaveLength(43);
    expectDescribed(describeStored(metadata.value), expected);
  });

  it("are refused with the right code where they are hostile or broken", async () => {
    const keys = await formatError(() => itemsOf([payload("int_keys")]), "unsupported");
    expect(keys.message).toMatch(/^joint_names: a map has a key that is the number 0, neither/);
    expect(await itemsOf([payload("int_keys")], { keys: "any" })).toHaveLength(14);
    const pickle = await formatError(() => itemsOf([payload("pickle_payload")]), "refused");
    expect(pickle.message).toMatch(/^x: refused: an array of objects/);
    const small = await formatError(() => itemsOf([payload("buffer_too_small")]), "corrupt");
    expect(small.message).toMatch(/^qd_vertices\[0\]: shape \(5, 3\) of "<i4" needs 60 bytes, 12 are there/);
  });

  it("are read up to the value that is cut", async () => {
    const seen: unknown[] = [];
    const bytes = payload("partial_tail");
    const error = await formatError(async () => {
      for await (const { value } of readMsgpackStream([bytes])) seen.push(value);
    }, "truncated");
    expect(seen).toHaveLength(6);
    expect(error.offset).toBe(bytes.length);
    expect(error.message).toMatch(/100 bytes are there/);
  });
});
