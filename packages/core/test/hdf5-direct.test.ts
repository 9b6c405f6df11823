import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { Hdf5Session } from "../src/codec/hdf5/read/session.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { digest } from "../src/tree/digest.js";
import type { GroupNode, Node } from "../src/tree/node.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { arrayAt, describeWithH5py, h5py, openGroup, waitedFor } from "./support-hdf5.js";
import { withFolder } from "./support-python.js";

const FIXTURES = new URL("../../../test/conformance/skelshop/", import.meta.url);
const files = readdirSync(FIXTURES).filter((name) => /^(?!bad_).*\.h5$/.test(name));
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FIXTURES)));

const digestOf = async (bytes: Uint8Array): Promise<unknown> => digest(await hdf5.open(memorySource(bytes)));

/** What `read` finds when all of it is left to the library. */
async function byLibrary<T>(read: () => Promise<T>): Promise<T> {
  const direct = vi.spyOn(Hdf5Session.prototype, "direct").mockResolvedValue(undefined);
  try {
    return await read();
  } finally {
    direct.mockRestore();
  }
}

/** Goes through groups, headers and attributes, and reads no array. */
async function headersOf(node: Node): Promise<void> {
  const attributes = await node.attributes?.();
  for (const key of attributes?.keys ?? []) await attributes?.child(key);
  if (node.kind !== "group") return;
  for (const key of node.keys) await headersOf((await node.child(key)) as Node);
}

afterEach(() => vi.restoreAllMocks());

async function written(tree: WriteTree): Promise<Uint8Array> {
  const sink = new MemorySink();
  await hdf5.write(sink, tree, { compression: "none" });
  return sink.bytes();
}

const numbers = (count: number): NdArray =>
  NdArray.from(
    "float64",
    Float64Array.from({ length: count }, (_, index) => index),
    [count],
  ) as NdArray;

describe("what is read without the library", () => {
  it.each(files)("is what the library reads: %s", async (name) => {
    const bytes = bytesOf(name);
    expect(await digestOf(bytes)).toEqual(await byLibrary(() => digestOf(bytes)));
  });

  it.each(files)("is every group, header and attribute: %s", async (name) => {
    const call = vi.spyOn(Hdf5Session.prototype, "call");
    await headersOf(await openGroup(memorySource(bytesOf(name))));
    expect(call).not.toHaveBeenCalled();
  });

  it.each(["none", "fast"] as const)("is all that we write ourselves, with compression %s", async (compression) => {
    const sink = new MemorySink();
    const attributes = new Map<string, Value>([
      ["text", "héllo"],
      ["empty", ""],
      ["yes", true],
      ["count", 3],
    ]);
    const tree = new Map<string, WriteTree>([
      ["x", new AttributedTree(numbers(5000), { attributes })],
      ["flags", NdArray.from("bool", Uint8Array.of(1, 0)) as NdArray],
      ["names", NdArray.from("|S4", [new Uint8Array([97, 98, 99, 100])] as never) as NdArray],
      ["empty", NdArray.from("float32", new Float32Array(0), [0, 3]) as NdArray],
    ]);
    await hdf5.write(sink, new AttributedTree(tree, { attributes }) as WriteTree, { compression });
    const call = vi.spyOn(Hdf5Session.prototype, "call");
    const direct = await digestOf(sink.bytes());
    expect(call).not.toHaveBeenCalled();
    expect(direct).toEqual(await byLibrary(() => digestOf(sink.bytes())));
  });

  it("comes from sources that have to be waited for as well", async () => {
    const bytes = bytesOf("track_body25_13shots.h5");
    const root = await openGroup(waitedFor(memorySource(bytes)));
    expect(await digest(root)).toEqual(await digestOf(bytes));
  });

  it("may be any rows of what is stored in pieces, or in one", async () => {
    const bytes = await written(
      new Map<string, WriteTree>([
        ["whole", new AttributedTree(numbers(1000), { storage: { chunks: "none" } })],
        ["pieces", new AttributedTree(numbers(1000), { storage: { chunks: [7] } })],
      ]) as unknown as WriteTree,
    );
    const root = await openGroup(memorySource(bytes));
    for (const name of ["whole", "pieces"]) {
      const node = await arrayAt(root, name);
      for (const [start, stop] of [
        [0, 1],
        [6, 8],
        [13, 700],
        [999, 1000],
        [5, 5],
      ] as const) {
        const rows = await node.rows?.(start, stop);
        expect(rows?.toList()).toEqual(Array.from({ length: stop - start }, (_, index) => start + index));
      }
      await expect(node.rows?.(5, 1001)).rejects.toThrow(RangeError);
    }
  });
});

