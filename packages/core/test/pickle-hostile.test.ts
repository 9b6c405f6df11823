import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openPickle, readPickle, readPickleFrom } from "../src/codec/pickle/index.js";
import { FormatError, type FormatErrorCode } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { Instance, type Value } from "../src/value/value.js";
import { formatError } from "./support-io.js";
import {
  HUMANDATA_CLASS,
  humandataBytes,
  loadNode,
  pysklBytes,
  pysklExpected,
  pysklPickles,
  slowSource,
  WAYS,
} from "./support-pickle.js";
import { arrayWith, dtypeOf, raw, stream, u32 } from "./support-pickle-stream.js";

describe.each(Object.entries(WAYS))("read %s,", (_, read) => {
  it.each(pysklPickles("hostile"))("%s is refused", async (name) => {
    const { error = "" } = pysklExpected(name);
    const found = await formatError(() => read(pysklBytes(name)), "refused");
    const [, global, offset] = /refused: (\S+) at byte (\d+)/.exec(error) ?? [];
    if (global === undefined) return;
    expect(found.reason).toContain(`refused: ${global} `);
    expect(found.offset).toBe(Number(offset));
  });

  it.each([...pysklPickles("bad/stream"), ...pysklPickles("bad/limits")])("%s is an error", async (name) => {
    const { lenient_ok: lenient = false } = pysklExpected(name);
    if (lenient) await read(pysklBytes(name));
    else await formatError(() => read(pysklBytes(name)));
  });
});

