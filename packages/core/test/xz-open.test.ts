import { describe, expect, it } from "vitest";
import { footerBytes, headerBytes } from "../src/codec/xz/container/flags.js";
import { IndexBuilder } from "../src/codec/xz/container/index-field.js";
import { encodeXz, openXz, type XzBlock } from "../src/codec/xz/index.js";
import { collect, countingSource, formatError } from "./support-io.js";
import { sample } from "./support-xz.js";
import { xzFile } from "./support-xz-files.js";

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A stream whose index says whatever is wanted, around a block of zeros that is none. */
function forged(
  records: readonly { readonly unpaddedBytes: number; readonly uncompressedBytes: number }[],
): Uint8Array {
  const index = new IndexBuilder();
  for (const record of records) index.add(record);
  const field = index.field();
  const footer = footerBytes({ check: "crc32", indexBytes: field.byteLength });
  return joined(headerBytes("crc32"), new Uint8Array(32), field, footer);
}

const CONTENT = sample(1500);

describe("openXz", () => {
  it("knows streams and blocks without decoding anything", async () => {
    const [first, second] = [xzFile("sized"), xzFile("crc32")];
    const file = await openXz(joined(first, new Uint8Array(8), xzFile("empty"), second, new Uint8Array(4)));
    expect(file.byteLength).toBe(3000);
    expect(file.blockCount).toBe(4);
    expect(file.streams).toEqual([
      {
        offset: 0,
        byteLength: 652,
        check: "crc64",
        firstBlock: 0,
        blockCount: 3,
        contentOffset: 0,
        contentBytes: 1500,
      },
      {
        offset: 660,
        byteLength: 32,
        check: "crc64",
        firstBlock: 3,
        blockCount: 0,
        contentOffset: 1500,
        contentBytes: 0,
      },
      {
        offset: 692,
        byteLength: 320,
        check: "crc32",
        firstBlock: 3,
        blockCount: 1,
        contentOffset: 1500,
        contentBytes: 1500,
      },
    ]);
    const blocks = Array.from({ length: 4 }, (_, i): XzBlock => file.block(i));
    expect(blocks.map(({ stream, contentOffset, contentBytes }) => [stream, contentOffset, contentBytes])).toEqual([
      [0, 0, 600],
      [0, 600, 600],
      [0, 1200, 300],
      [2, 1500, 1500],
    ]);
    expect(blocks[0]?.offset).toBe(12);
    expect(blocks[1]?.offset).toBe(12 + (blocks[0]?.byteLength ?? 0));
    expect(blocks[3]?.offset).toBe(692 + 12);
    expect([0, 599, 600, 1499, 1500, 2999].map((at) => file.blockAt(at))).toEqual([0, 0, 1, 2, 3, 3]);
    for (const index of [-1, 4, 0.5]) expect(() => file.block(index)).toThrow(RangeError);
    for (const at of [-1, 3000]) expect(() => file.blockAt(at)).toThrow(RangeError);
  });

  it("reads the ends of streams only, however long they are", async () => {
    const file = await encodeXz(sample(2_000_000), { preset: "store", blockBytes: 100_000 });
    const source = countingSource(file);
    const opened = await openXz(source);
    expect(opened.blockCount).toBe(20);
    expect(source.reads.length).toBeLessThanOrEqual(3);
    expect(source.bytesRead).toBeLessThan(140_000);
  });

  it("reads the block that is asked for, and no other", async () => {
    const content = sample(2_000_000);
    const source = countingSource(await encodeXz(content, { preset: "store", blockBytes: 100_000 }));
    const opened = await openXz(source);
    const before = source.bytesRead;
    expect(Buffer.compare(await opened.readBlock(7), content.subarray(700_000, 800_000))).toBe(0);
    expect(source.bytesRead - before).toBe(opened.block(7).byteLength);
    await opened.readBlock(7);
    expect(source.bytesRead - before).toBe(opened.block(7).byteLength);
  });

  it("is a source of the content", async () => {
    const file = await openXz(joined(xzFile("blocks"), xzFile("empty"), xzFile("none")));
    const content = joined(CONTENT, CONTENT);
    for (const [start, end] of [
      [0, 3000],
      [0, 0],
      [3000, 3000],
      [599, 601],
      [600, 1200],
      [1, 2999],
      [1499, 1501],
    ] as const) {
      expect(await file.read(start, end)).toEqual(content.slice(start, end));
      expect(await collect(file.pieces(start, end))).toEqual(content.slice(start, end));
    }
    const target = new Uint8Array(900);
    await file.readInto?.(target, 1100);
    expect(target).toEqual(content.slice(1100, 2000));
    await formatError(() => file.read(2999, 3001), "truncated");
    await expect(file.read(2, 1)).rejects.toThrow(RangeError);
  });

  it("decodes no further than needed where blocks are not kept", async () => {
    const content = sample(3_000_000);
    const source = countingSource(await encodeXz(content, { preset: "store", blockBytes: 2 ** 22 }));
    const opened = await openXz({ ...source, pieceSize: 2 ** 17 }, { cacheBytes: 0 });
    const before = source.bytesRead;
    expect(await opened.read(100_000, 100_100)).toEqual(content.slice(100_000, 100_100));
    expect(source.bytesRead - before).toBeLessThan(600_000);
  });

  it("decodes a block once for all who want it at the same time, and for all even when one gives up", async () => {
    const source = countingSource(xzFile("plain"));
    const file = await openXz(source);
    const before = source.reads.length;
    const stop = new AbortController();
    const [first, second] = [file.readBlock(0, { signal: stop.signal }), file.readBlock(0)];
    stop.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(await second).toEqual(CONTENT);
    expect(source.reads.length - before).toBeLessThanOrEqual(2);
  });

  it("keeps no more decoded blocks than it may", async () => {
    const content = sample(400);
    const source = countingSource(await encodeXz(content, { preset: "store", blockBytes: 100 }));
    const file = await openXz(source, { cacheBytes: 250 });
    const readsFor = async (index: number): Promise<number> => {
      const before = source.reads.length;
      await file.readBlock(index);
      return source.reads.length - before;
    };
    const seen: number[] = [];
    for (const index of [0, 1, 0, 2, 0, 1]) seen.push(await readsFor(index));
    expect(seen).toEqual([1, 1, 0, 1, 0, 1]);
  });

  it("says which block is damaged, and reads the others", async () => {
    const broken = xzFile("sized");
    const { offset, byteLength } = (await openXz(broken)).block(1);
    broken[offset + byteLength - 1] = (broken[offset + byteLength - 1] as number) ^ 1;
    const file = await openXz(broken);
    expect(await file.readBlock(0)).toEqual(CONTENT.slice(0, 600));
    expect(await file.readBlock(2)).toEqual(CONTENT.slice(1200));
    const error = await formatError(() => file.readBlock(1), "checksum");
    expect(error.path).toBe("streams[0].blocks[1]");
    expect(error.offset).toBe(offset + byteLength - 8);
    // What failed is not kept as if it were the block.
    await formatError(() => file.readBlock(1), "checksum");
  });
});

