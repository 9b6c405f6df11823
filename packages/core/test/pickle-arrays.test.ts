import { describe, expect, it } from "vitest";
import { readPickle, readPickleFrom } from "../src/codec/pickle/index.js";
import { Op } from "../src/codec/pickle/opcodes.js";
import type { FormatError } from "../src/errors.js";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { Complex, type DTypeValue, NumpyScalar, Tuple, type Value } from "../src/value/value.js";
import { formatError, noise } from "./support-io.js";
import { pysklBytes, sameValues, slowSource, WAYS } from "./support-pickle.js";
import {
  dtypeOf,
  ENCODE,
  int8Array,
  objectArray,
  RECONSTRUCT,
  raw,
  readAll,
  stream,
  u32,
} from "./support-pickle-stream.js";

describe("arrays", () => {
  it("of Fortran order keep it", async () => {
    const bytes = stream(
      raw(int8Array(stream("BININT1", 2, "BININT1", 3, "TUPLE2"), Uint8Array.of(1, 2, 3, 4, 5, 6), "NEWTRUE")),
      "STOP",
    );
    const array = (await readAll(bytes)) as NdArray;
    expect(array.toList()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(array.isFortran).toBe(true);
  });

  it("of very old numpy have a state of four items", async () => {
    const state = stream(
      "MARK",
      "BININT1",
      2,
      "TUPLE1",
      raw(dtypeOf("i2", ">")),
      "NEWFALSE",
      "SHORT_BINBYTES",
      4,
      0,
      1,
      0,
      2,
    );
    const array = (await readAll(stream(raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD", "STOP"))) as NdArray;
    expect(array.toList()).toEqual([1, 2]);
    expect(array.type.descr).toBe("<i2");
  });

  it("that _frombuffer makes keep their byte order; K has an order of axes", async () => {
    const call = (order: string, ...rest: readonly Uint8Array[]): Uint8Array =>
      stream(
        "GLOBAL",
        raw("numpy.core.numeric\n_frombuffer\n"),
        "MARK",
        "SHORT_BINBYTES",
        6,
        1,
        2,
        3,
        4,
        5,
        6,
        raw(dtypeOf("i1", "|")),
        "BININT1",
        1,
        "BININT1",
        2,
        "BININT1",
        3,
        "TUPLE3",
        "SHORT_BINUNICODE",
        1,
        raw(order),
        ...rest.map(raw),
        "TUPLE",
        "REDUCE",
        "STOP",
      );
    expect(((await readAll(call("C"))) as NdArray).toList()).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
    expect(((await readAll(call("F"))) as NdArray).toList()).toEqual([
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    ]);
    const axes = stream("BININT1", 2, "BININT1", 0, "BININT1", 1, "TUPLE3");
    expect(((await readAll(call("K", axes))) as NdArray).toList()).toEqual([[[1, 4]], [[2, 5]], [[3, 6]]]);
    for (const wrong of [
      call("K", stream("BININT1", 2, "TUPLE1")),
      call("K", stream("BININT1", 2, "DUP", "DUP", "TUPLE3")),
    ]) {
      await formatError(() => readPickle(wrong), "corrupt");
    }
    await formatError(() => readPickle(call("A")), "unsupported");
  });

  it("of objects take their list in Fortran order when it is flagged", async () => {
    const items = stream("BININT1", 1, "BININT1", 2, "BININT1", 3, "BININT1", 4);
    const plain = objectArray(items, 4, "NEWTRUE");
    const shape = stream("BININT1", 4, "TUPLE1");
    const square = stream("BININT1", 2, "BININT1", 2, "TUPLE2");
    const at = Buffer.from(plain).indexOf(Buffer.from(shape));
    const bytes = Buffer.concat([plain.subarray(0, at), square, plain.subarray(at + shape.length)]);
    expect(((await readAll(new Uint8Array(bytes))) as NdArray).toList()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("are views of the bytes they were read from, and of nothing else", async () => {
    const data = noise(4000);
    const state = stream(
      "MARK",
      "BININT1",
      1,
      "BININT2",
      0xe8,
      3,
      "TUPLE1",
      raw(dtypeOf("f4", "<")),
      "NEWFALSE",
      "BINBYTES",
      u32(4000),
      raw(data),
    );
    const bytes = stream(raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD", "STOP");
    const inMemory = readPickle(bytes) as NdArray;
    expect(inMemory.storedBytes()?.bytes.buffer).toBe(bytes.buffer);
    expect(((await readPickleFrom(memorySource(bytes))) as NdArray).storedBytes()?.bytes.buffer).toBe(bytes.buffer);
    const copied = ((await readPickleFrom(slowSource(bytes))) as NdArray).storedBytes()?.bytes as Uint8Array;
    // Aligned, so that a Float32Array needs no copy.
    expect(copied.byteOffset % 4).toBe(0);
    expect(Buffer.from(copied).equals(Buffer.from(data))).toBe(true);
  });

  it("as text are decoded when somebody looks", async () => {
    const data = noise(1000);
    const text = Buffer.from(Buffer.from(data).toString("latin1"), "utf8");
    const call = stream(
      raw(ENCODE),
      "BINUNICODE",
      u32(text.length),
      raw(text),
      "BINUNICODE",
      u32(6),
      raw("latin1"),
      "TUPLE2",
      "REDUCE",
    );
    const state = stream(
      "MARK",
      "BININT1",
      1,
      "BININT2",
      0xe8,
      3,
      "TUPLE1",
      raw(dtypeOf("u1", "|")),
      "NEWFALSE",
      raw(call),
    );
    const bytes = stream(raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD", "STOP");
    const array = (await readAll(bytes)) as NdArray<"uint8">;
    expect(Buffer.from(array.data).equals(Buffer.from(data))).toBe(true);
    // One byte more or less in the text is noticed at once.
    for (const wrong of [Buffer.concat([text, Buffer.of(0x61)]), text.subarray(1)]) {
      const other = Buffer.from(bytes);
      const at = other.indexOf(text);
      const spoiled = Buffer.concat([
        other.subarray(0, at - 4),
        u32(wrong.length).raw,
        wrong,
        other.subarray(at + text.length),
      ]);
      for (const read of Object.values(WAYS)) await formatError(() => read(new Uint8Array(spoiled)), "corrupt");
    }
    // So is text that is no Latin-1 but of the right length.
    const other = Uint8Array.from(bytes);
    const high = other.indexOf(0xc3, Buffer.from(bytes).indexOf(text));
    other[high] = 0xc4;
    for (const read of Object.values(WAYS)) await formatError(() => read(other), "corrupt");
  });
});

describe("text that stands for bytes", () => {
  const latin = "é".repeat(40);
  const text = Buffer.from(latin, "utf8");
  const bytes = new Uint8Array(Buffer.from(latin, "latin1"));

  it.each<readonly [string, Uint8Array]>([
    [
      "in protocol 2",
      stream(
        "EMPTY_LIST",
        "MEMOIZE",
        "MARK",
        raw(ENCODE),
        "BINPUT",
        1,
        "BINUNICODE",
        u32(80),
        raw(text),
        "BINPUT",
        2,
        "BINUNICODE",
        u32(6),
        raw("latin1"),
        "BINPUT",
        3,
        "TUPLE2",
        "BINPUT",
        4,
        "REDUCE",
        "BINGET",
        2,
        "BINGET",
        4,
        "BINGET",
        3,
        "APPENDS",
        "STOP",
      ),
    ],
    [
      "in protocol 1",
      stream(
        "EMPTY_LIST",
        "MEMOIZE",
        "MARK",
        raw(ENCODE),
        "BINPUT",
        1,
        "MARK",
        "BINUNICODE",
        u32(80),
        raw(text),
        "BINPUT",
        2,
        "BINUNICODE",
        u32(6),
        raw("latin1"),
        "BINPUT",
        3,
        "TUPLE",
        "BINPUT",
        4,
        "REDUCE",
        "BINGET",
        2,
        "BINGET",
        4,
        "BINGET",
        3,
        "APPENDS",
        "STOP",
      ),
    ],
    [
      "in protocol 0",
      stream(
        "EMPTY_LIST",
        "MEMOIZE",
        "MARK",
        raw(ENCODE),
        "PUT",
        raw("1\n"),
        "MARK",
        "UNICODE",
        raw(`${latin}\n`),
        "PUT",
        raw("2\n"),
        "UNICODE",
        raw("latin1\n"),
        "PUT",
        raw("3\n"),
        "TUPLE",
        "PUT",
        raw("4\n"),
        "REDUCE",
        "GET",
        raw("2\n"),
        "GET",
        raw("4\n"),
        "GET",
        raw("3\n"),
        "APPENDS",
        "STOP",
      ),
    ],
    [
      "by a pickler that knows no memo but MEMOIZE",
      stream(
        "EMPTY_LIST",
        "MEMOIZE",
        "MARK",
        raw(ENCODE),
        "MEMOIZE",
        "BINUNICODE",
        u32(80),
        raw(text),
        "MEMOIZE",
        "BINUNICODE",
        u32(6),
        raw("latin1"),
        "MEMOIZE",
        "TUPLE2",
        "MEMOIZE",
        "REDUCE",
        "BINGET",
        2,
        "BINGET",
        4,
        "BINGET",
        3,
        "APPENDS",
        "STOP",
      ),
    ],
  ])("is bytes, and still text for whoever asks for that: %s", async (_, pickle) => {
    expect(await readAll(pickle)).toStrictEqual([bytes, latin, Tuple.of(latin, "latin1"), "latin1"]);
  });

  it("is text where no call follows", async () => {
    const pickle = stream(
      raw(ENCODE),
      "BINUNICODE",
      u32(80),
      raw(text),
      "TUPLE1",
      "POP",
      "POP",
      "BINUNICODE",
      u32(80),
      raw(text),
      "STOP",
    );
    expect(await readAll(pickle)).toBe(latin);
  });

  it("must be text", async () => {
    const call = (codec: string): Uint8Array =>
      stream(raw(ENCODE), "EMPTY_LIST", "SHORT_BINUNICODE", codec.length, raw(codec), "TUPLE2", "REDUCE", "STOP");
    await formatError(() => readPickle(call("latin1")), "corrupt");
    await formatError(() => readPickle(call("utf-8")), "refused");
    const wide = stream(
      raw(ENCODE),
      "SHORT_BINUNICODE",
      3,
      raw("\xe4\xb8\xad"),
      "SHORT_BINUNICODE",
      6,
      raw("latin1"),
      "TUPLE2",
      "REDUCE",
      "STOP",
    );
    await formatError(() => readPickle(wide), "corrupt");
  });
});

describe("dtypes and numpy scalars", () => {
  it.each<readonly [string, string, number, Uint8Array, unknown]>([
    ["i8", "<", -1, Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0), 5],
    ["i8", "<", -1, Uint8Array.of(1, 0, 0, 0, 0, 0, 32, 0), 9007199254740993n],
    ["u2", ">", -1, Uint8Array.of(1, 2), 258],
    ["b1", "|", -1, Uint8Array.of(1), true],
    ["f2", "<", -1, Uint8Array.of(0, 0x3c), 1],
    ["c8", "<", -1, Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40), new Complex(1, 2)],
    ["U2", "<", 8, Uint8Array.of(0x41, 0, 0, 0, 0x2d, 0x4e, 0, 0), "A中"],
    ["S3", "|", 3, Uint8Array.of(0x41, 0, 0), Uint8Array.of(0x41)],
  ])("scalar of %s%s", async (code, order, itemSize, data, expected) => {
    const bytes = stream(
      "GLOBAL",
      raw("numpy._core.multiarray\nscalar\n"),
      raw(dtypeOf(code, order, itemSize)),
      "SHORT_BINBYTES",
      data.length,
      raw(data),
      "TUPLE2",
      "REDUCE",
      "STOP",
    );
    const scalar = (await readAll(bytes)) as NumpyScalar;
    expect(scalar).toBeInstanceOf(NumpyScalar);
    expect(scalar.value).toStrictEqual(expected);
    expect(scalar.type.byteOrder).not.toBe(">");
    await formatError(() =>
      readPickle(Uint8Array.from(bytes, (byte, i) => (i === bytes.length - data.length - 4 ? byte - 1 : byte))),
    );
  });

  it("a dtype is a value too, with or without its state", async () => {
    const [a, b] = (await readAll(
      stream(raw(dtypeOf("f4", ">")), raw(dtypeOf("f4", ">").subarray(0, 21)), "TUPLE2", "STOP"),
    )) as [DTypeValue, DTypeValue];
    expect(a.type.descr).toBe(">f4");
    expect(b.type.descr).toBe("<f4");
  });
});

/** In memory, arrays that numpy wrote are read at once; through a window that is smaller than they are, step by step. */
describe("everything that an array's opcodes put into the memo", () => {
  it.each([
    "proto/same_p2_np1.pkl",
    "proto/same_p3_np2.pkl",
    "proto/same_p4_np1.pkl",
    "proto/same_p5_np1.pkl",
    "coco2d_f16_p2_np1.pkl",
    "ntu3d_f32_p5_np2.pkl",
  ])("%s", async (name) => {
    const bytes = pysklBytes(name).subarray(0, -1);
    let values = 0;
    for (let index = 0; index < 120; index++) {
      const pickle = stream(raw(bytes), "LONG_BINGET", u32(index), "TUPLE2", "STOP");
      const outcomes: unknown[] = [];
      for (const read of [WAYS["in memory"], WAYS["through a window of 64 bytes"], WAYS["opened and loaded"]]) {
        outcomes.push(await read?.(pickle).catch((error: FormatError) => `${error.code}: ${error.reason}`));
      }
      const [expected, ...others] = outcomes as Value[];
      for (const other of others) expect(sameValues(other as Value, expected as Value), `memo ${index}`).toBe(true);
      if (typeof expected !== "string") values++;
    }
    expect(values).toBeGreaterThan(20);
  });
});

describe("an array that is almost as numpy writes it", () => {
  // Each change leaves the quick way; what the opcodes say counts then.
  const file = pysklBytes("proto/same_p4_np1.pkl");
  const second = Buffer.from(file).lastIndexOf(stream("TUPLE3", "MEMOIZE", "REDUCE", "MEMOIZE", "MARK", "BININT1", 1));

  it.each<readonly [string, number, number]>([
    ["another version of the state", second + 6, 2],
    ["a shape from an empty place in the memo", second + 7, Op.BINGET],
  ])("with %s is the same error in every way", async (_, at, byte) => {
    const bytes = Uint8Array.from(file);
    bytes[at] = byte;
    const messages = new Set<string>();
    for (const read of [WAYS["in memory"], WAYS["through a window of 64 bytes"]]) {
      messages.add((await formatError(() => read?.(bytes))).message);
    }
    expect(messages.size).toBe(1);
  });
});
