import { describe, expect, it } from "vitest";
import { readPickle, readPickleFrom } from "../src/codec/pickle/index.js";
import type { FormatError } from "../src/errors.js";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  type DTypeValue,
  Float,
  FrozenSet,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { formatError, noise } from "./support-io.js";
import { pysklBytes, raw, sameValues, slowSource, stream, u32, WAYS } from "./support-pickle.js";

const ENCODE = stream("GLOBAL", raw("_codecs\nencode\n"));

/** Reads in every way and makes sure that the result is the same. */
async function readAll(bytes: Uint8Array, options: Parameters<typeof readPickle>[1] = {}): Promise<Value> {
  const value = readPickle(bytes, options);
  for (const [way, read] of Object.entries(WAYS)) expect(sameValues(await read(bytes, options), value), way).toBe(true);
  return value;
}

describe("opcodes", () => {
  it.each<readonly [string, Uint8Array, unknown]>([
    [
      "INT, decimal and hexadecimal",
      stream("MARK", "INT", raw("-12\n"), "INT", raw("0x1F\n"), "LIST", "STOP"),
      [-12, 31],
    ],
    [
      "INT, booleans",
      stream("MARK", "INT", raw("01\n"), "INT", raw("00\n"), "INT", raw("1\n"), "LIST", "STOP"),
      [true, false, 1],
    ],
    ["LONG", stream("LONG", raw("-9007199254740993L\n"), "STOP"), -9007199254740993n],
    ["LONG1 of no bytes", stream("LONG1", 0, "STOP"), 0],
    [
      "LONG1 of 6, 7 and 8 bytes",
      stream(
        "MARK",
        "LONG1",
        6,
        255,
        255,
        255,
        255,
        255,
        127,
        "LONG1",
        7,
        0,
        0,
        0,
        0,
        0,
        0,
        0x80,
        "LONG1",
        8,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        "LIST",
        "STOP",
      ),
      [2 ** 47 - 1, -(2n ** 55n), -1],
    ],
    ["BININT2", stream("BININT2", 0xff, 0xff, "STOP"), 65535],
    ["BININT", stream("BININT", 0xff, 0xff, 0xff, 0xff, "STOP"), -1],
    [
      "FLOAT",
      stream(
        "MARK",
        ..."nan,inf,-inf,1e3,2.5,-0".split(",").flatMap((text) => ["FLOAT" as const, raw(`${text}\n`)]),
        "LIST",
        "STOP",
      ),
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, new Float(1000), 2.5, -0],
    ],
    ["BINFLOAT", stream("BINFLOAT", 0x40, 0x08, 0, 0, 0, 0, 0, 0, "STOP"), new Float(3)],
    ["STRING with escapes", stream("STRING", raw("'a\\x41\\101\\n\\'\\q\\\\'\n"), "STOP"), "aAA\n'\\q\\"],
    [
      "UNICODE with escapes",
      stream("UNICODE", raw("\xe9\\u4e2d\\U0001f600\\n\\\\u0041\n"), "STOP"),
      "é中😀\\n\\\\u0041",
    ],
    ["BINUNICODE8", stream("BINUNICODE8", 3, 0, 0, 0, 0, 0, 0, 0, raw("abc"), "STOP"), "abc"],
    ["BINUNICODE with a lone surrogate", stream("SHORT_BINUNICODE", 3, 0xed, 0xa0, 0x80, "STOP"), "\ud800"],
    ["BINBYTES8", stream("BINBYTES8", 2, 0, 0, 0, 0, 0, 0, 0, 1, 2, "STOP"), Uint8Array.of(1, 2)],
    ["BYTEARRAY8", stream("BYTEARRAY8", 1, 0, 0, 0, 0, 0, 0, 0, 9, "STOP"), new ByteArray([9])],
    ["DUP, POP", stream("BININT1", 1, "DUP", "NONE", "POP", "TUPLE2", "STOP"), Tuple.of(1, 1)],
    ["POP of a MARK", stream("BININT1", 1, "MARK", "POP", "STOP"), 1],
    ["POP_MARK", stream("BININT1", 1, "MARK", "NONE", "NONE", "POP_MARK", "STOP"), 1],
    ["DICT", stream("MARK", "NONE", "BININT1", 1, "DICT", "STOP"), new Map([[null, 1]])],
    ["EMPTY_SET, ADDITEMS", stream("EMPTY_SET", "MARK", "BININT1", 1, "ADDITEMS", "STOP"), new Set([1])],
    ["FROZENSET", stream("MARK", "BININT1", 1, "FROZENSET", "STOP"), new FrozenSet([1])],
    ["PUT, GET", stream("EMPTY_LIST", "PUT", raw("5\n"), "GET", raw("5\n"), "TUPLE2", "STOP"), Tuple.of([], [])],
    ["INST", stream("MARK", "INST", raw("collections\nOrderedDict\n"), "STOP"), new OrderedDict()],
    ["OBJ", stream("MARK", "GLOBAL", raw("__builtin__\nset\n"), "OBJ", "STOP"), new Set()],
    ["NEWOBJ", stream("GLOBAL", raw("collections\nOrderedDict\n"), "EMPTY_TUPLE", "NEWOBJ", "STOP"), new OrderedDict()],
    [
      "NEWOBJ_EX",
      stream("GLOBAL", raw("builtins\ndict\n"), "EMPTY_TUPLE", "EMPTY_DICT", "NEWOBJ_EX", "STOP"),
      new Map(),
    ],
    ["FRAME that promises too much", stream("FRAME", 255, 255, 0, 0, 0, 0, 0, 0, "NONE", "STOP"), null],
    ["bytes after STOP", stream("NONE", "STOP", raw("anything")), null],
    ["PROTO in the middle", stream("PROTO", 2, "PROTO", 4, "NONE", "STOP"), null],
  ])("%s", async (_, bytes, expected) => {
    const value = await readAll(bytes);
    expect(value).toStrictEqual(expected);
  });

  it.each<readonly [string, Uint8Array]>([
    ["APPEND to a tuple", stream("EMPTY_TUPLE", "NONE", "APPEND", "STOP")],
    ["APPENDS to what lies below an outer mark", stream("EMPTY_LIST", "MARK", "MARK", "NONE", "APPENDS", "STOP")],
    ["SETITEM of a list", stream("EMPTY_LIST", "NONE", "NONE", "SETITEM", "STOP")],
    ["ADDITEMS to a frozenset", stream("MARK", "FROZENSET", "MARK", "NONE", "ADDITEMS", "STOP")],
    ["a tuple of lists as key", stream("EMPTY_DICT", "EMPTY_LIST", "TUPLE1", "NONE", "SETITEM", "STOP")],
    ["a dict in a set", stream("EMPTY_SET", "MARK", "EMPTY_DICT", "ADDITEMS", "STOP")],
    ["a set as key", stream("EMPTY_DICT", "EMPTY_SET", "NONE", "SETITEM", "STOP")],
    ["POP of nothing", stream("POP", "STOP")],
    ["STOP with nothing", stream("PROTO", 4, "STOP")],
    ["REDUCE of a number", stream("BININT1", 1, "EMPTY_TUPLE", "REDUCE", "STOP")],
    ["BUILD of a number", stream("BININT1", 1, "EMPTY_TUPLE", "BUILD", "STOP")],
    ["STACK_GLOBAL of numbers", stream("NONE", "NONE", "STACK_GLOBAL", "STOP")],
    ["PUT under no number", stream("NONE", "PUT", raw("x\n"), "STOP")],
    ["INT of no number", stream("INT", raw("1.5\n"), "STOP")],
    ["FLOAT of no number", stream("FLOAT", raw("x\n"), "STOP")],
    ["STRING with a broken escape", stream("STRING", raw("'\\xg0'\n"), "STOP")],
    ["UNICODE with a broken escape", stream("UNICODE", raw("\\u12\n"), "STOP")],
    ["UTF-8 that is too long for its value", stream("SHORT_BINUNICODE", 2, 0xc0, 0x80, "STOP")],
    ["BINSTRING of negative length", stream("BINSTRING", 255, 255, 255, 255, "STOP")],
    ["READONLY_BUFFER of a list", stream("EMPTY_LIST", "READONLY_BUFFER", "STOP")],
  ])("%s is an error", async (_, bytes) => {
    for (const read of Object.values(WAYS)) await formatError(() => read(bytes), "corrupt");
  });

  it("finds the bad byte in long text", async () => {
    const text = new Uint8Array(500).fill(0x61);
    text[400] = 0xff;
    const bytes = stream("BINUNICODE", u32(500), raw(text), "STOP");
    for (const read of Object.values(WAYS)) {
      expect((await formatError(() => read(bytes), "corrupt")).offset).toBe(405);
    }
  });

  it("reads long text of every kind", async () => {
    for (const text of ["x".repeat(100), "é".repeat(300), "中文😀".repeat(2000), `${"a".repeat(500)}\ud83d`]) {
      const encoded = Buffer.from(text, "utf8");
      const last = text.endsWith("\ud83d")
        ? Buffer.concat([encoded.subarray(0, -3), Buffer.of(0xed, 0xa0, 0xbd)])
        : encoded;
      expect(await readAll(stream("BINUNICODE", u32(last.length), raw(last), "STOP"))).toBe(text);
    }
  });
});

