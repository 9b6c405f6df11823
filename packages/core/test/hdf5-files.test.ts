import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createHdf5 } from "../src/codec/hdf5/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { fileSource } from "../src/node/file.js";
import { fileSink } from "../src/node/sink.js";
import type { Source } from "../src/source/source.js";
import { arrayAt, describeWithH5py, h5py, openGroup, openPath } from "./support-hdf5.js";
import { withFolder } from "./support-python.js";

/** A file's source that counts what is read from the disk. */
async function counted(path: string): Promise<{ readonly source: Source; readonly bytes: () => number }> {
  const inner = await fileSource(path);
  let bytes = 0;
  const readNow = (target: Uint8Array, start: number): void => {
    bytes += target.byteLength;
    inner.readNow?.(target, start);
  };
  const read: Source["read"] = (start, end, options) => {
    bytes += end - start;
    return inner.read(start, end, options);
  };
  return { source: { ...inner, read, readNow }, bytes: () => bytes };
}

describeWithH5py("large files on disk", () => {
  it("reads less than 64 KB to open a file of 180 MB and give one row of it", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "rows.h5");
      const file = createHdf5(await fileSink(path));
      const rows = file.root.group("timeline").append("data", { dtype: "<f4", row: [3], chunks: [1170, 3], gzip: 0 });
      const block = new Float32Array(3 * 1_000_000);
      for (let part = 0; part < 15; part++) {
        for (let i = 0; i < 1_000_000; i++) block[3 * i] = part * 1_000_000 + i;
        await rows.append(NdArray.from("float32", block, [1_000_000, 3]));
      }
      await file.close();
      expect(statSync(path).size).toBeGreaterThan(180_000_000);
      const { source, bytes } = await counted(path);
      const data = await arrayAt(await openGroup(source), "timeline", "data");
      expect((await data.rows?.(14_999_999, 15_000_000))?.get(0, 0)).toBe(14_999_999);
      expect(bytes()).toBeLessThan(65_536);
    });
  });

  it("reads rows beyond 4 GiB, and refuses to load such an array whole", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "far.h5");
      h5py(
        path,
        `
with h5py.File(path, "w") as f:
    d = f.create_dataset("x", shape=(1600, 1000000), dtype="f4")
    d[1599, 999990:] = np.arange(10)
    f.create_dataset("chunked", shape=(1600, 1000000), dtype="f4", chunks=(1, 1000000))[1500, :5] = 7
    f["last"] = np.arange(3)
`,
      );
      expect(statSync(path).size).toBeGreaterThan(6_000_000_000);
      const root = await openPath(path, { maxLoadBytes: 2 ** 28 });
      const x = await arrayAt(root, "x");
      const row = await x.rows?.(1599, 1600);
      expect([...(row?.slice(0, [999_989, null]) ?? [])]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect((await (await arrayAt(root, "chunked")).rows?.(1500, 1501))?.get(0, 4)).toBe(7);
      expect([...(await (await arrayAt(root, "last")).load())]).toEqual([0n, 1n, 2n]);
      await expect(x.load()).rejects.toThrow("more than 268435456 are not read at once");
    });
  });

  it("reads a handle that stays open, and fails once the source is closed", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "closed.h5");
      h5py(path, `h5py.File(path, "w").create_dataset("x", data=np.arange(100000), chunks=(1000,))`);
      const source = await fileSource(path);
      const x = await arrayAt(await openGroup(source), "x");
      await x.rows?.(0, 1);
      await source.close?.();
      await expect(x.rows?.(90_000, 90_001)).rejects.toThrow("was closed");
    });
  });
});
