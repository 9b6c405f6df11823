import { describe, expect, it, test } from "vitest";
import { npyContainer } from "../src/codec/npy/index.js";
import { npz } from "../src/codec/npz/index.js";
import { openPickle, writePickle } from "../src/codec/pickle/index.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { sizeOf } from "../src/ndarray/strides.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Source } from "../src/source/source.js";
import { loadRanges } from "../src/tree/load-ranges.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import { arrayNode } from "../src/tree/value-node.js";
import type { Value } from "../src/value/value.js";
import { sameArray } from "./support-arrays.js";
import { countingSource, formatError, noise, text } from "./support-io.js";
import { arrayOf, openNpz, writtenNpz } from "./support-npz.js";
import { pysklBytes, pysklPickles, slowSource } from "./support-pickle.js";
import { makeZip } from "./support-zip.js";

const STRUCT = [
  ["frame", "<i4"],
  ["box", ">f4", [4]],
  ["name", "<U3"],
] as const;
const TYPES = "|b1 |i1 <u2 >i4 <i8 <f2 >f4 <f8 >c16 <U5 >U3 |S4 <M8[ms]".split(" ");
const SHAPES = [[7], [7, 3], [7, 2, 3], [7, 0], [0, 3], [1, 5]];
const WINDOWS = [
  [0, 0],
  [0, 1],
  [2, 5],
  [6, 7],
  [3, 3],
  [7, 7],
  [0, 7],
] as const;

/** The same bytes every time, none of which breaks the type's rules. */
function sample(descr: string | typeof STRUCT, shape: readonly number[], order: "C" | "F" = "C"): NdArray {
  const type = dtype(descr as string);
  const bytes = Uint8Array.from({ length: sizeOf(shape) * type.itemSize }, (_, i) => (i * 7 + 3) % 251);
  if (type.name === "bool") for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] as number) & 1;
  if (type.name === "string")
    for (let i = 0; i < bytes.length; i++) if (i % 4 !== (type.byteOrder === ">" ? 3 : 0)) bytes[i] = 0;
  return NdArray.fromBytes(type, shape, bytes, { order });
}

async function written(codec: typeof npyContainer, tree: Value): Promise<Uint8Array> {
  const sink = new MemorySink();
  await codec.write(sink, tree);
  return sink.bytes();
}

const CONTAINERS: Readonly<
  Record<string, (array: NdArray, open: (bytes: Uint8Array) => Source) => Promise<ArrayNode>>
> = {
  "a deflated entry": async (array, open) =>
    arrayOf(await openNpz(open(await writtenNpz(new Map([["x", array]]), { compression: "fast" }))), "x"),
  "a stored entry": async (array, open) =>
    arrayOf(await openNpz(open(await writtenNpz(new Map([["x", array]]), { compression: "none" }))), "x"),
  "an npy file": async (array, open) =>
    (await npyContainer.open(open(await written(npyContainer, array as Value)))) as ArrayNode,
  "a pickle of protocol 4": async (array, open) =>
    (await openPickle(open(writePickle(array as Value, { protocol: 4 })))) as ArrayNode,
  "a pickle of protocol 5": async (array, open) =>
    (await openPickle(open(writePickle(array as Value, { protocol: 5 })))) as ArrayNode,
  "a pickle of protocol 2": async (array, open) =>
    (await openPickle(open(writePickle(array as Value, { protocol: 2 })))) as ArrayNode,
  memory: async (array) => arrayNode(array, ""),
};

const SOURCES = { "in memory": memorySource, "from a file": countingSource };

describe.each(Object.entries(CONTAINERS))("rows of %s", (name, container) => {
  describe.each(Object.entries(SOURCES))("%s", (_, source) => {
    test.each([...TYPES, STRUCT])("%j are those of the whole array", async (descr) => {
      for (const shape of SHAPES) {
        const array = sample(descr, shape);
        const node = await container(array, source);
        const whole = await node.load();
        sameArray(whole, array);
        expect(node.rows).toBeDefined();
        for (const [start, stop] of WINDOWS) {
          if (stop > (shape[0] as number)) continue;
          const part = whole.slice([start, stop]);
          const rows = (await node.rows?.(start, stop)) as NdArray;
          sameArray(rows, part);
          expect(rows.type.descr).toEqual(whole.type.descr);
        }
      }
    });

    it("lie within the array", async () => {
      const node = await container(sample("<f4", [7, 3]), source);
      for (const [start, stop] of [
        [-1, 2],
        [3, 2],
        [0, 8],
        [8, 8],
        [0.5, 2],
        [0, Number.NaN],
      ])
        await expect(node.rows?.(start as number, stop as number)).rejects.toThrow(RangeError);
    });
  });

  it("are not there where they do not lie together, for objects and without axes", async () => {
    const fortran = await container(sample("<f4", [4, 3], "F"), countingSource);
    if (name !== "memory") expect([fortran.order, fortran.rows]).toEqual(["F", undefined]);
    expect((await container(sample("<f4", []), countingSource)).rows).toBeUndefined();
    const objects = NdArray.from<"object">(dtype("|O"), [null, 1] as never) as NdArray;
    expect((await container(objects, countingSource)).rows).toBeUndefined();
  });
});

