import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Node } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { arrayAt, describeWithH5py, h5py, nodeAt, openGroup, openPath } from "./support-hdf5.js";
import { formatError } from "./support-io.js";
import { withFolder } from "./support-python.js";

/** Reads all there is; whatever cannot be read is to be a `FormatError`, and is listed with its place. */
async function readAll(node: Node, found: string[] = []): Promise<string[]> {
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      const { code, path, message } = error as FormatError;
      expect(message).not.toContain("broke down");
      found.push(`${code} ${path}`);
    }
  };
  await attempt(async () => {
    const attributes = await node.attributes?.();
    for (const key of attributes?.keys ?? []) await attempt(async () => attributes?.child(key));
  });
  if (node.kind === "array") await attempt(() => node.load());
  if (node.kind !== "group") return found;
  for (const key of node.keys) await attempt(async () => readAll((await node.child(key)) as Node, found));
  return found;
}

async function written(members: Iterable<readonly [Value, WriteTree]>): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  await hdf5.write(sink, new Map(members));
  return sink.bytes();
}

const SAMPLE = (): Promise<Uint8Array<ArrayBuffer>> =>
  written([
    [
      "x",
      NdArray.from(
        "float32",
        Float32Array.from({ length: 6000 }, (_, i) => i),
      ),
    ],
    ["group", new Map<Value, WriteTree>([["y", NdArray.from("int64", BigInt64Array.of(1n, 2n))]])],
    ["text", ["some", "text", "to be found"]],
  ]);

