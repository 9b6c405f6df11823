import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { Hdf5Library } from "../src/codec/hdf5/read/library.js";
import { Hdf5Session } from "../src/codec/hdf5/read/session.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { digest } from "../src/tree/digest.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
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

/** What is found, or that it is an error. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    return JSON.stringify(await digestOf(bytes));
  } catch (error) {
    if (error instanceof FormatError) return "an error";
    throw error;
  }
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

  it("is read with few calls of the library", async () => {
    const run = vi.spyOn(Hdf5Library.prototype, "run");
    const bytes = bytesOf("track_body25_13shots.h5");
    await digestOf(bytes);
    const direct = run.mock.calls.length;
    run.mockClear();
    await byLibrary(() => digestOf(bytes));
    expect(direct).toBeLessThan(run.mock.calls.length / 4);
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

  it("is what the library reads, or what was there, whichever byte is damaged", async () => {
    // Where the bytes are that say what is where: groups, headers, trees. All of it would take long.
    const bytes = bytesOf("track_zero_length_shots.h5");
    const step = Math.floor(bytes.byteLength / 600);
    const whole = await outcome(bytes);
    const differing: string[] = [];
    for (let at = 0; at < bytes.byteLength; at += step) {
      const damaged = new Uint8Array(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x15;
      const [direct, library] = [await outcome(damaged), await byLibrary(() => outcome(damaged))];
      // Of attributes that it cannot understand the library says nothing; and it looks at bytes that say nothing of the content.
      if (![library, whole, "an error"].includes(direct))
        differing.push(`${at}: ${direct.slice(0, 80)} / ${library.slice(0, 80)}`);
    }
    expect(differing).toEqual([]);
  }, 60_000);
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
});