describeWithH5py("what h5py writes", () => {
  it("is read as the library reads it, whatever version and layout it has", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "all.h5");
      for (const version of ["earliest", "v110", "latest"]) {
        h5py(
          path,
          `
with h5py.File(path, "w", libver=(sys.argv[2], "latest") if sys.argv[2] != "v110" else ("v110", "v110")) as f:
    g = f.create_group("tracked", track_order=True)
    for name in ("b", "a", "c"): g.create_dataset(name, data=np.arange(6, dtype=">i2").reshape(2, 3))
    g.attrs["z"] = 1; g.attrs["y"] = 2.5; g.attrs["x"] = True; g.attrs["w"] = "text"
    many = f.create_group("many")
    for i in range(40): many.create_dataset(f"d{i}", data=np.float32(i))
    for i in range(20): many.attrs[f"a{i}"] = i
    f.create_dataset("grown", (0, 3), "f4", maxshape=(None, 3), chunks=(4, 3))
    d = f["grown"]
    for i in range(1, 30):
        d.resize(i, 0); d[i - 1] = i
    f.create_dataset("holes", (100,), "i8", chunks=(10,), fillvalue=7)[35:37] = 1
    f.create_dataset("cut", data=np.arange(24.).reshape(6, 4), chunks=(2, 2))
    f.create_dataset("zipped", data=np.arange(100), compression="gzip", shuffle=True)
    f.create_dataset("bools", data=np.array([True, False]))
    f.create_dataset("texts", data=["x", "yy"])
    f.create_dataset("half", data=np.arange(3, dtype="f2"))
    f["soft"] = h5py.SoftLink("/cut")
    f["hard"] = f["cut"]
`,
          version,
        );
        const bytes = new Uint8Array(readFileSync(path));
        expect(await digestOf(bytes), version).toEqual(await byLibrary(() => digestOf(bytes)));
      }
    });
  });

  it("has any number of members, in either kind of group, in the order that h5py gives them", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "many.h5");
      for (const version of ["earliest", "latest"]) {
        const listed = JSON.parse(
          h5py(
            path,
            `
with h5py.File(path, "w", libver=sys.argv[2]) as f:
    for tracked in (True, False):
        for count in (0, 8, 9, 700, 3000):
            g = f.create_group(f"{count}{tracked}", track_order=tracked)
            for i in range(count): g.create_group(f"{i * 7 % count}_" + "x" * (i % 90))
    print(json.dumps({name: list(g) for name, g in f.items()}))
`,
            version,
          ),
        ) as Record<string, string[]>;
        const call = vi.spyOn(Hdf5Session.prototype, "call");
        const root = await openGroup(memorySource(new Uint8Array(readFileSync(path))));
        for (const [name, members] of Object.entries(listed)) {
          const group = (await root.child(name)) as GroupNode;
          expect(group.keys, `${version} ${name}`).toEqual(members);
          for (const key of members.slice(-2))
            expect(await group.child(key)).toMatchObject({ kind: "group", keys: [] });
        }
        expect(call).not.toHaveBeenCalled();
      }
    });
  });

  it("may be compressed by gzip, shuffled and have checksums, in any combination", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "filters.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    for gzip in (None, 1, 9):
        for shuffle in (False, True):
            for fletcher in (False, True):
                for kind in ("u1", ">i2", "<f8"):
                    a = (np.arange(1111 * 3) * 77 % 251).reshape(1111, 3).astype(kind)
                    f.create_dataset(f"{gzip} {shuffle} {fletcher} {kind[-2:]}", data=a, chunks=(101, 3), shuffle=shuffle,
                        fletcher32=fletcher, **({} if gzip is None else dict(compression="gzip", compression_opts=gzip)))
`,
      );
      const bytes = new Uint8Array(readFileSync(path));
      const call = vi.spyOn(Hdf5Session.prototype, "call");
      const direct = await digestOf(bytes);
      expect(call).not.toHaveBeenCalled();
      expect(direct).toEqual(await byLibrary(() => digestOf(bytes)));
      const node = await arrayAt(await openGroup(memorySource(bytes)), "9 True True f8");
      const rows = await Promise.all([0, 100, 500, 1110].map((start) => node.rows?.(start, start + 1)));
      expect(rows.map((row) => row?.toList())).toEqual(
        [0, 100, 500, 1110].map((start) => [[0, 1, 2].map((i) => ((3 * start + i) * 77) % 251)]),
      );
    });
  });

  it("is refused by name where names are no UTF-8, which the library makes something else of every time", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "names.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    g = f.create_group("g"); g["x"] = 1
    h5py.h5a.create(g.id, b"caf\\xe9", h5py.h5t.NATIVE_INT32, h5py.h5s.create(h5py.h5s.SCALAR))
    h5py.h5g.create(f.create_group("h").id, b"caf\\xe9")
`,
      );
      const root = await openGroup(memorySource(new Uint8Array(readFileSync(path))));
      const group = (await root.child("g")) as GroupNode;
      expect(group.keys).toEqual(["x"]);
      await expect(group.attributes?.()).rejects.toMatchObject({ code: "corrupt", path: "g" });
      await expect(root.child("h")).rejects.toMatchObject({ code: "corrupt", path: "h" });
    });
  });
});
