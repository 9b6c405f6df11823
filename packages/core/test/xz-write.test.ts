import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeXz, openXz, readXz, type XzPreset, type XzTuning, XzWriter } from "../src/codec/xz/index.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { noise } from "./support-io.js";
import { describeWithXz, ENGINES, sample, xz } from "./support-xz.js";

const PRESETS: readonly XzPreset[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "store"];
const CHECKS = ["none", "crc32", "crc64", "sha256"] as const;

const TUNINGS: readonly XzTuning[] = [
  { lc: 0, lp: 2, pb: 2 },
  { lc: 4, lp: 0, pb: 0 },
  { lc: 0, lp: 4, pb: 4 },
  { lc: 0, lp: 0, pb: 0, parser: "greedy", finder: "hc4" },
  { dictionaryBytes: 4096, finder: "bt4", niceLength: 8, depth: 1 },
  { dictionaryBytes: 5000, finder: "hc3", niceLength: 273, depth: 1000 },
  { parser: "greedy", finder: "bt4", niceLength: 16 },
  { parser: "greedy", period: 1 },
  { period: 2, finder: "bt4" },
  { period: 60_000, lc: 0, lp: 2 },
  { period: 2 ** 30 },
];

/** Records of one odd size, of small 32-bit integers that seldom change from one record to the next. */
function records(count: number): Uint8Array[] {
  const size = 10_000;
  const changes = noise(count * size);
  const values = Int32Array.from(noise(size), (byte) => (byte % 9) - 4);
  return Array.from({ length: count }, (_, record) => {
    for (let at = 0; at < size; at++) {
      const change = changes[record * size + at] as number;
      if (change < 50) values[at] = (values[at] as number) + (change % 2 === 0 ? 1 : -1);
    }
    return Uint8Array.of(0xc7, ...new Uint8Array(values.slice().buffer));
  });
}

async function expectSame(file: Uint8Array, content: Uint8Array): Promise<void> {
  for (const engine of ENGINES) expect(Buffer.compare(await readXz(file, { engine }), content)).toBe(0);
}

