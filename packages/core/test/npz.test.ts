import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { FormatError, type FormatErrorCode } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { mapConcurrently } from "../src/source/concurrent.js";
import { memorySource } from "../src/source/memory.js";
import type { Source } from "../src/source/source.js";
import { digest } from "../src/tree/digest.js";
import type { GroupNode, ScalarNode } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { countingSource, expectedOf, fixtureBytes, fixtures, formatError, noise, text } from "./support-io.js";
import { arrayOf, described, openNpz, writtenNpz } from "./support-npz.js";
import { makeZip } from "./support-zip.js";

/** What Python's json module and JavaScript's see as the same: -0 and 0, and sums to six digits. */
function comparable(json: unknown, key = ""): unknown {
  if (typeof json === "number") return key === "sum" ? Number(json.toPrecision(6)) : json + 0;
  if (Array.isArray(json)) return json.map((item) => comparable(item));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, comparable(item, name)]));
}

describe("fixtures", () => {
  it.each(described)("%s holds what numpy finds in it", async (name) => {
    const expected = expectedOf<{ npz: unknown }>(name);
    for (const source of [memorySource(fixtureBytes(name)), countingSource(fixtureBytes(name))]) {
      expect(comparable(await digest(await openNpz(source)))).toEqual(comparable({ npz: expected.npz }));
    }
  });

  it.each<[string, FormatErrorCode, path: string, offset: number | undefined]>([
    ["bad_crc.npz", "checksum", "bbox_xywh.npy", undefined],
    ["bad_encrypted.npz", "unsupported", "__key_strict__.npy", undefined],
    ["bad_is_npy.npz", "not-this-format", "", 0],
    ["bad_not_zip.npz", "not-this-format", "", 0],
    ["bad_truncated.npz", "truncated", "", undefined],
    ["bad_zero_bytes.npz", "truncated", "", 0],
    ["bad_npy_descr.npz", "unsupported", "bbox_xywh.npy", 10],
    ["bad_npy_header_code.npz", "corrupt", "bbox_xywh.npy", undefined],
    ["bad_npy_huge_shape.npz", "limit", "bbox_xywh.npy", 10],
    ["bad_npy_magic.npz", "not-this-format", "bbox_xywh.npy", 0],
    ["bad_npy_neg_shape.npz", "corrupt", "bbox_xywh.npy", 10],
    ["bad_npy_short.npz", "truncated", "bbox_xywh.npy", 128],
    ["bad_npy_version.npz", "unsupported", "bbox_xywh.npy", 6],
  ])("%s is refused as %s at %s", async (name, code, path, offset) => {
    expect(expectedOf<{ stage: string }>(name).stage).toMatch(/^(zip|npy)$/);
    const error = await formatError(async () => digest(await openNpz(fixtureBytes(name))), code);
    expect(error.path).toBe(path);
    if (offset !== undefined) expect(error.offset).toBe(offset);
    if (code === "truncated" || code === "corrupt") expect(error.offset).toBeGreaterThanOrEqual(0);
  });

  it("has a test for every fixture that is bad at this level", () => {
    const stages = fixtures(/^bad_.*\.npz$/).filter((name) =>
      /zip|npy/.test(expectedOf<{ stage: string }>(name).stage),
    );
    expect(stages.length).toBe(13);
  });

  it.each(["bad_pickle_os_system.npz", "bad_pickle_unknown_class.npz", "bad_pickle_truncated.npz"])(
    "%s is refused by the entry's name",
    async (name) => {
      const error = await formatError(async () => digest(await openNpz(fixtureBytes(name))));
      expect(error.path).toMatch(/^meta\.npy/);
      expect(existsSync("/tmp/pwned")).toBe(false);
    },
  );
});

describe("damaged files", () => {
  it.each(["dtypes.npz", "npy_headers.npz", "nested.npz", "zip_mixed.npz", "zip_zip64.npz", "zip_stored.npz"])(
    "%s with any bytes changed or cut off is read, or refused with a FormatError",
    async (name) => {
      const original = fixtureBytes(name);
      const random = fc.sample(fc.nat({ max: 2 ** 30 }), { numRuns: 1000, seed: 3 });
      const next = (below: number): number => (random.pop() as number) % below;
      while (random.length > 8) {
        const bytes = original.slice(0, next(6) === 0 ? next(original.length) : undefined);
        // The directory at the end is where most can go wrong.
        const at = next(2) === 0 ? next(bytes.length + 1) : Math.max(0, bytes.length - 1 - next(600));
        bytes[at] = next(3) === 0 ? 255 : next(256);
        const work = async (): Promise<unknown> => digest(await openNpz(countingSource(bytes)));
        await work().catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }
    },
  );
});