describe("shared and cyclic objects", () => {
  it("a list that contains itself", async () => {
    const list = (await readAll(stream("EMPTY_LIST", "MEMOIZE", "BINGET", 0, "APPEND", "STOP"))) as Value[];
    expect(list[0]).toBe(list);
  });

  it("a dict that contains itself", async () => {
    const dict = await readAll(stream("EMPTY_DICT", "MEMOIZE", "NONE", "BINGET", 0, "SETITEM", "STOP"));
    expect((dict as Map<Value, Value>).get(null)).toBe(dict);
  });

  it("a tuple that contains itself by way of a list", async () => {
    // As CPython writes it: the inner tuple is made first, the outer one thrown away for it.
    const bytes = stream("EMPTY_LIST", "MEMOIZE", "BINGET", 0, "TUPLE1", "MEMOIZE", "APPEND", "BINGET", 1, "STOP");
    const tuple = (await readAll(bytes)) as Tuple;
    expect(tuple).toBeInstanceOf(Tuple);
    expect((tuple[0] as Value[])[0]).toBe(tuple);
  });

  it("an object array that contains itself, also inside a list", async () => {
    const array = (await readAll(objectArray(stream("BINGET", 0, "BINGET", 0, "TUPLE1"), 2))) as NdArray<"object">;
    expect(array.get(0)).toBe(array);
    expect((array.get(1) as Tuple)[0]).toBe(array);
  });

  it("an array that never gets its state is an error", async () => {
    const shell = stream(raw(RECONSTRUCT), "STOP");
    await formatError(() => readPickle(shell), "corrupt");
    await formatError(() => readPickle(stream("EMPTY_LIST", raw(RECONSTRUCT), "APPEND", "STOP")), "corrupt");
  });

  it("one array in two places", async () => {
    const bytes = stream(
      raw(int8Array(stream("BININT1", 3, "TUPLE1"), Uint8Array.of(1, 2, 3))),
      "MEMOIZE",
      "DUP",
      "TUPLE2",
      "STOP",
    );
    const [a, b] = (await readAll(bytes)) as Tuple;
    expect(a).toBe(b);
  });
});

