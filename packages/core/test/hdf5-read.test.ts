import { join } from "node:path";
import { expect, it } from "vitest";
import type { NdArray } from "../src/ndarray/ndarray.js";
import { fileSource } from "../src/node/file.js";
import type { GroupNode, Node } from "../src/tree/node.js";
import { DTypeValue, type NumpyScalar } from "../src/value/value.js";
import { arrayAt, describeWithH5py, h5py, nodeAt, openGroup, openPath, waitedFor } from "./support-hdf5.js";
import { collect, formatError } from "./support-io.js";
import { withFolder } from "./support-python.js";

/** Every dtype that h5py writes and numpy has a name for, in one file; prints what it holds. */
const TYPES = `
rng = np.random.default_rng(1)
with h5py.File(path, "w", libver=sys.argv[2]) as f:
    for code in "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split():
        for order in "<>":
            kind = np.dtype(order + code)
            raw = rng.integers(0, 100, (5, 3)).astype(kind)
            f[("le_" if order == "<" else "be_") + code] = raw
    f["b1"] = np.array([[True, False], [False, True]])
    f["S3"] = np.array([b"abc", b"d", b""])
    f["enum"] = np.array([0, 7, 1], dtype=h5py.enum_dtype({"A": 0, "B": 1, "C": 7}, basetype="u2"))
    f["be_enum"] = np.array([1, 258], dtype=h5py.enum_dtype({"A": 1, "B": 258}, basetype=">u2"))
    f["scalar"] = np.float32(1.5)
    f["empty"] = np.zeros((0, 4), "f4")
    f["sub"] = np.zeros(2, dtype=[("a", "<i4"), ("b", "<f8", (2, 3)), ("s", "S5"), ("t", "?")])
    f["mixed"] = np.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", ">f8")])
    f["padded"] = np.zeros(2, dtype=np.dtype({"names": ["a", "b"], "formats": ["i1", "<f8"], "offsets": [0, 8], "itemsize": 24}))
    tid = h5py.h5t.array_create(h5py.h5t.STD_I16LE, (3,))
    d = h5py.h5d.create(f.id, b"array", tid, h5py.h5s.create_simple((2,)))
    h5py.Dataset(d)[...] = np.arange(6, dtype="i2").reshape(2, 3)
    def show(d):
        a = d[()]
        return [a.dtype.str if a.dtype.names is None else "struct", list(a.shape), a.tobytes().hex()]
    print(json.dumps({name: show(f[name]) for name in f}))
`;

function shown(array: NdArray): unknown {
  const bytes = array.storedBytes()?.bytes ?? new Uint8Array(0);
  const descr = array.dtype === "struct" ? "struct" : array.type.descr;
  return [descr, array.shape, Buffer.from(bytes).toString("hex")];
}