describe("encoding", () => {
  it.each(PRESETS)("with preset %s gives the content back", async (preset) => {
    const content = sample(150_000);
    const file = await encodeXz(content, { preset });
    await expectSame(file, content);
    if (preset !== "store") expect(file.byteLength).toBeLessThan(content.byteLength / 4);
  });

  it("gets smaller with more effort", async () => {
    const content = sample(150_000);
    const sizes = await Promise.all(
      ([0, 3, 6] as const).map(async (preset) => (await encodeXz(content, { preset })).length),
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it("gives the same bytes every time, whatever was encoded before", async () => {
    const first = await encodeXz(sample(100_000), { preset: 5 });
    await encodeXz(noise(50_000), { preset: 9 });
    expect(Buffer.compare(await encodeXz(sample(100_000), { preset: 5 }), first)).toBe(0);
  });

  it("makes hardly more of what cannot be compressed", async () => {
    const content = noise(500_000);
    const file = await encodeXz(content, { preset: 6 });
    expect(file.byteLength).toBeLessThan(content.byteLength + 200);
    await expectSame(file, content);
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 65_535, 65_536, 65_537])("takes %i bytes", async (size) => {
    for (const preset of [0, 6, "store"] as const) {
      for (const content of [noise(size), new Uint8Array(size)])
        await expectSame(await encodeXz(content, { preset }), content);
    }
  });

  it("takes runs longer than a chunk may hold", async () => {
    const content = new Uint8Array(5_000_000).fill(7);
    for (const preset of [0, 6] as const) {
      const file = await encodeXz(content, { preset });
      expect(file.byteLength).toBeLessThan(2000);
      await expectSame(file, content);
    }
  });

  it.each(TUNINGS.map((tuning) => [JSON.stringify(tuning), tuning] as const))("with %s", async (_, tuning) => {
    const content = new Uint8Array(Buffer.concat([sample(60_000), noise(3000), sample(60_000)]));
    await expectSame(await encodeXz(content, { tuning }), content);
  });

  it("finds what is one period back", async () => {
    const content = new Uint8Array(Buffer.concat(records(8)));
    const sizeWith = async (tuning: XzTuning): Promise<number> => {
      const file = await encodeXz(content, { preset: 5, tuning });
      await expectSame(file, content);
      return file.byteLength;
    };
    const flat: XzTuning = { finder: "hc4", depth: 1, niceLength: 32 };
    expect(await sizeWith({ ...flat, period: 40_001 })).toBeLessThan(0.9 * (await sizeWith(flat)));
    expect(await sizeWith({ period: 40_001 })).toBeLessThan(1.03 * (await sizeWith({})));
  });

  it("takes the period of each block, or that of the tuning", async () => {
    const content = new Uint8Array(Buffer.concat(records(4)));
    const tuning: XzTuning = { finder: "hc4", depth: 1 };
    const blocks = async (own: number | undefined, period: number): Promise<readonly number[]> => {
      const sink = new MemorySink();
      const writer = new XzWriter(sink, { preset: 5, tuning: { ...tuning, period: own } });
      for (const one of [period, undefined]) {
        await writer.write(content);
        await writer.endBlock({ period: one });
      }
      await writer.close();
      await sink.commit();
      const file = await openXz(sink.bytes());
      expect(Buffer.compare(await file.readBlock(0), content)).toBe(0);
      expect(Buffer.compare(await file.readBlock(1), content)).toBe(0);
      return [file.block(0).byteLength, file.block(1).byteLength];
    };
    const [periodic = 0, plain = 0] = await blocks(undefined, 40_001);
    expect(periodic).toBeLessThan(plain);
    expect(await blocks(40_001, 0)).toEqual([plain, periodic]);
  });

  it("gives back whatever it is given", async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.constantFrom(0, 1, 255), { maxLength: 3000 }).map((values) => Uint8Array.from(values)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 300 }))
        .map(([part, times]) => new Uint8Array(Buffer.concat(Array.from({ length: times }, () => part)))),
    );
    const run = fc.asyncProperty(
      bytes,
      fc.constantFrom(...PRESETS),
      fc.constantFrom(undefined, ...TUNINGS),
      fc.integer({ min: 1, max: 4000 }),
      async (content, preset, tuning, blockBytes) => {
        await expectSame(await encodeXz(content, { preset, tuning, blockBytes: Math.max(blockBytes, 64) }), content);
      },
    );
    await fc.assert(run, { numRuns: 150, seed: 1 });
  });

  it.each([
    { preset: 10 as XzPreset },
    { tuning: { lc: 3, lp: 2 } },
    { tuning: { dictionaryBytes: 4095 } },
    { tuning: { niceLength: 274 } },
    { tuning: { depth: 0 } },
    { tuning: { pb: 5 } },
    { blockBytes: 0 },
    { blockBytes: 2 ** 31 },
    { check: "md5" as "none" },
  ])("refuses %j", (options) => {
    expect(() => new XzWriter(new MemorySink(), options)).toThrow(RangeError);
  });
});