const RECONSTRUCT = stream(
  "GLOBAL",
  raw("numpy.core.multiarray\n_reconstruct\n"),
  "GLOBAL",
  raw("numpy\nndarray\n"),
  "BININT1",
  0,
  "TUPLE1",
  "SHORT_BINBYTES",
  1,
  raw("b"),
  "TUPLE3",
  "REDUCE",
);

function dtypeOf(code: string, order: string, itemSize = -1, flags = 0): Uint8Array {
  return stream(
    "GLOBAL",
    raw("numpy\ndtype\n"),
    "SHORT_BINUNICODE",
    code.length,
    raw(code),
    "NEWFALSE",
    "NEWTRUE",
    "TUPLE3",
    "REDUCE",
    "MARK",
    "BININT1",
    3,
    "SHORT_BINUNICODE",
    1,
    raw(order),
    "NONE",
    "NONE",
    "NONE",
    "BININT",
    u32(itemSize >>> 0),
    "BININT",
    u32(0xffffffff),
    "BININT1",
    flags,
    "TUPLE",
    "BUILD",
  );
}

function objectArray(items: Uint8Array, count: number, flag: "NEWTRUE" | "NEWFALSE" = "NEWFALSE"): Uint8Array {
  const state = stream("MARK", "BININT1", 1, "BININT1", count, "TUPLE1", raw(dtypeOf("O8", "|", -1, 63)), flag);
  return stream(
    raw(RECONSTRUCT),
    "MEMOIZE",
    raw(state),
    "EMPTY_LIST",
    "MARK",
    raw(items),
    "APPENDS",
    "TUPLE",
    "BUILD",
    "STOP",
  );
}

