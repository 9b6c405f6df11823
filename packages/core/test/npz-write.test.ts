import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import type { FormatErrorCode } from "../src/errors.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { fileSink, fileSource } from "../src/node/index.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { arrays, sameArray } from "./support-arrays.js";
import { collect, countingSource, fixtureBytes, formatError, noise, text } from "./support-io.js";
import { arrayOf, described, openNpz, writtenNpz } from "./support-npz.js";
import { describeWithNumpy, python, withFolder } from "./support-python.js";

describe("writing", () => {
  it("gives back every array as it was", async () => {
    const trees = fc.dictionary(
      fc.string({ unit: "grapheme" }).filter((key) => !key.includes("\0")),
      arrays,
      { maxKeys: 5 },
    );
    await fc.assert(
      fc.asyncProperty(trees, fc.constantFrom("none", "fast", "small" as const), async (tree, compression) => {
        const root = await openNpz(
          await writtenNpz(new Map(Object.entries(tree)), { compression: compression as "none" }),
        );
        expect(root.keys).toEqual(Object.keys(tree));
        for (const [key, array] of Object.entries(tree)) sameArray(await (await arrayOf(root, key)).load(), array);
      }),
      { numRuns: 100 },
    );
  });

  it("copies arrays of another file piece by piece, byte for byte", async () => {
    const tree = new Map<Value, WriteTree>([
      ["F", NdArray.fromBytes(">f4", [1000, 1500], noise(6_000_000), { order: "F" })],
      ["view", NdArray.from("float64", new Float64Array(noise(8_000_000).buffer), [1000, 1000]).transpose()],
      ["text", NdArray.from("<U9", ["a", "bc"], [2])],
      ["flag", zeros("bool", [])],
    ]);
    const first = await openNpz(countingSource(await writtenNpz(tree)));
    const copies = new Map<Value, WriteTree>();
    for (const key of first.keys) {
      const node = await arrayOf(first, key);
      copies.set(key, { ...node, load: () => Promise.reject(new Error("loaded whole")) });
    }
    const second = await openNpz(await writtenNpz(copies, { compression: "none" }));
    const f = await arrayOf(second, "F");
    expect([f.order, f.type.descr]).toEqual(["F", ">f4"]);
    for (const key of second.keys) {
      sameArray(await (await arrayOf(second, key)).load(), tree.get(key) as NdArray);
      const [a, b] = [await arrayOf(first, key), await arrayOf(second, key)];
      expect(crc32(await collect(a.chunks?.() as AsyncIterable<Uint8Array>))).toBe(
        crc32(await collect(b.chunks?.() as AsyncIterable<Uint8Array>)),
      );
    }
  });

  it("reports progress and stops when aborted, leaving nothing", async () => {
    const tree = new Map<Value, WriteTree>([["a", NdArray.from("uint8", noise(9_000_000))]]);
    const abort = new AbortController();
    const sink = new MemorySink();
    const stages = new Set<string>();
    const writing = npz.write(sink, tree, {
      signal: abort.signal,
      onProgress: ({ stage, done, total }) => {
        stages.add(stage);
        if (done > total / 2) abort.abort(new Error("enough"));
      },
    });
    await expect(writing).rejects.toThrow("enough");
    expect([...stages]).toEqual(["write a"]);
    expect(sink.byteLength).toBe(0);
  });

  it.each<[string, WriteTree, FormatErrorCode]>([
    ["something else than a map", [1, 2], "unwritable"],
    ["a key that is no text", new Map([[1, 2]]), "unwritable"],
    ["a key with a NUL", new Map([["a\0", 2]]), "unwritable"],
  ])("refuses %s and aborts the sink", async (_, tree, code) => {
    const sink = new MemorySink();
    await formatError(() => npz.write(sink, tree), code);
    expect(() => sink.bytes()).toThrow("nothing was committed");
  });

  it("recognises archives", async () => {
    expect(npz.matches(await writtenNpz(new Map()))).toBe(true);
    expect(npz.matches(await writtenNpz(new Map([["a", 1]])))).toBe(true);
    expect(npz.matches(text("PK"))).toBe(false);
    expect(npz.matches(fixtureBytes("bad_is_npy.npz"))).toBe(false);
  });
});