const LAYOUTS = pysklPickles("").filter((name) => name.startsWith("layouts_"));

test("rows of pickled arrays whose axes are turned are right, or not there", async () => {
  let turned = 0;
  for (const name of LAYOUTS) {
    const root = (await openPickle(slowSource(pysklBytes(name)))) as GroupNode;
    for (const key of root.kind === "group" ? root.keys : []) {
      const node = await root.child(key);
      if (node?.kind !== "array" || !node.rows || node.shape.length === 0) continue;
      const size = node.shape[0] as number;
      const middle = Math.floor(size / 2);
      sameArray(await node.rows(middle, size), (await node.load()).slice([middle, size]));
      turned++;
    }
  }
  expect(turned).toBeGreaterThan(3);
});

describe("what is read for rows", () => {
  const ROWS = 20_000;
  const ROW = 600;
  const HEADER = 128;
  const array = NdArray.fromBytes("|u1", [ROWS, ROW], noise(ROWS * ROW));
  const counted = async (compression: "none" | "fast") => {
    const source = countingSource(await writtenNpz(new Map([["x", array]]), { compression }));
    const node = await arrayOf(await openNpz(source), "x");
    source.reads.length = 0;
    return { source, node };
  };

  it("stored entries: their bytes and no others", async () => {
    const { source, node } = await counted("none");
    await node.rows?.(100, 110);
    const [read, ...more] = source.reads;
    expect(more).toEqual([]);
    expect((read?.[1] ?? 0) - (read?.[0] ?? 0)).toBe(10 * ROW);
  });

  it("arrays in pickles: their bytes and no others", async () => {
    const source = countingSource(writePickle(new Map([["x", array as Value]]), { protocol: 4 }));
    const node = await arrayOf((await openPickle(source)) as GroupNode, "x");
    source.reads.length = 0;
    await node.rows?.(100, 110);
    expect(source.bytesRead).toBe(10 * ROW);
  });

  it.each([
    [0, 10],
    [50, 60],
    [1000, 1500],
    [12_000, 12_001],
  ])("deflated entries: little beyond row %i to %i", async (start, stop) => {
    const { source, node } = await counted("fast");
    let inflated = 0;
    await node.rows?.(start, stop, { onProgress: ({ done }) => (inflated = done) });
    // Inflaters give pieces of a quarter of a MiB. How much it takes is guessed; pieces of twice as much each follow.
    expect(inflated).toBeLessThan(HEADER + stop * ROW + (1 << 18));
    expect(source.bytesRead).toBeLessThan(8 * (stop * ROW + (1 << 14)));
    sameArray((await node.rows?.(start, stop)) as NdArray, array.slice([start, stop]));
  });

  it("nothing for no rows", async () => {
    const { source, node } = await counted("fast");
    expect((await node.rows?.(5, 5))?.shape).toEqual([0, ROW]);
    expect(source.reads).toEqual([]);
  });

  it("a limit counts for the rows alone", async () => {
    for (const compression of ["none", "fast"] as const) {
      const bytes = await writtenNpz(new Map([["x", array]]), { compression });
      const root = (await npz.open(memorySource(bytes), { maxLoadBytes: 10 * ROW })) as GroupNode;
      const node = await arrayOf(root, "x");
      expect((await node.rows?.(30, 40))?.shape).toEqual([10, ROW]);
      expect((await formatError(() => node.rows?.(30, 41), "limit")).path).toBe("x.npy");
      await formatError(() => node.load(), "limit");
    }
    const pickled = countingSource(writePickle(array as Value, { protocol: 5 }));
    const node = (await openPickle(pickled, { maxLoadBytes: 10 * ROW })) as ArrayNode;
    expect((await node.rows?.(30, 40))?.shape).toEqual([10, ROW]);
    await formatError(() => node.rows?.(30, 41), "limit");
  });

  it("rows of data that shrinks a lot are not refused, all of it is", async () => {
    const zeros = NdArray.fromBytes("|u1", [200_000, 1000], new Uint8Array(200_000_000));
    const node = await arrayOf(await openNpz(await writtenNpz(new Map([["x", zeros]]))), "x");
    expect((await node.rows?.(100_000, 100_010))?.shape).toEqual([10, 1000]);
    await formatError(() => node.rows?.(0, 199_999), "limit");
  });
});

