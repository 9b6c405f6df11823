import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openZip, type ZipArchive } from "../src/codec/zip/archive.js";
import { readDirectory } from "../src/codec/zip/directory.js";
import { methodName } from "../src/codec/zip/entry.js";
import { ZipWriter } from "../src/codec/zip/writer.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import {
  collect,
  countingSource,
  expectedOf,
  fixtureBytes,
  fixtures,
  formatError,
  noise,
  piecesOf,
  text,
} from "./support-io.js";
import { extra, type MadeArchive, type MadeEntry, makeZip, u64 } from "./support-zip.js";

const open = (bytes: Uint8Array): Promise<ZipArchive> => openZip(memorySource(bytes));

async function readAll(archive: ZipArchive): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const [name, entry] of archive.entries) contents[name] = Buffer.from(await archive.read(entry)).toString();
  return contents;
}

async function written(contents: Readonly<Record<string, Uint8Array>>, level = 6): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new ZipWriter(sink, { level });
  for (const [name, bytes] of Object.entries(contents)) {
    await writer.add(name, { byteLength: bytes.byteLength, pieces: piecesOf(bytes, 700_001) });
  }
  await writer.close();
  return sink.bytes();
}

describe("reading archives", () => {
  const two: readonly MadeEntry[] = [
    { name: "a.txt", data: text("first") },
    { name: "b/ü.txt", data: text("second"), method: 0, flags: 1 << 11 },
  ];

  it.each<[string, MadeArchive]>([
    ["a plain archive", {}],
    ["a comment", { comment: text("made by hand") }],
    [
      "a comment that holds an end record",
      { comment: Buffer.concat([Buffer.from([0x50, 0x4b, 5, 6]), Buffer.alloc(30)]) },
    ],
    ["something in front", { prefix: noise(12_345) }],
    ["something behind", { suffix: text("trailing bytes") }],
    ["ZIP64 end records", { zip64: true }],
    ["ZIP64 end records and something in front", { zip64: true, prefix: noise(100) }],
  ])("takes %s", async (_, archive) => {
    expect(await readAll(await open(makeZip(two, archive)))).toEqual({ "a.txt": "first", "b/ü.txt": "second" });
  });

  it("takes an empty archive", async () => {
    expect((await open(makeZip([]))).entries.size).toBe(0);
  });

  it("takes sizes and offsets from ZIP64 fields, only those that are not in the record", async () => {
    const data = text("sixty-four");
    const stored = deflateRawSync(data).byteLength;
    const all: MadeEntry = {
      name: "all",
      data,
      size: 0xffffffff,
      compressedSize: 0xffffffff,
      offset: 0xffffffff,
      centralExtra: Buffer.concat([extra(7, text("x")), extra(1, u64(data.byteLength, stored, 0))]),
    };
    const some: MadeEntry = {
      name: "some",
      data,
      size: 0xffffffff,
      centralExtra: extra(1, u64(data.byteLength)),
    };
    expect(await readAll(await open(makeZip([all, some])))).toEqual({ all: "sixty-four", some: "sixty-four" });
  });

  it("does not believe local headers", async () => {
    const bytes = makeZip([{ name: "a", data: text("content"), localExtra: extra(99, noise(50)) }]);
    const view = new DataView(bytes.buffer);
    for (const at of [14, 18, 22]) view.setUint32(at, 0xffffffff, true);
    expect(await readAll(await open(bytes))).toEqual({ a: "content" });
  });

  it.each([
    ["UTF-8 by its flag", text("ключ"), 1 << 11, "ключ"],
    ["else code page 437", Uint8Array.of(0x63, 0x84, 0x9d, 0xff), 0, "cä¥\u00a0"],
    ["up to the first NUL", text("key\0.npy"), 0, "key"],
  ])("decodes names: %s", async (_, name, flags, expected) => {
    expect([...(await open(makeZip([{ name, flags }]))).entries.keys()]).toEqual([expected]);
  });

  it("takes the later of two entries with the same name", async () => {
    const archive = await open(
      makeZip([
        { name: "a", data: text("old") },
        { name: "b", data: text("other") },
        { name: "a", data: text("new") },
      ]),
    );
    expect(Object.entries(await readAll(archive))).toEqual([
      ["a", "new"],
      ["b", "other"],
    ]);
  });

  it("reads more than 65535 entries", async () => {
    const many = Array.from({ length: 70_000 }, (_, i): MadeEntry => ({ name: `k${i}`, method: 0 }));
    for (const zip64 of [true, false]) {
      const archive = await open(makeZip(many, { zip64, ...(zip64 ? {} : { count: 70_000 % 65_536 }) }));
      expect(archive.entries.size).toBe(70_000);
    }
  });

  it.each(fixtures(/^(?!bad_).*\.npz$/))("lists %s as Python does", async (name) => {
    const expected = expectedOf<{ zip?: { name: string; method: string; size: number }[] }>(name).zip;
    const found = (await readDirectory(memorySource(fixtureBytes(name)))).map((entry) => ({
      name: entry.name,
      method: methodName(entry.method),
      size: entry.size,
    }));
    if (expected) expect(found).toEqual(expected);
    else expect(found.length).toBeGreaterThan(0);
  });
});