function int8Array(shape: Uint8Array, data: Uint8Array, flag: "NEWTRUE" | "NEWFALSE" = "NEWFALSE"): Uint8Array {
  const state = stream(
    "MARK",
    "BININT1",
    1,
    raw(shape),
    raw(dtypeOf("i1", "|")),
    flag,
    "SHORT_BINBYTES",
    data.length,
    raw(data),
  );
  return stream(raw(RECONSTRUCT), raw(state), "TUPLE", "BUILD");
}

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
    expect(copied.byteOffset % 16).toBe(0);
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

describe("8-bit strings of Python 2", () => {
  const bytes = stream(
    "MARK",
    "SHORT_BINSTRING",
    2,
    0xc3,
    0xa9,
    "STRING",
    raw("'\\xff'\n"),
    "BINSTRING",
    u32(1),
    raw("a"),
    "LIST",
    "STOP",
  );

  it("are Latin-1 by default", async () => {
    expect(await readAll(bytes)).toEqual(["Ã©", "ÿ", "a"]);
  });

  it("can be UTF-8, UTF-8 where it is valid, or bytes", async () => {
    expect(await readAll(bytes, { text: "auto" })).toEqual(["é", "ÿ", "a"]);
    expect(await readAll(bytes, { text: "bytes" })).toEqual([
      Uint8Array.of(0xc3, 0xa9),
      Uint8Array.of(0xff),
      Uint8Array.of(0x61),
    ]);
    await formatError(() => readPickle(bytes, { text: "utf8" }), "corrupt");
  });

  it.each(["latin1", "utf8", "auto", "bytes"] as const)("are bytes in an array all the same (%s)", async (text) => {
    const state = stream(
      "MARK",
      "BININT1",
      1,
      "BININT1",
      2,
      "TUPLE1",
      raw(dtypeOf("u1", "|")),
      "NEWFALSE",
      "SHORT_BINSTRING",
      2,
      0xc3,
      0xff,
      "BINPUT",
      9,
      "TUPLE",
      "BUILD",
    );
    const array = ((await readAll(stream(raw(RECONSTRUCT), raw(state), "STOP"), { text })) as NdArray).toList();
    expect(array).toEqual([0xc3, 0xff]);
    // Python 2 has one object for a string of one character: data here, text there.
    const one = stream(
      "MARK",
      "BININT1",
      1,
      "BININT1",
      1,
      "TUPLE1",
      raw(dtypeOf("u1", "|")),
      "NEWFALSE",
      "SHORT_BINSTRING",
      1,
      0x61,
      "BINPUT",
      9,
      "TUPLE",
      "BUILD",
    );
    const [, name] = (await readAll(stream(raw(RECONSTRUCT), raw(one), "BINGET", 9, "TUPLE2", "STOP"), {
      text,
    })) as Tuple;
    expect(name).toEqual(text === "bytes" ? Uint8Array.of(0x61) : "a");
  });
});