describe("damaged entries", () => {
  // What cannot be compressed is stored, and has no structure to damage.
  const array = NdArray.from(
    "float32",
    Float32Array.from({ length: 500_000 }, (_, i) => Math.sin(i / 50)),
    [5000, 100],
  ) as NdArray;
  const data = async (): Promise<Uint8Array> => written(npyContainer, array as Value);

  it("a wrong checksum shows with the last rows, in stored entries when all are read", async () => {
    for (const method of [0, 8]) {
      const root = await openNpz(makeZip([{ name: "x.npy", data: await data(), method, crc: 1 }]));
      const node = await arrayOf(root, "x");
      sameArray((await node.rows?.(0, 4999)) as NdArray, array.slice([0, 4999]));
      await formatError(() => node.rows?.(0, 5000), "checksum");
      if (method === 8) await formatError(() => node.rows?.(4999, 5000), "checksum");
      else sameArray((await node.rows?.(4999, 5000)) as NdArray, array.slice([4999, 5000]));
    }
  });

  it("deflated data that is damaged or cut off is an error from there on", async () => {
    const bytes = makeZip([{ name: "x.npy", data: await data() }]);
    bytes.set(noise(50_000), 500_000);
    const node = await arrayOf(await openNpz(countingSource(bytes)), "x");
    sameArray((await node.rows?.(10, 20)) as NdArray, array.slice([10, 20]));
    const error = await formatError(() => node.rows?.(4000, 4001));
    expect([error.path, ["corrupt", "limit", "truncated"].includes(error.code)]).toEqual(["x.npy", true]);

    const short = makeZip([{ name: "x.npy", data: (await data()).subarray(0, 1_000_000), size: 2_000_128 }]);
    const cut = await arrayOf(await openNpz(countingSource(short)), "x");
    expect((await cut.rows?.(0, 1000))?.shape).toEqual([1000, 100]);
    await formatError(() => cut.rows?.(2000, 3000), "truncated");
  });

  it("a header that lies about its shape is found out before anything is allocated", async () => {
    const honest = await data();
    const header = Buffer.from(honest.subarray(10, 127)).toString("latin1");
    const lie = header.replace("(5000, 100), }", "(900000000, 100), }").slice(0, header.length);
    const bytes = new Uint8Array([...honest.subarray(0, 10), ...text(lie), ...honest.subarray(127)]);
    const root = await openNpz(makeZip([{ name: "x.npy", data: bytes }]));
    expect((await formatError(() => root.child("x"), "truncated")).path).toBe("x.npy");
  });

  it("pickled text that stands for fewer bytes than the array is corrupt", async () => {
    const bytes = new Uint8Array(writePickle(array as Value, { protocol: 2 }));
    // Two characters become one of two bytes, so that the text is as long as before.
    const at = bytes.findIndex((byte, i) => i > 1_500_000 && byte < 0x80 && (bytes[i + 1] as number) < 0x80);
    bytes.set([0xc2, 0x80], at);
    const node = (await openPickle(countingSource(bytes))) as ArrayNode;
    sameArray((await node.rows?.(10, 20)) as NdArray, array.slice([10, 20]));
    await formatError(() => node.rows?.(4990, 5000), "corrupt");
  });
});

test("entries over 4 GiB give rows from anywhere", async () => {
  const ROW = 1000;
  const count = 5_000_000;
  const bytes = ROW * count;
  const header = text(`${`{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${ROW}), }`.padEnd(117)}\n`);
  const prefix = new Uint8Array([0x93, ...text("NUMPY"), 1, 0, 118, 0, ...header]);
  expect(prefix.byteLength).toBe(128);
  // The array's bytes are made when they are asked for.
  const source: Source = {
    byteLength: 128 + bytes,
    name: "",
    async read(start, end) {
      const piece = new Uint8Array(end - start);
      for (let i = 0; i < piece.length; i++)
        piece[i] = start + i < 128 ? (prefix[start + i] as number) : Math.floor((start + i - 128) / ROW) % 251;
      return piece;
    },
  };
  const node = (await npyContainer.open(source)) as ArrayNode;
  const rows = (await node.rows?.(count - 3, count)) as NdArray;
  expect([rows.shape, rows.get(0, 5), rows.get(2, 0)]).toEqual([[3, ROW], (count - 3) % 251, (count - 1) % 251]);
});

describe("parts by ranges", () => {
  const whole = sample("<i4", [6, 4, 3]);
  const RANGES = [
    [],
    [2],
    [-1, 1],
    [[1, 4]],
    [[null, null, -2], [0, 2], -1],
    [[5, 1, -2]],
    [[4, 2]],
    [null, 3],
    [[-3, null], null, [null, null, 2]],
  ] as const;
  test.each(RANGES)("%j", async (...ranges) => {
    for (const container of Object.values(CONTAINERS)) {
      const node = await container(whole, countingSource);
      sameArray(await loadRanges(node, ranges as never), whole.slice(...(ranges as readonly number[])));
    }
  });

  test.each([[[6]], [[-7]], [[0, 0, 0, 0]], [[[0, 1, 0]]], [[0, 9]], [[0.5]]])("%j is a RangeError", async (ranges) => {
    await expect(loadRanges(arrayNode(whole, ""), ranges as never)).rejects.toThrow(RangeError);
  });
});