describe("entries", () => {
  const big = Buffer.concat([Buffer.alloc(3_000_000, "frames "), noise(2_500_000)]);
  const bytes = makeZip([
    { name: "deflated", data: big },
    { name: "stored", data: big, method: 0 },
    { name: "empty", method: 0 },
    { name: "empty-deflated" },
  ]);

  it.each(["deflated", "stored", "empty", "empty-deflated"])("%s: whole, in pieces and by its head", async (name) => {
    for (const source of [memorySource(bytes), countingSource(bytes)]) {
      const archive = await openZip(source);
      const entry = archive.entries.get(name) as NonNullable<ReturnType<typeof archive.entries.get>>;
      const expected = name.startsWith("empty") ? Buffer.alloc(0) : big;
      expect(Buffer.compare(await archive.read(entry), expected)).toBe(0);
      expect(Buffer.compare(await collect(archive.chunks(entry)), expected)).toBe(0);
      for (const wanted of [0, 10, 5000, 300_000]) {
        const head = await archive.head(entry, wanted);
        expect(head.byteLength).toBeGreaterThanOrEqual(Math.min(wanted, expected.byteLength));
        expect(Buffer.compare(head, expected.subarray(0, head.byteLength))).toBe(0);
      }
    }
  });

  it("reports progress", async () => {
    const archive = await open(bytes);
    const seen: number[] = [];
    const entry = [...archive.entries.values()][0] as NonNullable<unknown> as Parameters<ZipArchive["read"]>[0];
    await archive.read(entry, {
      onProgress: ({ stage, done, total }) => {
        expect([stage, total]).toEqual(["read deflated", big.byteLength]);
        seen.push(done);
      },
    });
    expect(seen.at(-1)).toBe(big.byteLength);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it("gives a view of memory, and reads nothing twice from elsewhere", async () => {
    const archive = await open(bytes);
    const entry = archive.entries.get("stored") as Parameters<ZipArchive["read"]>[0];
    expect((await archive.read(entry)).buffer).toBe(bytes.buffer);
    const source = countingSource(bytes);
    const counted = await openZip(source);
    const before = source.bytesRead;
    await counted.head(counted.entries.get("deflated") as typeof entry, 100);
    expect(source.bytesRead - before).toBeLessThan(5000);
    await counted.read(counted.entries.get("deflated") as typeof entry);
    expect(source.bytesRead - before).toBeLessThan(entry.size);
  });

  it("stops when aborted", async () => {
    const archive = await openZip(countingSource(bytes));
    const entry = archive.entries.get("deflated") as Parameters<ZipArchive["read"]>[0];
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(archive.read(entry, { signal })).rejects.toThrow("enough");
    await expect(collect(archive.chunks(entry, { signal }))).rejects.toThrow("enough");
  });
});

describe("damaged and hostile archives", () => {
  const one = (entry: Partial<MadeEntry>): MadeEntry => ({ name: "a.npy", data: text("some content"), ...entry });

  it.each<[string, Uint8Array, string, number | undefined]>([
    ["nothing", new Uint8Array(0), "truncated", 0],
    ["another format", text("%PDF-1.7 and so on and so forth"), "not-this-format", 0],
    ["a few bytes", text("PK"), "truncated", 2],
    ["a cut archive", makeZip([one({})]).subarray(0, 60), "truncated", 60],
    ["a single array", fixtureBytes("bad_is_npy.npz"), "not-this-format", 0],
    ["a directory larger than the file", makeZip([one({})], { directorySize: 1e6 }), "corrupt", 100],
    ["a directory offset too large", makeZip([one({})], { directoryOffset: 1e6 }), "corrupt", 100],
    ["fewer entries than announced", makeZip([one({})], { count: 2 }), "corrupt", 100],
    [
      "a part of a split archive",
      makeZip([one({})]).map((byte, i, all) => (i === all.length - 18 ? 1 : byte)),
      "unsupported",
      100,
    ],
    ["an entry in front of the file", makeZip([one({ offset: 50 })]), "corrupt", undefined],
    ["a missing ZIP64 field", makeZip([one({ size: 0xffffffff })]), "corrupt", undefined],
    [
      "an absurd ZIP64 size",
      makeZip([one({ size: 0xffffffff, centralExtra: extra(1, u64(2n ** 63n)) })]),
      "corrupt",
      undefined,
    ],
    ["overlapping entries", makeZip([one({}), one({ name: "b", offset: 10 })]), "corrupt", undefined],
    ["entries that share their data", makeZip([one({}), one({ name: "b", offset: 0 })]), "corrupt", undefined],
    ["a name that is no UTF-8", makeZip([one({ name: Uint8Array.of(0xff), flags: 1 << 11 })]), "corrupt", undefined],
  ])("%s is refused when opened", async (_, bytes, code, offset) => {
    const error = await formatError(() => open(bytes), code as "corrupt");
    if (offset !== undefined && offset < 100) expect(error.offset).toBe(offset);
    if (offset === 100) expect(error.offset).toBeGreaterThan(0);
  });

  it.each<[string, Partial<MadeEntry>, string]>([
    ["encrypted", { flags: 1 }, "unsupported"],
    ["compressed with bzip2", { method: 12 }, "unsupported"],
    ["compressed in an unknown way", { method: 77 }, "unsupported"],
    ["a wrong checksum", { crc: 1 }, "checksum"],
    ["a wrong checksum, stored", { crc: 1, method: 0 }, "checksum"],
    ["smaller than said", { size: 13 }, "truncated"],
    ["larger than said", { size: 11 }, "limit"],
    ["stored with two sizes", { method: 0, size: 11 }, "corrupt"],
    ["another name in front of the data", { localName: text("b.npy") }, "corrupt"],
    ["a size that no deflate data can have", { size: 0xfffffffe }, "limit"],
    ["a size of exabytes", { size: 0xffffffff, centralExtra: extra(1, u64(2n ** 52n)) }, "limit"],
  ])("an entry that is %s is refused when read, by its name", async (_, lie, code) => {
    const archive = await open(makeZip([{ name: "before.npy", data: text("fine") }, one(lie)]));
    const entry = archive.entries.get("a.npy") as Parameters<ZipArchive["read"]>[0];
    for (const work of [
      () => archive.read(entry),
      () => collect(archive.chunks(entry)),
      () => archive.head(entry, entry.size),
    ]) {
      const error = await formatError(work, code as "corrupt");
      expect(error.path).toBe("a.npy");
    }
  });

  it("names what it cannot read", async () => {
    const archive = await open(makeZip([one({ method: 14 })]));
    const error = await formatError(() => archive.read([...archive.entries.values()][0] as never));
    expect(error.reason).toBe("the entry is compressed with lzma");
  });

  it("finds data behind a long local extra field", async () => {
    const archive = await openZip(countingSource(makeZip([one({ localExtra: extra(9, noise(60_000)) })])));
    const entry = archive.entries.get("a.npy") as Parameters<ZipArchive["read"]>[0];
    expect(Buffer.from(await archive.head(entry, 4)).toString()).toBe("some content");
    expect(Buffer.from(await archive.read(entry)).toString()).toBe("some content");
  });

  it("tells how far damaged data was good", async () => {
    const data = noise(200_000);
    const bytes = makeZip([{ name: "a.npy", data }]);
    bytes.fill(0xff, 120_000, 120_200);
    const archive = await open(bytes);
    const error = await formatError(() => archive.read([...archive.entries.values()][0] as never));
    expect(["corrupt", "checksum", "truncated"]).toContain(error.code);
    expect(error.offset).toBeLessThanOrEqual(data.byteLength);
  });

  it("keeps to a limit of the caller", async () => {
    const archive = await openZip(memorySource(makeZip([one({})])), { maxEntryBytes: 11 });
    const error = await formatError(() => archive.read([...archive.entries.values()][0] as never), "limit");
    expect(error.path).toBe("a.npy");
  });

  it("stops a bomb at the size that it admits", async () => {
    // 200 MB of zeros behind a directory that speaks of 100,000 bytes: possible by ratio, and a lie.
    const bomb = deflateRawSync(Buffer.alloc(200_000_000));
    const stored = makeZip([{ name: "a.npy", data: bomb, method: 0 }]);
    const view = new DataView(stored.buffer);
    const record = view.getUint32(stored.byteLength - 6, true);
    for (const at of [8, record + 10]) view.setUint16(at, 8, true);
    view.setUint32(record + 24, 100_000, true);
    const archive = await open(stored);
    const entry = [...archive.entries.values()][0] as Parameters<ZipArchive["read"]>[0];
    const before = process.memoryUsage().rss;
    const error = await formatError(() => archive.read(entry), "limit");
    expect(error.offset).toBeLessThanOrEqual(100_000);
    await formatError(() => collect(archive.chunks(entry)), "limit");
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });
});

describe("writing archives", () => {
  const contents = {
    "small.npy": text("small"),
    "empty.npy": new Uint8Array(0),
    "large.npy": Buffer.concat([Buffer.alloc(5_000_000, "frames "), noise(1_500_000)]),
    "naïve ключ.npy": text("named"),
  };

  it.each([0, 1, 6])("reads back what it writes, level %i", async (level) => {
    const archive = await open(await written(contents, level));
    expect([...archive.entries.keys()]).toEqual(Object.keys(contents));
    for (const [name, entry] of archive.entries) {
      expect(Buffer.compare(await archive.read(entry), contents[name as keyof typeof contents])).toBe(0);
      expect(methodName(entry.method)).toBe(level === 0 ? "stored" : "deflate");
    }
  });

  it("writes more than 65535 entries", async () => {
    const sink = new MemorySink();
    const writer = new ZipWriter(sink, { level: 0 });
    for (let i = 0; i < 66_000; i++)
      await writer.add(`k${i}`, { byteLength: 0, pieces: piecesOf(new Uint8Array(0), 1) });
    await writer.close();
    expect((await open(sink.bytes())).entries.size).toBe(66_000);
  });

  it("writes the same bytes every time", async () => {
    expect(Buffer.compare(await written(contents), await written(contents))).toBe(0);
  });

  it.each([
    ["too short", 9],
    ["too long", 11],
  ])("refuses content that is %s", async (_, byteLength) => {
    const writer = new ZipWriter(new MemorySink(), { level: 6 });
    await formatError(() => writer.add("a", { byteLength, pieces: piecesOf(noise(10), 3) }), "corrupt");
  });

  it.each([
    ["with a NUL", "a\0b"],
    ["that is no Unicode", "a\ud800"],
    ["that is too long", "x".repeat(65_536)],
  ])("refuses a name %s", async (_, name) => {
    const writer = new ZipWriter(new MemorySink(), { level: 6 });
    await formatError(() => writer.add(name, { byteLength: 0, pieces: piecesOf(noise(0), 1) }), "unwritable");
  });
});