describe("hostile indexes", () => {
  it.each([
    ["blocks before the file", [{ unpaddedBytes: 4000, uncompressedBytes: 10 }], "corrupt"],
    ["a size that no data of this length can have", [{ unpaddedBytes: 32, uncompressedBytes: 2 ** 40 }], "corrupt"],
    ["a block smaller than any", [{ unpaddedBytes: 4, uncompressedBytes: 0 }], "corrupt"],
    ["fewer bytes than there are", [{ unpaddedBytes: 20, uncompressedBytes: 1 }], "not-this-format"],
  ] as const)("%s", async (_, records, code) => {
    await formatError(() => openXz(forged(records)), code);
  });

  it("a block that is none", async () => {
    const file = await openXz(forged([{ unpaddedBytes: 32, uncompressedBytes: 10 }]));
    await formatError(() => file.readBlock(0), "corrupt");
  });

  it("more blocks than are allowed, in one stream or many", async () => {
    await formatError(() => openXz(xzFile("blocks"), { maxBlocks: 2 }), "limit");
    const many = joined(...Array.from({ length: 50 }, () => xzFile("empty")));
    await formatError(() => openXz(many, { maxBlocks: 40 }), "limit");
    expect((await openXz(many)).streams.length).toBe(50);
  });

  it("a count of blocks that the index cannot hold", async () => {
    const file = forged([{ unpaddedBytes: 32, uncompressedBytes: 10 }]);
    file[45] = 0x7f;
    await formatError(() => openXz(file), "corrupt");
  });

  it("a block larger than may be held", async () => {
    const file = await openXz(xzFile("plain"), { maxBlockBytes: 1000 });
    await formatError(() => file.readBlock(0), "limit");
    // Ranges need not hold it.
    expect(await file.read(500, 600)).toEqual(CONTENT.slice(500, 600));
  });

  it.each([
    ["no .xz file", sample(64), "not-this-format"],
    ["nothing", new Uint8Array(0), "truncated"],
    ["only padding behind the header", joined(xzFile("plain").subarray(0, 12), new Uint8Array(40)), "truncated"],
    ["header and footer that differ", joined(headerBytes("crc32"), xzFile("empty").subarray(12)), "corrupt"],
  ] as const)("%s", async (_, file, code) => {
    await formatError(() => openXz(file), code);
  });
});
