import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNpyHeader } from "../src/codec/npy/format.js";
import { readNpyHeader } from "../src/codec/npy/header.js";
import { npyContainer } from "../src/codec/npy/index.js";
import { parseLiteral } from "../src/codec/npy/literal.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { ArrayNode } from "../src/tree/node.js";
import { arrays, sameArray } from "./support-arrays.js";
import { collect, countingSource, formatError, noise, text } from "./support-io.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

/** An npy file with this text as its header, unpadded. */
function npy(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const body = version === 3 ? text(header) : Uint8Array.from(header, (c) => c.charCodeAt(0));
  const size = version === 1 ? [body.length & 255, body.length >> 8] : [body.length & 255, body.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...text("NUMPY"), version, 0, ...size, ...body, ...data]);
}

const open = async (bytes: Uint8Array): Promise<ArrayNode> =>
  (await npyContainer.open(memorySource(bytes))) as ArrayNode;
const header = (bytes: Uint8Array): ReturnType<typeof readNpyHeader> => readNpyHeader(async () => bytes, "x.npy");

async function written(array: NdArray): Promise<Uint8Array> {
  const sink = new MemorySink();
  await npyContainer.write(sink, array);
  return sink.bytes();
}

describe("literals", () => {
  it.each<[string, unknown]>([
    ["{'a': 1, }", new Map([["a", 1]])],
    [
      "{\"a\": (1,), 'b': []}",
      new Map<string, unknown>([
        ["a", [1]],
        ["b", []],
      ]),
    ],
    ["( 3L , 4l,)", [3, 4]],
    ["[True,False,None]", [true, false, null]],
    ["-12", -12],
    ["123456789012345678901", 123456789012345678901n],
    ["'a\\'b\\\\\\n\\x41\\u00e9\\U0001F600'", "a'b\\\nAé😀"],
    ["()", []],
    ["\n { }\t", new Map()],
  ])("%s", (literal, value) => {
    expect(parseLiteral(literal)).toEqual(value);
  });

  it.each([
    ["__import__('os').system('x')", 0],
    ["{'a': open('x')}", 6],
    ["{'a' 1}", 5],
    ["{1: 2}", 2],
    ["(1, 2", 5],
    ["1 2", 2],
    ["'abc", 4],
    ["1.5", 0],
    ["1e5", 0],
    ["0x10", 0],
    ["Truex", 0],
    ["'\\q'", 3],
    ["", 0],
    ["(1,,)", 3],
  ])("refuses %s", async (literal, offset) => {
    const error = await formatError(() => parseLiteral(literal, 100), "corrupt");
    expect(error.offset).toBe(100 + offset);
  });

  it("does not follow nesting without end", async () => {
    await formatError(() => parseLiteral("(".repeat(100_000)), "corrupt");
  });

  it("never throws anything but a FormatError", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      ",",
      ":",
      "'",
      '"',
      "a",
      "1",
      "L",
      "-",
      "\\",
      "x",
      "True",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          parseLiteral(pieces.join(""));
        } catch (error) {
          expect((error as Error).name).toBe("FormatError");
        }
      }),
    );
  });
});