describe("XzWriter", () => {
  it("ends blocks where it is told to, and where they are full", async () => {
    const content = sample(10_000);
    const sink = new MemorySink();
    const writer = new XzWriter(sink, { preset: 1, blockBytes: 3000, check: "crc32" });
    await writer.endBlock();
    await writer.write(content.subarray(0, 100));
    await writer.write(content.subarray(100, 1000));
    await writer.endBlock();
    await writer.endBlock();
    for (let at = 1000; at < 10_000; at += 900) await writer.write(content.subarray(at, at + 900));
    const summary = await writer.close();
    await sink.commit();
    const file = await openXz(sink.bytes());
    expect(Array.from({ length: file.blockCount }, (_, i) => file.block(i).contentBytes)).toEqual([
      1000, 3000, 3000, 3000,
    ]);
    expect(summary).toEqual({ byteLength: sink.byteLength, contentBytes: 10_000, blockCount: 4 });
    expect(file.streams[0]?.check).toBe("crc32");
    expect(Buffer.compare(await file.read(0, 10_000), content)).toBe(0);
  });

  it("writes a stream without blocks when there is no content", async () => {
    const file = await openXz(await encodeXz(new Uint8Array(0)));
    expect([file.byteLength, file.blockCount, file.streams.length]).toEqual([0, 0, 1]);
    expect(await readXz(await encodeXz(new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  it("continues a file by another stream", async () => {
    const sink = new MemorySink();
    for (const [i, check] of CHECKS.entries()) {
      const writer = new XzWriter(sink, { check, preset: 0 });
      await writer.write(sample(1000, i));
      await writer.close();
      await sink.append(new Uint8Array(4 * i));
    }
    await sink.commit();
    const content = new Uint8Array(Buffer.concat(CHECKS.map((_, i) => sample(1000, i))));
    await expectSame(sink.bytes(), content);
    expect((await openXz(sink.bytes())).streams.map(({ check }) => check)).toEqual([...CHECKS]);
  });

  it("has copied what it was given when it says so", async () => {
    const sink = new MemorySink();
    const writer = new XzWriter(sink, { preset: 0 });
    const piece = new Uint8Array(100);
    for (let i = 0; i < 50; i++) {
      await writer.write(piece.fill(i));
    }
    await writer.close();
    await sink.commit();
    const content = await readXz(sink.bytes());
    expect(Array.from({ length: 50 }, (_, i) => content[100 * i + 99])).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });

  it("keeps the order of calls that nobody waited for", async () => {
    const sink = new MemorySink();
    const writer = new XzWriter(sink, { preset: 0 });
    const calls = [0, 1, 2, 3].flatMap((i) => [writer.write(sample(500, i)), writer.endBlock()]);
    const closing = writer.close();
    await Promise.all([...calls, closing]);
    await sink.commit();
    const content = Buffer.concat([0, 1, 2, 3].map((i) => sample(500, i)));
    expect(Buffer.compare(await readXz(sink.bytes()), content)).toBe(0);
    await expect(writer.write(new Uint8Array(1))).rejects.toThrow("the stream is closed");
    await expect(writer.close()).rejects.toThrow("the stream is closed");
  });

  it("passes on what the sink throws, and fails from then on", async () => {
    const writer = new XzWriter({ append: () => Promise.reject(new Error("disk full")) }, { preset: 0 });
    await writer.write(sample(100));
    await expect(writer.endBlock()).rejects.toThrow("disk full");
    await expect(writer.write(sample(1))).rejects.toThrow("disk full");
    await expect(writer.close()).rejects.toThrow("disk full");
    await writer.abort();
  });

  it("can be given up, by itself or by its signal, in the middle of a block", async () => {
    const content = noise(3_000_000);
    const writer = new XzWriter(new MemorySink(), { preset: 6 });
    await writer.write(content);
    const closing = writer.close();
    const outcome = expect(closing).rejects.toThrow("writing was given up");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writer.abort();
    await outcome;
    await expect(writer.write(content)).rejects.toThrow("writing was given up");

    const signal = AbortSignal.timeout(30);
    const other = new XzWriter(new MemorySink(), { preset: 6, signal });
    await other.write(content);
    await expect(other.close()).rejects.toThrow(/timeout/);
  });
});

describeWithXz("xz itself", () => {
  it.each(PRESETS)("accepts and decodes what preset %s writes, with each check", async (preset) => {
    const content = new Uint8Array(Buffer.concat([sample(50_000), noise(2000), sample(20_000)]));
    for (const check of CHECKS) {
      const file = await encodeXz(content, { preset, check, blockBytes: 30_000 });
      expect(xz(["-t"], file).byteLength).toBe(0);
      expect(Buffer.compare(xz(["-dc"], file), content)).toBe(0);
      expect(Buffer.compare(xz(["-dc", "-T2"], file), content)).toBe(0);
    }
  });

  it.each(TUNINGS.map((tuning) => [JSON.stringify(tuning), tuning] as const))("decodes %s", async (_, tuning) => {
    const content = new Uint8Array(Buffer.concat([sample(60_000), noise(3000), sample(60_000)]));
    expect(Buffer.compare(xz(["-dc"], await encodeXz(content, { tuning })), content)).toBe(0);
  });

  it("is hardly better: preset 6 is at most 3 percent larger", async () => {
    const content = sample(400_000);
    const ours = await encodeXz(content, { preset: 6 });
    expect(ours.byteLength).toBeLessThan(1.03 * xz(["-6", "-c"], content).byteLength);
  });

  it.each(["-0", "-3", "-6", "-9e", "--lzma2=preset=6,lc=1,lp=3,pb=1", "--lzma2=preset=2,dict=4KiB"])(
    "writes what both decoders read: %s",
    async (option) => {
      const content = new Uint8Array(Buffer.concat([sample(100_000), noise(80_000), sample(100_000)]));
      for (const check of CHECKS) await expectSame(xz([option, "-c", `--check=${check}`], content), content);
      await expectSame(xz([option, "-c", "-T2", "--block-size=50000"], content), content);
    },
  );
});