describe("what is wrong with a stream", () => {
  it.each<readonly [string, FormatErrorCode, string]>([
    ["bad/stream/array_state_short.pkl", "corrupt", "ndarray state has 2 items, 5 expected (byte 70)"],
    ["bad/stream/bad_utf8.pkl", "corrupt", "BINUNICODE holds bytes ff fe 2e, not UTF-8 (byte 7)"],
    ["bad/stream/empty.pkl", "truncated", "not a pickle: the file is empty (byte 0)"],
    ["bad/stream/ext1.pkl", "refused", "EXT1: extension code 1 is not registered (byte 2)"],
    ["bad/stream/get_text_missing.pkl", "corrupt", "GET of memo 7 which was never stored (byte 0)"],
    ["bad/stream/gzip.pkl", "not-this-format", "not a pickle: gzip data (byte 0)"],
    ["bad/stream/json.pkl", "not-this-format", "not a pickle: JSON text (byte 0)"],
    [
      "bad/stream/line_unended.pkl",
      "truncated",
      "stream ends at byte 3 before STOP: text line without an end (byte 3)",
    ],
    ["bad/stream/memo_missing.pkl", "corrupt", "BINGET of memo 9 which was never stored (byte 2)"],
    ["bad/stream/no_mark.pkl", "corrupt", "TUPLE without a MARK (byte 4)"],
    ["bad/stream/npz.pkl", "not-this-format", "not a pickle: zip archive (npz, or a torch file) (byte 0)"],
    ["bad/stream/persid.pkl", "refused", "persistent id abc: no persistent loader (byte 0)"],
    ["bad/stream/proto_6.pkl", "unsupported", "pickle protocol 6 is not known (byte 0)"],
    ["bad/stream/reduce_nontuple.pkl", "corrupt", "REDUCE argument is a list, not a tuple (byte 30)"],
    ["bad/stream/setitems_odd.pkl", "corrupt", "SETITEMS with an odd number of values (byte 10)"],
    ["bad/stream/stack_underflow.pkl", "corrupt", "APPEND with an empty stack (byte 2)"],
    ["bad/stream/string_unquoted.pkl", "corrupt", "STRING without quotes (byte 0)"],
    ["bad/stream/truncated_p4_275.pkl", "truncated", "stream ends at byte 275 before STOP (byte 275)"],
    ["bad/stream/unhashable_key.pkl", "corrupt", "dict key or set member is a list (byte 6)"],
    ["bad/stream/unknown_opcode.pkl", "corrupt", "opcode 0x01 is unknown (byte 2)"],
    ["bad/limits/data_long.pkl", "corrupt", "array (2, 3) of float32 needs 24 bytes, 28 given (byte 152)"],
    ["bad/limits/data_short.pkl", "corrupt", "array (2, 3) of float32 needs 24 bytes, 20 given (byte 144)"],
    ["bad/limits/dtype_void.pkl", "unsupported", "dtype V8 (raw bytes without fields) is not supported (byte 117)"],
    ["bad/limits/len_beyond_end.pkl", "limit", "BINBYTES8 declares 4611686018427387904 bytes, 4 remain (byte 15)"],
    ["bad/limits/long4_negative.pkl", "corrupt", "LONG4 length -1 (byte 2)"],
    ["bad/limits/shape_huge.pkl", "limit", "needs 73786976226118729728 bytes, 16 given (byte 148)"],
    ["bad/limits/shape_negative.pkl", "corrupt", "negative dimension -1 (byte 143)"],
    ["bad/limits/unicode_len_beyond_end.pkl", "truncated", "BINUNICODE declares 4294967295 bytes, 4 remain (byte 11)"],
  ])("%s", async (name, code, message) => {
    expect((await formatError(() => readPickle(pysklBytes(name)), code)).message).toContain(message);
  });

  it("is told with the place that the caller names", async () => {
    const options = { path: "archive/meta.npy", baseOffset: 128 };
    const error = await formatError(() => readPickle(pysklBytes("bad/stream/no_mark.pkl"), options), "corrupt");
    expect(error.message).toBe("archive/meta.npy: TUPLE without a MARK (byte 132)");
  });

  it.each<readonly [string, Uint8Array, string]>([
    ["an HDF5 file", stream(raw("\x89HDF\r\n\x1a\n")), "HDF5 file"],
    ["an npy file", stream(raw("\x93NUMPY\x01\0")), "npy array"],
    ["HTML", stream(raw("\n<!DOCTYPE html>")), "XML or HTML text"],
    ["a pointer of Git LFS", stream(raw("version https://git-lfs.github.com/spec/v1\n")), "Git LFS pointer"],
    ["something else", stream(raw("\xff\xff")), "no opcode is 0xff"],
  ])("names %s", async (_, bytes, what) => {
    expect((await formatError(() => readPickle(bytes), "not-this-format")).message).toContain(what);
  });
});

/** How each global is used, after it was named by the opcode in question. */
const NAMED: Readonly<Record<string, Uint8Array>> = {
  "GLOBAL, then POP": stream("PROTO", 2, "GLOBAL", raw("os\nsystem\n"), "POP", "NONE", "STOP"),
  "STACK_GLOBAL, then POP": stream(
    "PROTO",
    4,
    "SHORT_BINUNICODE",
    2,
    raw("os"),
    "SHORT_BINUNICODE",
    6,
    raw("system"),
    "STACK_GLOBAL",
    "POP",
    "NONE",
    "STOP",
  ),
  INST: stream("MARK", "INST", raw("os\nsystem\n"), "STOP"),
  "a name below an allowed module": stream("GLOBAL", raw("numpy\nload\n"), "STOP"),
  "an allowed name with a walk": stream("GLOBAL", raw("collections\nOrderedDict.fromkeys\n"), "STOP"),
  "an allowed name in another module": stream("GLOBAL", raw("evil\nOrderedDict\n"), "STOP"),
  "a subclass of an array": stream("GLOBAL", raw("numpy.matrixlib.defmatrix\nmatrix\n"), "STOP"),
};