describe("headers", () => {
  const usual = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

  it.each([
    ["version 1", npy(usual)],
    ["version 2", npy(usual, undefined, 2)],
    ["version 3", npy(usual, undefined, 3)],
    ["another key order", npy("{'shape': (2, 3), 'descr': '<f4', 'fortran_order': False}")],
    ["double quotes", npy('{"descr": "<f4", "fortran_order": False, "shape": (2, 3)}')],
    ["blanks", npy("  {  'descr' :'<f4','fortran_order':False,'shape':( 2,3 ) }    \n")],
    ["long integers of Python 2", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}")],
    ["a named type", npy("{'descr': 'float32', 'fortran_order': False, 'shape': (2, 3)}")],
    ["a native type", npy("{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3)}")],
    ["no byte order", npy("{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3)}")],
  ])("takes %s", async (_, bytes) => {
    const { type, shape, order, dataOffset } = await header(bytes);
    expect([type.descr, shape, order, dataOffset]).toEqual(["<f4", [2, 3], "C", bytes.byteLength]);
  });

  it.each([
    ["Fortran order", "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}", "<f4", [2, 3], "F"],
    [
      "one axis, for which order says nothing",
      "{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}",
      "<f4",
      [2],
      "C",
    ],
    ["no axes", "{'descr': '>i8', 'fortran_order': False, 'shape': ()}", ">i8", [], "C"],
    ["objects", "{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", "|O", [3], "C"],
    [
      "fields",
      "{'descr': [('a', '<i2'), (('title', 'b'), '>f4', (2,))], 'fortran_order': False, 'shape': (3,)}",
      [
        ["a", "<i2"],
        ["b", ">f4", [2]],
      ],
      [3],
      "C",
    ],
  ])("takes %s", async (_, literal, descr, shape, order) => {
    const found = await header(npy(literal));
    expect([found.type.descr, found.shape, found.order]).toEqual([descr, shape, order]);
  });

  const f4 = (shape: string, descr = "'<f4'"): Uint8Array =>
    npy(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}}`);

  it.each<[string, Uint8Array, string, number]>([
    ["no signature", text("some other file"), "not-this-format", 0],
    ["half a signature", Uint8Array.of(0x93, 0x4e), "truncated", 2],
    ["no length", npy("").subarray(0, 9), "truncated", 9],
    ["half a header", npy(usual).subarray(0, 40), "truncated", 40],
    ["version 9", npy(usual, undefined, 9), "unsupported", 6],
    ["a header of 4 GB", Uint8Array.from([...npy("", undefined, 2).subarray(0, 8), 255, 255, 255, 255]), "limit", 8],
    ["code", npy("{'descr': exec('x'), 'fortran_order': False, 'shape': (2,)}"), "corrupt", 20],
    ["no dict", npy("('<f4', False, (2,))"), "corrupt", 10],
    ["a key too few", npy("{'descr': '<f4', 'shape': (2,)}"), "corrupt", 10],
    ["a key too many", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}"), "corrupt", 10],
    ["an order that is no bool", npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}"), "corrupt", 10],
    ["a negative dimension", f4("(-1, 5)"), "corrupt", 10],
    ["a dimension that is text", f4("('2',)"), "corrupt", 10],
    ["no tuple", f4("5"), "corrupt", 10],
    ["a fraction", f4("(2.5,)"), "corrupt", 61],
    ["an unknown type", f4("(2,)", "'<q9'"), "unsupported", 10],
    ["a type that is a number", f4("(2,)", "4"), "unsupported", 10],
    ["fields without a type", f4("(2,)", "[('a',)]"), "corrupt", 10],
    ["fields with a negative shape", f4("(2,)", "[('a', '<f4', (-2,))]"), "corrupt", 10],
    ["2^80 elements", f4("(1099511627776, 1099511627776)"), "limit", 10],
    ["2^80 elements behind an empty axis", f4("(0, 1099511627776, 1099511627776)"), "limit", 10],
    ["a dimension beyond counting", f4("(123456789012345678901234567890,)"), "limit", 10],
    ["elements of exabytes", f4("(2,)", "[('a', 'U999999999', (999999999, 999999999))]"), "limit", 10],
    ["endless elements without bytes", f4("(1099511627776,)", "'<U0'"), "limit", 10],
    ["a hundred axes", f4(`(${"1,".repeat(100)})`), "corrupt", 10],
  ])("refuses %s", async (_, bytes, code, offset) => {
    const error = await formatError(() => header(bytes), code as "corrupt");
    expect([error.path, error.offset]).toEqual(["x.npy", offset]);
  });

  it.each([
    ["<f4", [2, 3], "C"],
    [">f8", [], "C"],
    ["<U7", [5], "C"],
    ["|b1", [0, 4], "F"],
    ["|O", [1], "C"],
    [
      [
        ["a", "<f4"],
        ["b'", ">i2", [2]],
      ],
      [3],
      "C",
    ],
    [Array.from({ length: 5000 }, (_, i) => [`field_with_a_long_name_${i}`, "<f4"]), [1], "C"],
    [[["ключ", "<f4"]], [1], "C"],
  ] as const)("reads what it writes: %j", async (descr, shape, order) => {
    const bytes = formatNpyHeader({ type: dtype(descr as never), shape, order });
    expect(bytes.byteLength % 64).toBe(0);
    const found = await header(bytes);
    expect([found.type.descr, found.shape, found.order]).toEqual([descr, shape, order]);
  });
});

describe("files of one array", () => {
  it("come back as they were", async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async (array) => {
        const node = await open(await written(array));
        expect(node.path).toBe("");
        sameArray(await node.load(), array);
      }),
      { numRuns: 300 },
    );
  });

  it("are read in pieces as they are stored", async () => {
    const data = noise(2_500_000).buffer;
    const array = NdArray.from("float32", new Float32Array(data), [5, 125_000], { order: "F" });
    const node = (await npyContainer.open(countingSource(await written(array)))) as ArrayNode;
    expect(node.order).toBe("F");
    expect(Buffer.compare(await collect(node.chunks?.() as AsyncIterable<Uint8Array>), new Uint8Array(data))).toBe(0);
  });

  it("give views of memory when they are aligned", async () => {
    const bytes = await written(NdArray.from("float64", new Float64Array(10)));
    expect(((await (await open(bytes)).load()).data as Float64Array).buffer).toBe(bytes.buffer);
  });

  it("may have bytes behind the data", async () => {
    const bytes = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", Uint8Array.of(1, 2, 3, 4, 5));
    const node = await open(bytes);
    expect((await node.load()).toList()).toEqual([1, 2, 3]);
    expect([...(await collect(node.chunks?.() as AsyncIterable<Uint8Array>))]).toEqual([1, 2, 3]);
  });

  it("are refused when the data is cut, before any memory is taken", async () => {
    const cut = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000,)}", noise(72));
    const error = await formatError(() => open(cut), "truncated");
    expect(error.offset).toBe(cut.byteLength - 72);
    expect((await formatError(() => open(new Uint8Array(0)), "truncated")).offset).toBe(0);
  });

  it("are refused when they are larger than the caller allows", async () => {
    const bytes = await written(NdArray.from("uint8", new Uint8Array(100)));
    const node = (await npyContainer.open(memorySource(bytes), { maxLoadBytes: 99 })) as ArrayNode;
    await formatError(() => node.load(), "limit");
  });

  it("abort their sink when the value cannot be written", async () => {
    const sink = new MemorySink();
    await expect(npyContainer.write(sink, new NdArrayThatFails() as never)).rejects.toThrow();
    expect(sink.byteLength).toBe(0);
    expect(() => sink.bytes()).toThrow("nothing was committed");
  });
});

/** An array node whose data cannot be read to the end. */
class NdArrayThatFails {
  readonly kind = "array";
  readonly path = "";
  readonly type = dtype("<f4");
  readonly shape = [1000];
  readonly order = "C";
  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    yield new Uint8Array(100);
    throw new Error("disk on fire");
  }
}

describeWithNumpy("against numpy", () => {
  it("writes the same bytes", async () => {
    await withFolder(async (folder) => {
      const types = "? i1 <i2 >i4 <i8 u1 <u2 >u4 u8 <f2 >f4 f8 <c8 >c16 <U3 >U2 S4 M8[ms] m8[25s]".split(" ");
      python(
        `import sys, numpy as np
for i, t in enumerate(sys.argv[2:]):
    a = np.arange(24).astype('i8').astype(t) if t[-2:-1] not in 'US' and t[0] != 'S' else np.arange(24).astype(t)
    a = a.astype(np.dtype(t))
    np.save('%s/%d_c.npy' % (sys.argv[1], i), a.reshape(2, 3, 4))
    np.save('%s/%d_f.npy' % (sys.argv[1], i), np.asfortranarray(a.reshape(4, 6)))
    np.save('%s/%d_0.npy' % (sys.argv[1], i), a[5])
    np.save('%s/%d_e.npy' % (sys.argv[1], i), a[:0].reshape(0, 3))
np.save(sys.argv[1] + '/s_c.npy', np.zeros((3,), [('a', '<f4'), ('ключ', '>i2', (2,)), ('c', [('d', 'S2')])]))
`,
        folder,
        ...types,
      );
      const names = types.flatMap((_, i) => ["c", "f", "0", "e"].map((kind) => `${i}_${kind}.npy`));
      for (const name of [...names, "s_c.npy"]) {
        const theirs = new Uint8Array(readFileSync(join(folder, name)));
        const array = await (await open(theirs)).load();
        expect([name, Buffer.from(await written(array)).toString("latin1")]).toEqual([
          name,
          Buffer.from(theirs).toString("latin1"),
        ]);
      }
    });
  });

  it("is read by numpy with the values it has here", async () => {
    await withFolder(async (folder) => {
      const samples = fc.sample(arrays, { numRuns: 60, seed: 7 });
      for (const [i, array] of samples.entries()) {
        writeFileSync(join(folder, `${i}.npy`), await written(array));
        writeFileSync(join(folder, `${i}.bin`), array.toBytes());
      }
      const script = `import sys, numpy as np
for i in range(${samples.length}):
    a = np.load('%s/%d.npy' % (sys.argv[1], i))
    b = np.ascontiguousarray(a).astype(a.dtype.newbyteorder('<')).tobytes()
    assert b == open('%s/%d.bin' % (sys.argv[1], i), 'rb').read(), i
    print(a.shape)`;
      const shapes = samples.map(({ shape }) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`));
      expect(python(script, folder).trim().split("\n")).toEqual(shapes);
    });
  });
});