describe("containers and numbers made by calls", () => {
  const call = (global: string, ...args: readonly Uint8Array[]): Uint8Array =>
    stream("GLOBAL", raw(`${global.replace(" ", "\n")}\n`), "MARK", ...args.map(raw), "TUPLE", "REDUCE");
  const ints = stream("MARK", "BININT1", 1, "BININT1", 2, "LIST");
  const pairs = stream("MARK", "NONE", "BININT1", 1, "TUPLE2", "LIST");

  it.each<readonly [string, Uint8Array, unknown]>([
    ["set", call("__builtin__ set", ints), new Set([1, 2])],
    ["frozenset", call("builtins frozenset", ints), new FrozenSet([1, 2])],
    ["list", call("builtins list", ints), [1, 2]],
    ["tuple", call("builtins tuple", ints), Tuple.of(1, 2)],
    ["dict", call("builtins dict", pairs), new Map([[null, 1]])],
    ["OrderedDict", call("collections OrderedDict", pairs), new OrderedDict([[null, 1]])],
    [
      "complex",
      call("__builtin__ complex", stream("BININT1", 1), stream("BINFLOAT", 0x40, 0, 0, 0, 0, 0, 0, 0)),
      new Complex(1, 2),
    ],
    ["range", call("__builtin__ xrange", stream("BININT1", 1), stream("BININT1", 5)), new Range(1, 5, 1)],
    ["slice", call("builtins slice", stream("NONE"), stream("BININT1", 5), stream("NONE")), new Slice(null, 5, null)],
    ["bytes", call("__builtin__ bytes"), new Uint8Array(0)],
    [
      "bytearray",
      call("__builtin__ bytearray", stream("UNICODE", raw("\xff\n")), stream("STRING", raw("'latin-1'\n"))),
      new ByteArray([255]),
    ],
    [
      "int, float, str, bool",
      stream(
        "MARK",
        raw(call("builtins int")),
        raw(call("builtins float")),
        raw(call("__builtin__ unicode")),
        raw(call("builtins bool")),
        "LIST",
      ),
      [0, new Float(0), "", false],
    ],
  ])("%s", async (_, bytes, expected) => {
    expect(await readAll(stream(raw(bytes), "STOP"))).toStrictEqual(expected);
  });

  it("a defaultdict keeps the name of its factory", async () => {
    const factory = stream("GLOBAL", raw("__builtin__\nunicode\n"));
    const dict = (await readAll(stream(raw(call("collections defaultdict", factory)), "STOP"))) as DefaultDict;
    expect(dict).toBeInstanceOf(DefaultDict);
    expect(dict.factory).toBe("str");
    expect(((await readAll(stream(raw(call("collections defaultdict")), "STOP"))) as DefaultDict).factory).toBe(null);
  });

  it.each([
    ["a set of lists", call("builtins set", stream("EMPTY_LIST", "TUPLE1")), "corrupt"],
    ["a set of a number", call("builtins set", stream("BININT1", 1)), "unsupported"],
    ["bytes of a size", call("builtins bytes", stream("LONG1", 5, 0, 0, 0, 0, 1)), "unsupported"],
    [
      "a defaultdict of a function",
      call("collections defaultdict", stream("GLOBAL", raw("_codecs\nencode\n"))),
      "unsupported",
    ],
    ["str of a number", call("builtins str", stream("BININT1", 1)), "unsupported"],
    ["range of text", call("builtins range", stream("UNICODE", raw("a\n"))), "corrupt"],
    [
      "an OrderedDict with attributes",
      stream(raw(call("collections OrderedDict")), "MARK", "NONE", "NONE", "DICT", "BUILD"),
      "unsupported",
    ],
  ] as const)("are not made in unusual ways: %s", async (_, bytes, code) => {
    await formatError(() => readPickle(stream(raw(bytes), "STOP")), code);
  });
});

