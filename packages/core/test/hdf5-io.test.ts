import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../src/codec/hdf5/read/blocks.js";
import { fileSource } from "../src/node/file.js";
import { fileSink } from "../src/node/sink.js";
import { section } from "../src/source/section.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { formatError, noise } from "./support-io.js";
import { withFolder } from "./support-python.js";

describe("sinks that can go back", () => {
  it("changes what was appended, across pieces, and goes on at the end", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "file");
      for (const sink of [new MemorySink(), await fileSink(path)]) {
        await sink.append(new Uint8Array(10));
        await sink.append(new Uint8Array(2_000_000));
        await sink.append(new Uint8Array(10));
        await sink.patch?.(8, Uint8Array.of(1, 2, 3, 4));
        await sink.patch?.(2_000_009, Uint8Array.of(5, 6));
        await sink.append(Uint8Array.of(9));
        await sink.commit();
        const bytes = sink instanceof MemorySink ? sink.bytes() : new Uint8Array(readFileSync(path));
        expect(bytes.byteLength).toBe(2_000_021);
        expect([...bytes.subarray(7, 13)]).toEqual([0, 1, 2, 3, 4, 0]);
        expect([...bytes.subarray(2_000_008, 2_000_012)]).toEqual([0, 5, 6, 0]);
        expect(bytes[2_000_020]).toBe(9);
      }
    });
  });

  it("refuses to change what is not there, or done", async () => {
    const sink = new MemorySink();
    await sink.append(new Uint8Array(4));
    await expect(sink.patch(2, new Uint8Array(3))).rejects.toThrow(RangeError);
    await sink.commit();
    await expect(sink.patch(0, new Uint8Array(1))).rejects.toThrow("committed");
  });
});

describe("reading at once", () => {
  it("gives the bytes of a file and of a part of it, and knows where they end", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "file");
      const bytes = noise(100_000);
      writeFileSync(path, bytes);
      const source = await fileSource(path);
      const target = new Uint8Array(1000);
      source.readNow?.(target, 98_000);
      expect(target).toEqual(bytes.subarray(98_000, 99_000));
      const part = section(source, 5000, 7000);
      part.readNow?.(target, 500);
      expect(target).toEqual(bytes.subarray(5500, 6500));
      await formatError(() => source.readNow?.(target, 99_500), "truncated");
      await formatError(() => part.readNow?.(target, 1500), "truncated");
      await source.close?.();
      expect(() => source.readNow?.(target, 0)).toThrow("was closed");
    });
  });
});

describe("blocks of an array", () => {
  const list = (start: number[], count: number[], chunks: number[] | null, most: number): unknown =>
    [...blocksOf({ start, count }, { chunks, most })].map((block) => [block.start, block.count]);

  it("covers a region once, in pieces that end where chunks do", () => {
    expect(list([3], [10], [4], 8)).toEqual([
      [[3], [5]],
      [[8], [5]],
    ]);
    expect(list([0, 0], [4, 10], null, 20)).toEqual([
      [
        [0, 0],
        [2, 10],
      ],
      [
        [2, 0],
        [2, 10],
      ],
    ]);
    expect(list([0, 0], [2, 10], null, 4)).toHaveLength(6);
    expect(list([], [], null, 4)).toEqual([[[], []]]);
    expect(list([0, 0], [0, 10], [2, 2], 4)).toEqual([]);
  });

  it("reads a chunk whole however large it is", () => {
    expect(list([0, 0], [100, 100], [100, 50], 10)).toEqual([
      [
        [0, 0],
        [100, 50],
      ],
      [
        [0, 50],
        [100, 50],
      ],
    ]);
  });
});