describeWithH5py("reading what h5py writes", () => {
  it.each(["earliest", "latest"])("gives every dtype as h5py does (libver %s)", async (libver) => {
    await withFolder(async (folder) => {
      const path = join(folder, "types.h5");
      const expected = JSON.parse(h5py(path, TYPES, libver)) as Record<string, unknown>;
      const root = await openPath(path);
      expect([...root.keys].sort()).toEqual(Object.keys(expected).sort());
      for (const key of root.keys) {
        const node = await arrayAt(root, key);
        expect([key, shown(await node.load())]).toEqual([key, expected[key]]);
      }
    });
  });

  it("gives a row, a piece and the whole of every storage layout and filter", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "layouts.h5");
      h5py(
        path,
        `
a = np.arange(7 * 11 * 5, dtype="<i4").reshape(7, 11, 5)
with h5py.File(path, "w") as f:
    f["contiguous"] = a
    f.create_dataset("chunked", data=a, chunks=(2, 3, 4))
    f.create_dataset("row", data=a, chunks=(1, 11, 5), maxshape=(None, 11, 5))
    f.create_dataset("gzip", data=a, chunks=(3, 11, 5), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("lzf", data=a, chunks=(3, 11, 2), compression="lzf")
    f.create_dataset("scaled", data=a, chunks=(7, 11, 5), scaleoffset=0)
    f.create_dataset("unwritten", shape=(7, 11, 5), dtype="<i4", chunks=(2, 2, 2), fillvalue=9)
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE); dcpl.set_layout(h5py.h5d.COMPACT)
    d = h5py.h5d.create(f.id, b"compact", h5py.h5t.STD_I32LE, h5py.h5s.create_simple(a.shape), dcpl)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, a)
`,
      );
      for (const source of [await fileSource(path), waitedFor(await fileSource(path))]) {
        const root = await openGroup(source);
        expect(root.keys).toHaveLength(8);
        for (const key of root.keys) {
          const node = await arrayAt(root, key);
          const expected = Array.from({ length: 385 }, (_, i) => (key === "unwritten" ? 9 : i));
          expect([...(await node.load())]).toEqual(expected);
          const rows = await node.rows?.(2, 5);
          expect(rows?.shape).toEqual([3, 11, 5]);
          expect([...(rows as NdArray)]).toEqual(expected.slice(110, 275));
          expect((await node.rows?.(7, 7))?.shape).toEqual([0, 11, 5]);
          const bytes = await collect(node.chunks?.() as AsyncIterable<Uint8Array>);
          expect([...new Int32Array(bytes.buffer)]).toEqual(expected);
        }
      }
    });
  });

  it("refuses rows outside an array before it reads", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "rows.h5");
      h5py(path, `h5py.File(path, "w")["x"] = np.arange(4)`);
      const node = await arrayAt(await openPath(path), "x");
      for (const [start, stop] of [
        [-1, 2],
        [0, 5],
        [3, 2],
        [0.5, 2],
      ] as const)
        await expect(async () => node.rows?.(start, stop)).rejects.toThrow(RangeError);
    });
  });

  it("gives pieces in stored byte order, and arrays that know it", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "big.h5");
      h5py(path, `h5py.File(path, "w")["x"] = np.array([1, 2], ">f4")`);
      const node = await arrayAt(await openPath(path), "x");
      expect(node.type.descr).toBe(">f4");
      expect([...(await collect(node.chunks?.() as AsyncIterable<Uint8Array>))]).toEqual([63, 128, 0, 0, 64, 0, 0, 0]);
      const array = await node.load();
      expect([array.type.descr, ...array]).toEqual([">f4", 1, 2]);
    });
  });

  it("gives text of any length, bytes that are no UTF-8, and sequences as arrays", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "text.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    f["one"] = "héllo"
    f["many"] = np.array([["a", ""], ["日本", "x" * 100000]], dtype=h5py.string_dtype())
    f["ascii"] = np.array([b"q"], dtype=h5py.string_dtype("ascii"))
    f["latin"] = np.array([b"\\xe9", b"ok"], dtype=h5py.string_dtype())
    f["nothing"] = np.zeros((0,), dtype=h5py.string_dtype())
    f.create_dataset("unset", (2,), dtype=h5py.string_dtype())
    d = f.create_dataset("runs", (3,), dtype=h5py.vlen_dtype(">i2"))
    d[0] = [1, 2, 3]; d[2] = [-1]
    f.create_dataset("chunked", data=np.array([str(i) for i in range(10000)], dtype=object), dtype=h5py.string_dtype(), chunks=(300,), compression="gzip")
`,
      );
      const root = await openPath(path);
      const values = async (key: string): Promise<unknown> => (await (await arrayAt(root, key)).load()).toList();
      expect(await values("one")).toBe("héllo");
      expect(await values("many")).toEqual([
        ["a", ""],
        ["日本", "x".repeat(100_000)],
      ]);
      expect(await values("ascii")).toEqual(["q"]);
      expect(await values("latin")).toEqual([Uint8Array.of(0xe9), "ok"]);
      expect(await values("nothing")).toEqual([]);
      expect(await values("unset")).toEqual(["", ""]);
      const runs = (await values("runs")) as NdArray[];
      expect(runs.map((run) => [run.type.descr, ...run])).toEqual([[">i2", 1, 2, 3], [">i2"], [">i2", -1]]);
      const chunked = await arrayAt(root, "chunked");
      expect(await values("chunked")).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)));
      expect((await chunked.rows?.(299, 302))?.toList()).toEqual(["299", "300", "301"]);
      expect(chunked.chunks).toBeUndefined();
    });
  });

  it("gives attributes of groups, arrays and the root in their order, single numbers with their dtype", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "attributes.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    f.attrs["text"] = "unseg"
    f.attrs["fixed"] = np.bytes_(b"ab")
    f.attrs["flag"] = True
    f.attrs["limbs"] = 2 ** 60
    f.attrs["half"] = np.float16(0.5)
    f.attrs["list"] = np.array([[1, 2]], ">u2")
    f.attrs["texts"] = ["a", "b"]
    f.attrs["none"] = h5py.Empty("f4")
    f.attrs["ref"] = f.ref
    g = f.create_group("g", track_order=True)
    g.attrs["z"] = 1; g.attrs["a"] = 2
    f["x"] = np.arange(3); f["x"].attrs["unit"] = "mm"
    f["e"] = h5py.Empty("f4"); f["e"].attrs["why"] = "none"
`,
      );
      const root = await openPath(path);
      const own = (await root.attributes?.()) as GroupNode;
      const value = async (group: GroupNode, key: string): Promise<unknown> => {
        const node = (await group.child(key)) as Node;
        return node.kind === "scalar" ? node.value : node.kind === "array" ? node.array : node;
      };
      expect(own.keys).toEqual(["fixed", "flag", "half", "limbs", "list", "none", "ref", "text", "texts"]);
      expect(await value(own, "text")).toBe("unseg");
      expect(await value(own, "flag")).toBe(true);
      expect(await value(own, "none")).toBeNull();
      const limbs = (await value(own, "limbs")) as NumpyScalar;
      expect([limbs.type.name, limbs.value]).toEqual(["int64", 2n ** 60n]);
      expect(((await value(own, "half")) as NumpyScalar).value).toBe(0.5);
      expect(((await value(own, "fixed")) as NumpyScalar).value).toEqual(Uint8Array.of(97, 98));
      const list = (await value(own, "list")) as NdArray;
      expect([list.type.descr, list.toList()]).toEqual([">u2", [[1, 2]]]);
      expect(((await value(own, "texts")) as NdArray).toList()).toEqual(["a", "b"]);
      expect((await formatError(() => own.child("ref"), "unsupported")).path).toBe("@ref");
      expect(await own.child("absent")).toBeUndefined();
      const g = await nodeAt(root, "g");
      expect((await g.attributes?.())?.keys).toEqual(["z", "a"]);
      const unit = await (await (await nodeAt(root, "x")).attributes?.())?.child("unit");
      expect(unit).toMatchObject({ kind: "scalar", path: "x@unit", value: "mm" });
      const why = await (await (await nodeAt(root, "e")).attributes?.())?.child("why");
      expect(why).toMatchObject({ value: "none" });
    });
  });

  it("lists groups in the order that h5py does, and follows links inside the file", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "groups.h5");
      const listed = h5py(
        path,
        `
with h5py.File(path, "w") as f:
    for name, order in [("plain", False), ("ordered", True)]:
        g = f.create_group(name, track_order=order)
        for i in [10, 9, 1, 0]: g["shot%d" % i] = i
        g["é 😀"] = 5
    f["many/deep/er"] = np.arange(2)
    for i in range(3000): f["many/k%d" % i] = i
    f["soft"] = h5py.SoftLink("/many/deep/er")
    f["hard"] = f["many/deep"]
    f["kind"] = np.dtype("<f4")
with h5py.File(path) as f: print(json.dumps({k: list(f[k]) for k in ["plain", "ordered", "many"]}))
`,
      );
      const root = await openPath(path);
      for (const [key, names] of Object.entries(JSON.parse(listed) as Record<string, string[]>))
        expect(((await nodeAt(root, key)) as GroupNode).keys).toEqual(names);
      expect([...(await (await arrayAt(root, "plain", "é 😀")).load())]).toEqual([5n]);
      expect([...(await (await arrayAt(root, "soft")).load())]).toEqual([0n, 1n]);
      expect([...(await (await arrayAt(root, "hard", "er")).load())]).toEqual([0n, 1n]);
      const kind = await nodeAt(root, "kind");
      expect(kind.kind === "scalar" && kind.value).toEqual(
        new DTypeValue({ name: "float32", descr: "<f4", byteOrder: "<", itemSize: 4 }),
      );
      expect(await root.child("absent")).toBeUndefined();
      expect(await root.child("many/deep")).toBeUndefined();
    });
  });

  it("says which types it does not deliver, and delivers what is beside them", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "odd.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    f["ref"] = np.array([f.ref], dtype=h5py.ref_dtype)
    f["region"] = np.array([f["ref"].regionref[:]], dtype=h5py.regionref_dtype)
    f["opaque"] = np.zeros(2, "V8")
    f["long"] = np.zeros(2, "f16")
    f.create_dataset("nested", (2,), dtype=[("a", h5py.string_dtype())])
    f["x"] = 1
`,
      );
      const root = await openPath(path);
      for (const key of ["ref", "region", "opaque", "long", "nested"])
        expect((await formatError(() => root.child(key), "unsupported")).path).toBe(key);
      expect([...(await (await arrayAt(root, "x")).load())]).toEqual([1n]);
    });
  });

  it("finds the structure behind a user block", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "block.h5");
      h5py(path, `h5py.File(path, "w", userblock_size=1024)["x"] = np.arange(3)`);
      expect([...(await (await arrayAt(await openPath(path), "x")).load())]).toEqual([0n, 1n, 2n]);
    });
  });

  it("reads no more at once than it is told to", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "large.h5");
      h5py(path, `h5py.File(path, "w")["x"] = np.zeros((1000, 100))`);
      const node = await arrayAt(await openPath(path, { maxLoadBytes: 80_000 }), "x");
      expect((await node.rows?.(0, 100))?.shape).toEqual([100, 100]);
      expect((await formatError(() => node.load(), "limit")).path).toBe("x");
    });
  });

  it("stops between windows when it is aborted, and says how far it is", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "abort.h5");
      h5py(path, `h5py.File(path, "w").create_dataset("x", (6000, 1000), "f4")[-1] = 1`);
      const node = await arrayAt(await openPath(path), "x");
      const stop = new AbortController();
      const seen: number[] = [];
      const work = node.load({
        signal: stop.signal,
        onProgress: ({ stage, done, total }) => {
          expect([stage, total]).toEqual(["read x", 24_000_000]);
          seen.push(done);
          stop.abort(new Error("enough"));
        },
      });
      await expect(work).rejects.toThrow("enough");
      expect(seen).toHaveLength(1);
    });
  });
});