describe("instances of listed classes", () => {
  const options = { classes: ["pkg.mod.Box"] };
  const named = stream("GLOBAL", raw("pkg.mod\nBox\n"));
  const state = stream("MARK", "SHORT_BINUNICODE", 1, raw("z"), "BININT1", 5, "DICT", "BUILD");

  it.each([
    [
      "in protocol 2",
      stream(
        raw(named),
        "EMPTY_TUPLE",
        "NEWOBJ",
        "SHORT_BINUNICODE",
        1,
        raw("a"),
        "BININT1",
        1,
        "SETITEM",
        raw(state),
        "STOP",
      ),
    ],
    [
      "in protocol 0",
      stream(
        "GLOBAL",
        raw("copy_reg\n_reconstructor\n"),
        "MARK",
        raw(named),
        "GLOBAL",
        raw("__builtin__\ndict\n"),
        "MARK",
        "STRING",
        raw("'a'\n"),
        "INT",
        raw("1\n"),
        "DICT",
        "TUPLE",
        "REDUCE",
        raw(state),
        "STOP",
      ),
    ],
    [
      "of old classes",
      stream(
        "MARK",
        "INST",
        raw("pkg.mod\nBox\n"),
        "SHORT_BINUNICODE",
        1,
        raw("a"),
        "BININT1",
        1,
        "SETITEM",
        raw(state),
        "STOP",
      ),
    ],
  ])("hold items and state, %s", async (_, bytes) => {
    const box = (await readAll(bytes, options)) as Instance;
    expect(box).toBeInstanceOf(Instance);
    expect([box.module, box.name]).toEqual(["pkg.mod", "Box"]);
    expect(box.items).toEqual(new Map([["a", 1]]));
    expect(box.state).toEqual(new Map([["z", 5]]));
  });

  it("are made without arguments", async () => {
    const bytes = stream(raw(named), "BININT1", 1, "TUPLE1", "NEWOBJ", "STOP");
    await formatError(() => readPickle(bytes, options), "unsupported");
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

describe("buffers outside the stream", () => {
  const bytes = stream("NEXT_BUFFER", "NEXT_BUFFER", "READONLY_BUFFER", "TUPLE2", "STOP");

  it("are taken in their order", async () => {
    const value = await readAll(bytes, { buffers: [Uint8Array.of(1), Uint8Array.of(2)] });
    expect(value).toStrictEqual(Tuple.of(new ByteArray([1]), Uint8Array.of(2)));
  });

  it("must be given, all of them", async () => {
    expect((await formatError(() => readPickle(bytes), "refused")).message).toContain("NEXT_BUFFER");
    await formatError(() => readPickle(bytes, { buffers: [Uint8Array.of(1)] }), "corrupt");
  });
});

describe("large payloads through small windows", () => {
  it.each([1000, 5000, 100_000])("%i bytes, text and lines", async (size) => {
    const data = noise(size);
    const text = Buffer.from(data).toString("base64");
    const latin = Buffer.from(Buffer.from(data).toString("latin1"), "utf8");
    const line = Buffer.from(data).toString("hex");
    const bytes = stream(
      "MARK",
      "BINBYTES",
      u32(size),
      raw(data),
      "BINUNICODE",
      u32(text.length),
      raw(text),
      raw(ENCODE),
      "BINUNICODE",
      u32(latin.length),
      raw(latin),
      "BINUNICODE",
      u32(6),
      raw("latin1"),
      "TUPLE2",
      "REDUCE",
      "UNICODE",
      raw(`${line}\n`),
      "BINBYTES",
      u32(size),
      raw(data),
      "LIST",
      "STOP",
    );
    expect(await readAll(bytes)).toEqual([data, text, data, line, data]);
  });

  it("large bytes can be dict keys", async () => {
    const data = noise(5000);
    const bytes = stream(
      "EMPTY_DICT",
      "MARK",
      "BINBYTES",
      u32(5000),
      raw(data),
      "NONE",
      "BINBYTES",
      u32(5000),
      raw(data),
      "TUPLE1",
      "NONE",
      "SETITEMS",
      "STOP",
    );
    const keys = [...((await readAll(bytes)) as Map<Value, Value>).keys()];
    expect(keys).toEqual([data, Tuple.of(data)]);
  });
});

describe("reading from a source", () => {
  const bytes = stream("BINBYTES", u32(300_000), raw(noise(300_000)), "STOP");

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readPickleFrom(slowSource(bytes), { signal })).rejects.toThrow("enough");
  });

  it("says how far it is", async () => {
    const done: number[] = [];
    await readPickleFrom(slowSource(bytes), { chunkBytes: 1000, onProgress: (progress) => done.push(progress.done) });
    expect(done.at(-1)).toBe(bytes.length);
  });

  it("passes on what the source has to say", async () => {
    const source = { ...slowSource(bytes), readInto: () => Promise.reject(new Error("gone")) };
    await expect(readPickleFrom(source, { chunkBytes: 1000 })).rejects.toThrow("gone");
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