describeWithNumpy("against numpy", () => {
  it("numpy and unzip read what is written, small and large, stored and compressed", async () => {
    await withFolder(async (folder) => {
      const tree = new Map<Value, WriteTree>([
        ["small", NdArray.from(">i2", Int16Array.of(1, 2, 3))],
        [
          "large",
          NdArray.from(
            "float32",
            new Float32Array(noise(9_000_000).buffer).map((v) => (Number.isNaN(v) ? 0 : v)),
            [1500, 1500],
            { order: "F" },
          ),
        ],
        ["ключ", NdArray.from("<U4", ["été", "😀"])],
        ["file", 3],
        ["sub/x", NdArray.from("float64", new Float64Array(0), [0, 3])],
      ]);
      const script = `import sys, json, subprocess, shutil, numpy as np
for name in sys.argv[2:]:
    path = sys.argv[1] + '/' + name
    with np.load(path) as z:
        print(json.dumps([[k, z[k].dtype.str, z[k].shape, z[k].flags.f_contiguous and z[k].ndim > 1, float(np.nan_to_num(z[k].astype('f8'), posinf=0, neginf=0).sum()) if z[k].dtype.kind != 'U' else z[k].tolist()] for k in z.files]))
    if shutil.which('unzip'):
        subprocess.run(['unzip', '-tq', path], check=True, stdout=subprocess.DEVNULL)
`;
      const names = ["none", "fast", "small"] as const;
      for (const compression of names) {
        const sink = await fileSink(join(folder, compression));
        await npz.write(sink, tree, { compression });
      }
      const [first, ...others] = python(script, folder, ...names)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown[][]);
      const sum = (tree.get("large") as NdArray<"float32">).data.reduce((a, b) => (Number.isFinite(b) ? a + b : a), 0);
      expect(first?.[1]?.[4]).toBeCloseTo(sum, -Math.floor(Math.log10(Math.abs(sum))) + 5);
      expect(first?.map((row) => (row[0] === "large" ? row.slice(0, 4) : row))).toEqual([
        ["small", ">i2", [3], false, 6],
        ["large", "<f4", [1500, 1500], true],
        ["ключ", "<U4", [2], false, ["été", "😀"]],
        ["file", "<i8", [], false, 3],
        ["sub/x", "<f8", [0, 3], true, 0],
      ]);
      for (const other of others) expect(other).toEqual(first);
    });
  });

  it("writes copies of all fixtures that numpy describes as the originals", async () => {
    await withFolder(async (folder) => {
      for (const name of described) {
        const root = await openNpz(countingSource(fixtureBytes(name)));
        const tree = new Map<Value, WriteTree>();
        for (const key of root.keys) {
          const node = await root.child(key);
          // What is no array would become one; numpy writes nothing else.
          if (node?.kind === "array") tree.set(key, node);
        }
        const sink = await fileSink(join(folder, name));
        await npz.write(sink, tree, { compression: "fast" });
      }
      const script = `import sys, json
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import describe
for name in sys.argv[3:]:
    got = describe.describe(sys.argv[2] + '/' + name)
    with open(sys.argv[1] + '/' + name + '.expected.json', encoding='utf-8') as f: want = json.load(f)
    want = {k: v for k, v in want['npz'].items() if 'rawbytes' not in v}
    print(name, list(describe.differences(got['npz'], want)), list(got['npz']) == list(want))`;
      const conformance = fileURLToPath(new URL("../../../test/conformance/humandata/", import.meta.url));
      const lines = python(script, conformance, folder, ...described)
        .trim()
        .split("\n");
      expect(lines).toEqual(described.map((name) => `${name} [] True`));
    });
  });

  it("pickles values that are no arrays so that numpy gives them back", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "x.npz");
      const node = await arrayOf(await openNpz(fixtureBytes("full.npz")), "keypoints2d");
      const tree = new Map<Value, WriteTree>([
        ["none", null],
        [
          "meta",
          new Map<Value, WriteTree>([
            ["kp", node],
            ["n", 3],
          ]),
        ],
        ["mixed", [1, "a", 2.5]],
        ["ragged", [[1], [2, 3]]],
      ]);
      await npz.write(await fileSink(path), tree);
      const script = `import sys, numpy as np
z = np.load(sys.argv[1], allow_pickle=True)
m = z['meta'].item()
print([repr(z['none'].item()), z['meta'].shape, m['kp'].shape, m['n'], z['mixed'].tolist(), z['ragged'].tolist()])`;
      expect(python(script, path).trim()).toBe(
        `['None', (), (${node.shape.join(", ")}), 3, [1, 'a', 2.5], [[1], [2, 3]]]`,
      );
    });
  });

  it("writes small archives that differ from numpy's in nothing but the ZIP64 fields of local headers", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "numpy.npz");
      python("import sys, numpy as np\nnp.savez(sys.argv[1], a=np.arange(5), b=np.float32([[1, 2]]))", path);
      const theirs = new Uint8Array(await readFile(path));
      const tree = new Map<Value, WriteTree>();
      const root = await openNpz(theirs);
      for (const key of root.keys) tree.set(key, await arrayOf(root, key));
      const ours = await writtenNpz(tree, { compression: "none" });
      expect(theirs.byteLength - ours.byteLength).toBe(2 * 20);
      const directory = (bytes: Uint8Array): string => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const start = view.getUint32(bytes.byteLength - 6, true);
        const copy = bytes.slice(start, bytes.byteLength - 22);
        // The offset of the second entry.
        copy.fill(0, 51 + 42, 51 + 46);
        return Buffer.from(copy).toString("hex");
      };
      expect(directory(ours)).toBe(directory(theirs));
    });
  });

  it("reads a file that numpy is streaming to a pipe would write", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "piped.npz");
      python(
        `import sys, io, numpy as np
class Pipe(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def write(self, b): return self.file.write(b)
with open(sys.argv[1], 'wb') as f: np.savez_compressed(Pipe(f), a=np.arange(100000), b=np.zeros(3))`,
        path,
      );
      const source = await fileSource(path);
      const root = await openNpz(source);
      expect((await (await arrayOf(root, "a")).load()).get(99_999)).toBe(99_999n);
      await source.close?.();
      await writeFile(path, "");
    });
  });
});
