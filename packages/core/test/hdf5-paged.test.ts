import { describe, expect, it } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { loadHdf5Library } from "../src/codec/hdf5/read/library.js";
import { readyBytes } from "../src/codec/hdf5/read/pages.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { blobSource } from "../src/source/blob.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { AttributedTree } from "../src/tree/write.js";
import { arrayAt, openGroup, waitedFor } from "./support-hdf5.js";
import { noise } from "./support-io.js";

const ROWS = 40_000;

/** 40,000 rows of 30 float32, about 5 MB, in chunks of 60 KB; and some text. */
async function sample(): Promise<Uint8Array<ArrayBuffer>> {
  const data = Float32Array.from({ length: ROWS * 30 }, (_, i) => i % 8191);
  const sink = new MemorySink();
  const texts = Array.from({ length: 5000 }, (_, i) => `name ${i}`);
  const tree = new Map<string, AttributedTree>([
    ["x", new AttributedTree(NdArray.from("float32", data, [ROWS, 30]), { storage: { chunks: [500, 30] } })],
    ["names", new AttributedTree(texts, { attributes: new Map([["unit", "px"]]) })],
  ]);
  await hdf5.write(sink, tree, { compression: "none" });
  return sink.bytes();
}

describe("sources that have to be waited for", () => {
  it("gives the same as from memory", async () => {
    const bytes = await sample();
    for (const source of [waitedFor(memorySource(bytes)), blobSource(new Blob([bytes]))]) {
      const root = await openGroup(source);
      const x = await arrayAt(root, "x");
      expect((await x.rows?.(12_345, 12_347))?.get(1, 29)).toBe((12_346 * 30 + 29) % 8191);
      const all = await x.load();
      expect(all.shape).toEqual([ROWS, 30]);
      expect([0, 1, 777_777].map((at) => (all.data as Float32Array)[at])).toEqual([0, 1, 777_777 % 8191]);
      expect((await (await arrayAt(root, "names")).load()).get(4999)).toBe("name 4999");
      expect(await (await (await arrayAt(root, "names")).attributes?.())?.child("unit")).toMatchObject({ value: "px" });
    }
  });

  it("asks for little to read a row, and for few and growing pieces to read all", async () => {
    const source = waitedFor(memorySource(await sample()));
    const x = await arrayAt(await openGroup(source), "x");
    const opening = source.requests.length;
    expect(opening).toBeLessThan(6);
    await x.rows?.(20_000, 20_001);
    const row = source.requests.slice(opening);
    expect(row.length).toBeLessThan(4);
    expect(row.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(256 * 1024);
    const before = source.requests.length;
    await x.load();
    const all = source.requests.slice(before);
    expect(all.length).toBeLessThan(20);
    expect(all.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(1.3 * source.byteLength);
  });

  it("stays open and whole while several reads wait", async () => {
    const root = await openGroup(waitedFor(memorySource(await sample())));
    const x = await arrayAt(root, "x");
    const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => x.rows?.(i * 1999, i * 1999 + 3)));
    for (const [i, part] of rows.entries()) expect(part?.get(0, 0)).toBe((i * 1999 * 30) % 8191);
  });

  it("passes on what the source throws, and works again afterwards", async () => {
    const inner = memorySource(await sample());
    let failing = false;
    const source = {
      byteLength: inner.byteLength,
      name: "",
      async read(start: number, end: number) {
        if (failing) throw new Error("the network is down");
        return inner.read(start, end);
      },
    };
    const x = await arrayAt(await openGroup(source), "x");
    failing = true;
    await expect(x.rows?.(30_000, 30_001)).rejects.toThrow("the network is down");
    failing = false;
    expect((await x.rows?.(30_000, 30_001))?.get(0, 0)).toBe((30_000 * 30) % 8191);
  });

  it("passes on what a source throws that gives bytes at once", async () => {
    const inner = memorySource(await sample());
    const source = {
      byteLength: inner.byteLength,
      name: "",
      read: inner.read,
      readNow(target: Uint8Array, start: number): void {
        if (start > 2_000_000 && start < 3_000_000) throw new Error("a bad sector");
        target.set(inner.view?.(start, start + target.byteLength) as Uint8Array);
      },
    };
    const x = await arrayAt(await openGroup(source), "x");
    expect((await x.rows?.(0, 1))?.get(0, 1)).toBe(1);
    await expect(x.load()).rejects.toThrow("a bad sector");
  });

  it("stops waiting when it is aborted", async () => {
    const inner = memorySource(await sample());
    const stop = new AbortController();
    const source = {
      byteLength: inner.byteLength,
      name: "",
      async read(start: number, end: number) {
        if (start > 1_000_000) stop.abort(new Error("enough"));
        return inner.read(start, end);
      },
    };
    const x = await arrayAt(await openGroup(source), "x");
    await expect(x.load({ signal: stop.signal })).rejects.toThrow("enough");
  });

  it("makes no page more than once of what is asked for again and again, and keeps a limited number", async () => {
    const bytes = noise(1 << 20);
    const source = waitedFor(memorySource(bytes));
    const ready = readyBytes(source, 1024);
    const target = new Uint8Array(3000);
    const fill = async (start: number): Promise<void> => {
      while (!ready.fill(target, start)) await ready.bring();
      expect(target).toEqual(bytes.subarray(start, start + 3000));
      ready.release();
    };
    await fill(5000);
    const { length } = source.requests;
    await fill(5000);
    expect(source.requests).toHaveLength(length);
    await fill(500_000);
    await fill((1 << 20) - 3000);
  });
});

describe("many files", () => {
  it("frees what the library holds: its memory does not grow with the number of files or of failures", async () => {
    const bytes = await sample();
    const library = await loadHdf5Library();
    const round = async (): Promise<void> => {
      const root = await openGroup(waitedFor(memorySource(bytes)));
      const x = await arrayAt(root, "x");
      await x.rows?.(39_990, 40_000);
      await (await arrayAt(root, "names")).load();
      await expect(hdf5.open(memorySource(bytes.subarray(0, 4000)))).rejects.toThrow();
    };
    for (let run = 0; run < 40; run++) await round();
    const before = library.module.HEAPU8.byteLength;
    for (let run = 0; run < 150; run++) await round();
    expect(library.module.HEAPU8.byteLength).toBe(before);
  });

  it("reads from more files at once than the library has open", async () => {
    const roots = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const sink = new MemorySink();
        await hdf5.write(sink, new Map([["x", NdArray.from("int32", Int32Array.of(i, 2 * i))]]));
        return openGroup(memorySource(sink.bytes()));
      }),
    );
    for (const [i, root] of [...roots.entries(), ...roots.entries()])
      expect([...(await (await arrayAt(root, "x")).load())]).toEqual([i, 2 * i]);
  });
});