describe("names that are not on the list", () => {
  it.each(Object.entries(NAMED))("are refused: %s", async (_, bytes) => {
    for (const read of Object.values(WAYS)) await formatError(() => read(bytes), "refused");
  });

  it("say so when they come from torch", async () => {
    const bytes = stream("PROTO", 2, "GLOBAL", raw("torch._utils\n_rebuild_tensor_v2\n"), "STOP");
    expect((await formatError(() => readPickle(bytes), "refused")).message).toContain("model or result file");
  });

  it("are listed classes only by their whole name", async () => {
    const bytes = humandataBytes("instance.pkl");
    for (const classes of [[], ["HumanData"], ["mmhuman3d.data.data_structures.human_data.Human"]]) {
      await formatError(() => readPickle(bytes, { classes }), "refused");
    }
  });

  it("are not called even when they are listed as classes", async () => {
    const call = stream("GLOBAL", raw("os\nsystem\n"), "SHORT_BINUNICODE", 2, raw("ls"), "TUPLE1", "REDUCE", "STOP");
    await formatError(() => readPickle(call, { classes: ["os.system"] }), "unsupported");
  });

  it.each([
    ["ndarray made by NEWOBJ", stream("GLOBAL", raw("numpy\nndarray\n"), "EMPTY_TUPLE", "NEWOBJ", "STOP")],
    ["ndarray called", stream("GLOBAL", raw("numpy\nndarray\n"), "EMPTY_TUPLE", "REDUCE", "STOP")],
    ["object called", stream("GLOBAL", raw("builtins\nobject\n"), "EMPTY_TUPLE", "REDUCE", "STOP")],
    ["encode made by OBJ", stream("MARK", "GLOBAL", raw("_codecs\nencode\n"), "OBJ", "STOP")],
  ])("allow only what data files do: %s", async (_, bytes) => {
    await formatError(() => readPickle(bytes), "refused");
  });

  it("are no values themselves", async () => {
    const inList = stream("EMPTY_LIST", "GLOBAL", raw("numpy\ndtype\n"), "APPEND", "STOP");
    const inTuple = stream("EMPTY_LIST", "GLOBAL", raw("builtins\nint\n"), "TUPLE1", "TUPLE1", "APPEND", "STOP");
    for (const bytes of [inList, inTuple]) await formatError(() => readPickle(bytes), "unsupported");
  });
});

const NP = 21;
const SHORT = [
  "proto/same_p0_np1.pkl",
  "proto/same_p2_np2.pkl",
  "proto/same_p4_np1.pkl",
  "proto/same_p5_np2.pkl",
  "py27/cPickle_p1.pkl",
  "ops/collections.pkl",
];

describe("a stream that was cut off", () => {
  it.each(SHORT)("%s, at any byte", (name) => {
    const bytes = pysklBytes(name);
    for (let length = 0; length < bytes.length; length++) {
      const error = thrown(() => readPickle(bytes.subarray(0, length)));
      expect(error, `${length} bytes`).toBeInstanceOf(FormatError);
      expect((error as FormatError).code, `${length} bytes`).toBe("truncated");
      if (length > 0) expect((error as FormatError).message).toContain(`stream ends at byte ${length} before STOP`);
    }
  });

  it.each(SHORT)("%s, at some bytes and read in other ways", async (name) => {
    const bytes = pysklBytes(name);
    for (let length = 0; length < bytes.length; length += NP) {
      const source = slowSource(bytes.subarray(0, length));
      await formatError(() => readPickleFrom(source, { chunkBytes: 50 }), "truncated");
      await formatError(() => openPickle(source, { chunkBytes: 50 }), "truncated");
    }
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Looks at every element of every array, as a user would. */
function touch(root: Value): void {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof NdArray) expect(next.data.length).toBeGreaterThanOrEqual(0);
    if (next instanceof NdArray && next.dtype === "object") for (const item of next.data) open.push(item);
    if (Array.isArray(next) || next instanceof Set) for (const item of next) open.push(item);
    if (next instanceof Map) for (const pair of next) open.push(...pair);
    if (next instanceof Instance) open.push(next.items, next.state);
  }
}

const SEEDS = [
  ...SHORT,
  "layouts_p5_np2.pkl",
  "containers_p2_np1.pkl",
  "npscalars_p4_np1.pkl",
  "ops/longs.pkl",
  "ops/unicode_text.pkl",
];

/** Golden files with a few bytes changed, removed or repeated. */
const damaged = fc
  .record({
    name: fc.constantFrom(...SEEDS),
    edits: fc.array(
      fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), how: fc.constantFrom("set", "drop", "repeat") }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ name, edits }) => {
    const bytes = [...pysklBytes(name)];
    for (const { at, byte, how } of edits) {
      const place = at % bytes.length;
      if (how === "set") bytes[place] = byte;
      else if (how === "drop") bytes.splice(place, 1 + (byte % 8));
      else bytes.splice(place, 0, ...bytes.slice(place, place + 1 + byte));
    }
    return Uint8Array.from(bytes);
  });

