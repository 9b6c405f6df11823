import { describe, expect, it } from "vitest";
import { readPickle } from "../src/codec/pickle/index.js";
import type { NdArray } from "../src/ndarray/ndarray.js";
import {
  ByteArray,
  Complex,
  DefaultDict,
  Float,
  FrozenSet,
  Instance,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "../src/value/value.js";
import { formatError } from "./support-io.js";
import { WAYS } from "./support-pickle.js";
import { dtypeOf, int8Array, objectArray, RECONSTRUCT, raw, readAll, stream, u32 } from "./support-pickle-stream.js";

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