describe("files that are no HDF5, or not all of it", () => {
  it("tells other formats, and nothing at all, from damaged files", async () => {
    await formatError(() => hdf5.open(memorySource(new Uint8Array(0))), "truncated");
    await formatError(() => hdf5.open(memorySource(new Uint8Array(5000).fill(7))), "not-this-format");
    await formatError(() => hdf5.open(memorySource(Uint8Array.of(0x89, 0x48, 0x44, 0x46))), "truncated");
  });

  it("is truncated wherever it is cut off", async () => {
    const bytes = await SAMPLE();
    for (let length = 8; length < bytes.byteLength; length += 97)
      await formatError(() => hdf5.open(memorySource(bytes.subarray(0, length))), "truncated");
  });

  it("goes with any damage for a FormatError, and the next file is read as ever", async () => {
    const bytes = await SAMPLE();
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return Math.floor(((state >>> 0) / 2 ** 32) * below);
    };
    for (let run = 0; run < 150; run++) {
      const damaged = new Uint8Array(bytes);
      for (let edit = 0; edit < 4; edit++) damaged[random(bytes.byteLength)] = random(256);
      try {
        await readAll(await hdf5.open(memorySource(damaged)));
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    expect(await readAll(await hdf5.open(memorySource(bytes)))).toEqual([]);
  });

  it("does not follow a heap whose objects have no size, where the library would not come back", async () => {
    const bytes = await SAMPLE();
    const heap = Buffer.from(bytes).indexOf("GCOL");
    const damaged = new Uint8Array(bytes);
    // The first object becomes free space of no length.
    damaged.fill(0, heap + 16, heap + 32);
    const error = await formatError(
      async () => (await arrayAt(await openGroup(memorySource(damaged)), "text")).load(),
      "corrupt",
    );
    expect([error.path, error.offset]).toEqual(["text", heap + 16]);
  });
});

describeWithH5py("files that lead out of themselves, or nowhere", () => {
  it("refuses data in other files, and reads what is beside them", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "out.h5");
      h5py(
        path,
        `
with h5py.File(path.replace("out", "other"), "w") as f: f["x"] = np.arange(10)
with h5py.File(path, "w", libver="latest") as f:
    f["link"] = h5py.ExternalLink("other.h5", "/x")
    f["self"] = h5py.ExternalLink("out.h5", "/plain")
    f.create_dataset("external", shape=(10,), dtype="u1", external=[("/etc/passwd", 0, 10)])
    f.create_dataset("device", shape=(10,), dtype="u1", external=[("/dev/urandom", 0, 10)])
    layout = h5py.VirtualLayout(shape=(10,), dtype="i8"); layout[:] = h5py.VirtualSource("other.h5", "x", shape=(10,))
    f.create_virtual_dataset("virtual", layout)
    f["plain"] = np.arange(10)
    layout = h5py.VirtualLayout(shape=(10,), dtype="i8"); layout[:] = h5py.VirtualSource(".", "plain", shape=(10,))
    f.create_virtual_dataset("inside", layout)
    layout = h5py.VirtualLayout(shape=(10,), dtype="i8"); layout[:] = h5py.VirtualSource(".", "endless", shape=(10,))
    f.create_virtual_dataset("endless", layout)
    layout = h5py.VirtualLayout(shape=(10,), dtype="i8"); layout[:] = h5py.VirtualSource(".", "absent", shape=(10,))
    f.create_virtual_dataset("hole", layout)
`,
      );
      const root = await openPath(path);
      expect((await readAll(root)).sort()).toEqual([
        "refused device",
        "refused external",
        "refused link",
        "refused self",
        "refused virtual",
        "unsupported endless",
        "unsupported hole",
      ]);
      const error = await formatError(async () => (await arrayAt(root, "external")).load(), "refused");
      expect(error.message).toContain('"/etc/passwd"');
      expect((await formatError(() => root.child("link"))).message).toContain('"other.h5"');
      expect([...(await (await arrayAt(root, "inside")).load())]).toHaveLength(10);
    });
  });

  it("ends at links that lead in circles, back, or nowhere, and at very deep groups", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "circle.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    g = f.create_group("g")
    g["up"] = h5py.SoftLink("/"); g["hard"] = g; g["loop"] = h5py.SoftLink("/g/loop"); g["gone"] = h5py.SoftLink("/gone")
    inner = g
    for i in range(200): inner = inner.create_group("d")
`,
      );
      const root = await openPath(path);
      const found = await readAll(root);
      expect(found.slice(-4).sort()).toEqual(["missing g.gone", "refused g.hard", "refused g.loop", "refused g.up"]);
      expect(found).toHaveLength(5);
      expect(found[0]).toMatch(/^limit g(\.d){127}$/);
    });
  });

  it("gives no memory to sizes that the file cannot have", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "huge.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    f.create_dataset("wide", shape=(2 ** 40, 2 ** 20), dtype="f4", chunks=(1024, 1024))
    f.create_dataset("chunk", shape=(2 ** 29,), dtype="u1", chunks=(2 ** 29,))
    f.create_dataset("text", shape=(2 ** 36,), dtype=h5py.string_dtype(), chunks=(1024,))
    f.create_dataset("wide row", shape=(3, 2 ** 33), dtype="u1", chunks=(1, 1024))
`,
      );
      const root = await openPath(path);
      for (const key of ["wide", "chunk", "text", "wide row"]) {
        const node = await arrayAt(root, key);
        expect((await formatError(() => node.load(), "limit")).path).toMatch(/wide|chunk|text/);
      }
      const pieces = (await arrayAt(root, "wide")).chunks?.()[Symbol.asyncIterator]();
      expect((await formatError(async () => pieces?.next(), "limit")).message).toContain("nearly all of which");
      expect((await formatError(async () => (await arrayAt(root, "chunk")).rows?.(0, 1), "limit")).message).toContain(
        "a chunk of it",
      );
      expect((await (await arrayAt(root, "wide")).rows?.(2 ** 39, 2 ** 39 + 1))?.shape).toEqual([1, 2 ** 20]);
    });
  });

  it("names the place and the cause of damage: checksums, compressed data, filters that are not there", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "damage.h5");
      const at = h5py(
        path,
        `
with h5py.File(path, "w") as f:
    f.create_dataset("sum", data=np.arange(1000, dtype="i4"), chunks=(1000,), fletcher32=True)
    f.create_dataset("gzip", data=np.arange(1000, dtype="i4"), chunks=(1000,), compression="gzip")
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE); dcpl.set_chunk((4,))
    dcpl.set_filter(4711, h5py.h5z.FLAG_OPTIONAL, (1,))
    d = h5py.h5d.create(f.id, b"own", h5py.h5t.STD_I32LE, h5py.h5s.create_simple((4,)), dcpl)
    d.write_direct_chunk((0,), b"0123456789abcdef", 0)
    print(json.dumps([f[k].id.get_chunk_info(0).byte_offset for k in ["sum", "gzip"]]))
`,
      );
      const bytes = new Uint8Array(readFileSync(path));
      for (const offset of JSON.parse(at) as number[]) bytes.fill(0xee, offset + 20, offset + 40);
      const root = await openGroup(memorySource(bytes));
      const failing = async (key: string, code: "checksum" | "corrupt" | "unsupported"): Promise<FormatError> =>
        formatError(async () => (await arrayAt(root, key)).load(), code);
      expect((await failing("sum", "checksum")).path).toBe("sum");
      const gzip = await failing("gzip", "corrupt");
      expect(gzip.message).toContain("deflate cannot undo it");
      expect(String(gzip.cause)).toContain("HDF5-DIAG");
      const own = await failing("own", "unsupported");
      expect(own.message).toContain("4711");
      expect((await nodeAt(root, "own")).kind).toBe("array");
    });
  });
});