describe("lazy reading", () => {
  const size = 3_000_000;
  const tree = (): Map<Value, WriteTree> =>
    new Map<Value, WriteTree>([
      ["big", NdArray.from("uint8", noise(size))],
      ["small", NdArray.from("float32", Float32Array.of(1, 2, 3))],
      ["big2", NdArray.from("float32", new Float32Array(noise(size).buffer))],
    ]);

  it.each(["none", "small"] as const)("reads only what is asked for (compression %s)", async (compression) => {
    const source = countingSource(await writtenNpz(tree(), { compression }));
    const root = await openNpz(source);
    expect(root.keys).toEqual(["big", "small", "big2"]);
    const afterOpen = source.bytesRead;
    expect(afterOpen).toBeLessThan(70_000);

    const big = await arrayOf(root, "big");
    expect([big.shape, big.type.name, big.order, big.path]).toEqual([[size], "uint8", "C", "big"]);
    expect(source.bytesRead - afterOpen).toBeLessThan(5_000);

    const small = await (await arrayOf(root, "small")).load();
    expect(small.toList()).toEqual([1, 2, 3]);
    expect(source.bytesRead - afterOpen).toBeLessThan(10_000);

    const before = source.reads.length;
    expect(await root.child("big")).toBe(big);
    expect(source.reads.length).toBe(before);

    const { bytesRead } = source;
    expect((await big.load()).byteLength).toBe(size);
    expect(source.bytesRead - bytesRead).toBeLessThan(size * 1.01 + 1000);
  });

  it("needs one read for a small entry", async () => {
    const source = countingSource(await writtenNpz(tree()));
    const root = await openNpz(source);
    const before = source.reads.length;
    await (await arrayOf(root, "small")).load();
    expect(source.reads.length - before).toBe(1);
  });

  it.each(["none", "fast"] as const)(
    "stops reading when the caller has enough (compression %s)",
    async (compression) => {
      const array = NdArray.from("uint8", noise(12_000_000));
      const source = countingSource(await writtenNpz(new Map([["x", array]]), { compression }));
      const node = await arrayOf(await openNpz(source), "x");
      const before = source.bytesRead;
      for await (const _piece of node.chunks?.() ?? []) break;
      expect(source.bytesRead - before).toBeLessThan(4_500_000);
    },
  );

  it("knows the stored size of each entry", async () => {
    const root = await openNpz(await writtenNpz(tree(), { compression: "none" }));
    expect(root.storedBytes?.("big")).toBe(size + 128);
    expect(root.storedBytes?.("nothing")).toBeUndefined();
    expect(await root.child("nothing")).toBeUndefined();
  });

  it("shares memory with the source for stored entries, and with nobody else", async () => {
    const bytes = await writtenNpz(tree(), { compression: "none" });
    const root = await openNpz(bytes);
    const node = await arrayOf(root, "big");
    expect(((await node.load()).data as Uint8Array).buffer).toBe(bytes.buffer);
    const fromFile = await openNpz(countingSource(bytes));
    const small = await arrayOf(fromFile, "small");
    (await small.load()).set([0], 99);
    expect((await small.load()).toList()).toEqual([1, 2, 3]);
  });

  it("gives arrays whose data needs no copy", async () => {
    const root = await openNpz(countingSource(await writtenNpz(tree())));
    const array = await (await arrayOf(root, "big2")).load();
    const stored = array.storedBytes()?.bytes as Uint8Array;
    expect((array.data as Float32Array).buffer).toBe(stored.buffer);
    expect((array.data as Float32Array).byteOffset).toBe(128);
  });

  it("loads several entries at once", async () => {
    const root = await openNpz(countingSource(await writtenNpz(tree())));
    const sizes = await mapConcurrently(root.keys, 2, async (key, _, signal) => {
      return (await (await arrayOf(root, key)).load({ signal })).byteLength;
    });
    expect(sizes).toEqual([size, 12, size]);
  });

  it("keeps to a limit of the caller", async () => {
    const source = memorySource(await writtenNpz(tree()));
    const root = (await npz.open(source, { maxLoadBytes: 1000 })) as GroupNode;
    expect((await (await arrayOf(root, "small")).load()).size).toBe(3);
    const error = await formatError(async () => (await arrayOf(root, "big")).load(), "limit");
    expect(error.path).toBe("big.npy");
  });
});

describe("entries and keys", () => {
  const one = async (): Promise<Uint8Array> => {
    const sink = await writtenNpz(new Map([["x", NdArray.from("int32", Int32Array.of(7))]]), { compression: "none" });
    const archive = await openNpz(sink);
    expect(archive.keys).toEqual(["x"]);
    return sink.subarray(30 + 5, 30 + 5 + 132);
  };

  it.each([
    ["a.npy.npy", "a.npy"],
    [".npy", ""],
    ["...npy", ".."],
    ["sub/dir/x.npy", "sub/dir/x"],
    ["no suffix", "no suffix"],
    ["__proto__.npy", "__proto__"],
  ])("%s has the key %j", async (name, key) => {
    const root = await openNpz(makeZip([{ name, data: await one() }]));
    expect(root.keys).toEqual([key]);
    expect((await (await arrayOf(root, key)).load()).toList()).toEqual([7]);
  });

  it("gives what is no array as bytes", async () => {
    const root = await openNpz(makeZip([{ name: "readme.txt", data: text("hello") }, { name: "folder/" }]));
    expect(((await root.child("readme.txt")) as ScalarNode).value).toEqual(text("hello"));
    expect(((await root.child("folder/")) as ScalarNode).value).toEqual(new Uint8Array(0));
  });

  it("refuses an .npy entry that is no array", async () => {
    const root = await openNpz(makeZip([{ name: "x.npy", data: text("hello there") }]));
    expect((await formatError(() => root.child("x"), "not-this-format")).path).toBe("x.npy");
  });

  it("prefers the entry that is called just like the key, as numpy does", async () => {
    for (const names of [
      ["a", "a.npy"],
      ["a.npy", "a"],
    ]) {
      const root = await openNpz(
        makeZip(names.map((name) => ({ name, data: name === "a" ? text("bytes") : noise(10) }))),
      );
      expect(((await root.child("a")) as ScalarNode).value).toEqual(text("bytes"));
    }
  });

  it("asks again after a failure", async () => {
    const bytes = makeZip([{ name: "x.npy", data: await one() }]);
    let broken = true;
    const inner = countingSource(bytes);
    const source: Source = {
      byteLength: inner.byteLength,
      name: "",
      read: (start, end) =>
        broken && start === 0 && end < bytes.byteLength ? Promise.reject(new Error("no net")) : inner.read(start, end),
    };
    const root = await openNpz(source);
    await expect(root.child("x")).rejects.toThrow("no net");
    broken = false;
    expect(await root.child("x")).toBeDefined();
  });
});