describe("a damaged stream", () => {
  it("is an error or another value, in memory", () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        try {
          touch(readPickle(bytes, { classes: [HUMANDATA_CLASS], text: "auto" }));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 3000, seed: 7 },
    );
  });

  it("is the same in whatever way it is read", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const outcomes: string[] = [];
        for (const read of [
          WAYS["in memory"],
          WAYS["through a window of 64 bytes"],
          WAYS["opened through a window and loaded"],
        ]) {
          try {
            touch((await read?.(bytes)) as Value);
            outcomes.push("a value");
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            outcomes.push("an error");
          }
        }
        expect(new Set(outcomes).size).toBe(1);
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});

describe("limits", () => {
  it("lists nested 20,000 deep are read, and written again", async () => {
    const bytes = stream(
      ...new Array<"EMPTY_LIST">(20_000).fill("EMPTY_LIST"),
      ...new Array<"APPEND">(19_999).fill("APPEND"),
      "STOP",
    );
    for (const read of Object.values(WAYS)) {
      let depth = 0;
      for (let list = await read(bytes); Array.isArray(list); list = (list as Value[])[0] as Value) depth++;
      expect(depth).toBe(20_000);
    }
  });

  it("tuples nested a million deep are no problem either", () => {
    const bytes = new Uint8Array(1_000_002).fill(0x85);
    bytes[0] = 0x29;
    bytes[1_000_001] = 0x2e;
    let depth = 0;
    for (let tuple = readPickle(bytes); (tuple as Value[]).length > 0; tuple = (tuple as Value[])[0] as Value) depth++;
    expect(depth).toBe(1_000_000);
  });

  it.each<readonly [string, Uint8Array]>([
    ["many dicts", fill(2_000_000, stream("EMPTY_DICT"))],
    ["many sets", fill(2_000_000, stream("EMPTY_SET"))],
  ])("bounded memory: %s", (_, bytes) => {
    const before = process.memoryUsage().rss;
    expect(thrown(() => readPickle(bytes))).toMatchObject({ code: "limit" });
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  });

  it("memo entries far apart take memory for themselves only", () => {
    const before = process.memoryUsage().rss;
    expect(readPickle(farPuts(500_000))).toBe(null);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it("text that is turned into bytes again and again", () => {
    // One megabyte of text, then a thousand calls of encode on it.
    const call = stream("BINGET", 0, "BINGET", 1, "BINGET", 2, "TUPLE2", "REDUCE");
    const start = [stream("PROTO", 2, "GLOBAL", raw("_codecs\nencode\n"), "BINPUT", 0)];
    start.push(stream("BINUNICODE", u32(1 << 20)), new Uint8Array(1 << 20).fill(0x61), stream("BINPUT", 1));
    start.push(stream("BINUNICODE", u32(6), raw("latin1"), "BINPUT", 2));
    const bytes = Buffer.concat([...start, ...new Array<Uint8Array>(1000).fill(call), stream("STOP")]);
    expect(thrown(() => readPickle(new Uint8Array(bytes)))).toMatchObject({ code: "limit" });
  });

  it("integers that would take long to parse", () => {
    for (const bytes of [
      stream("LONG", raw(`${"9".repeat(8000)}L\n`), "STOP"),
      stream("LONG4", u32(3 << 20), { raw: new Uint8Array(3 << 20).fill(1) }, "STOP"),
    ]) {
      expect(thrown(() => readPickle(bytes))).toMatchObject({ code: "limit" });
    }
  });

  it("shapes without data that would take long to walk through", () => {
    const shape = stream("LONG1", 7, 0, 0, 0, 0, 0, 0, 1, "BININT1", 0, "TUPLE2");
    expect(thrown(() => readPickle(arrayWith(shape, dtypeOf("f4", "<"), new Uint8Array(0))))).toMatchObject({
      code: "limit",
    });
    const empty = stream("LONG1", 5, 0, 0, 0, 0, 1, "TUPLE1");
    expect(thrown(() => readPickle(arrayWith(empty, dtypeOf("S0", "|", 0), new Uint8Array(0))))).toMatchObject({
      code: "limit",
    });
  });

  it("structured types that grow by sharing", () => {
    // dtype 0 is u1; each further one has ten members of the type before.
    const parts = [stream("PROTO", 2, "GLOBAL", raw("numpy\ndtype\n"), "BINPUT", 0)];
    parts.push(stream("SHORT_BINSTRING", 2, raw("u1"), "NEWFALSE", "NEWTRUE", "TUPLE3", "REDUCE", "BINPUT", 1));
    for (let level = 0; level < 60; level++) {
      const members = Array.from({ length: 10 }, (_, i) => i);
      const size = Math.min(2 ** 31 - 1, 10 ** (level + 1));
      parts.push(
        stream(
          "BINGET",
          0,
          "SHORT_BINSTRING",
          2,
          raw("V9"),
          "NEWFALSE",
          "NEWTRUE",
          "TUPLE3",
          "REDUCE",
          "MARK",
          "BININT1",
          3,
        ),
      );
      parts.push(stream("SHORT_BINSTRING", 1, raw("|"), "NONE", "MARK"));
      for (const i of members) parts.push(stream("SHORT_BINSTRING", 1, 0x61 + i));
      parts.push(stream("TUPLE", "EMPTY_DICT", "MARK"));
      for (const i of members) {
        parts.push(stream("SHORT_BINSTRING", 1, 0x61 + i, "BINGET", 1, "BININT", u32((i * size) / 10), "TUPLE2"));
      }
      parts.push(stream("SETITEMS", "BININT", u32(size), "BININT1", 1, "BININT1", 16, "TUPLE", "BUILD", "BINPUT", 1));
    }
    const bytes = new Uint8Array(Buffer.concat([...parts, stream("STOP")]));
    expect(thrown(() => readPickle(bytes))).toMatchObject({ code: "limit" });
  });

  it("a memo bomb is read in no time", async () => {
    const started = performance.now();
    const node = await openPickle(slowSource(pysklBytes("bad/limits/memo_bomb.pkl")));
    expect(await loadNode(node)).toHaveLength(10);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

/** `part` again and again, and STOP. */
function fill(count: number, part: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(count * part.length + 1);
  for (let i = 0; i < count; i++) bytes.set(part, i * part.length);
  bytes[bytes.length - 1] = 0x2e;
  return bytes;
}

/** NONE, stored under indices that are a thousand apart. */
function farPuts(count: number): Uint8Array {
  const bytes = new Uint8Array(5 * count + 2);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x4e;
  for (let i = 0; i < count; i++) {
    bytes[1 + 5 * i] = 0x72;
    view.setUint32(2 + 5 * i, 1000 * i, true);
  }
  bytes[bytes.length - 1] = 0x2e;
  return bytes;
}
