import { describe, expect, it } from "vitest";
import { decodeXz, encodeXz, openXz, readXz } from "../src/codec/xz/index.js";
import { memorySource } from "../src/source/memory.js";
import { collect, countingSource, formatError, noise, piecesOf } from "./support-io.js";
import { decoded, ENGINES, sample } from "./support-xz.js";
import { XZ_FILES, type XzFileName, xzFile } from "./support-xz-files.js";

const CONTENT = sample(1500);

const readable = (Object.keys(XZ_FILES) as XzFileName[]).filter((name) => name !== "x86");

function contentOf(name: XzFileName): Uint8Array {
  return name === "empty" ? new Uint8Array(0) : name === "smallest" ? sample(9000) : CONTENT;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

describe.each(ENGINES)("decoding with %s", (engine) => {
  it.each(readable)("gives what xz put into the file %s", async (name) => {
    expect(await readXz(xzFile(name), { engine })).toEqual(contentOf(name));
  });

  it.each([1, 2, 3, 7, 64])("takes bytes in pieces of %i, from where there is no random access", async (size) => {
    const { bytes, error } = await decoded(piecesOf(xzFile("blocks"), size), { engine });
    expect(error).toBeUndefined();
    expect(bytes).toEqual(CONTENT);
  });

  it("reads streams one behind the other, each with its own check, and padding between and behind them", async () => {
    const file = joined(
      xzFile("none"),
      new Uint8Array(8),
      xzFile("empty"),
      xzFile("sha256"),
      new Uint8Array(400),
      xzFile("crc32"),
      new Uint8Array(4),
    );
    expect(await readXz(file, { engine })).toEqual(joined(CONTENT, CONTENT, CONTENT));
  });

  it("keeps as much as a small dictionary needs, however long the content is", async () => {
    const content = sample(20_000_000);
    const file = await encodeXz(content, { preset: 0, blockBytes: 2 ** 25, tuning: { dictionaryBytes: 4096 } });
    let at = 0;
    for await (const piece of decodeXz(file, { engine })) {
      expect(Buffer.compare(piece, content.subarray(at, at + piece.byteLength))).toBe(0);
      at += piece.byteLength;
    }
    expect(at).toBe(content.byteLength);
  });

  it("reads stored chunks between compressed ones", async () => {
    const content = joined(sample(100_000), noise(300_000), sample(100_000), noise(70_000));
    const file = await encodeXz(content, { preset: 1 });
    expect(Buffer.compare(await readXz(file, { engine }), content)).toBe(0);
  });
});

describe("what comes out", () => {
  it("is the caller's: pieces stay as they are while more is decoded", async () => {
    const file = await encodeXz(sample(300_000), { preset: 0, blockBytes: 50_000 });
    const pieces: Uint8Array[] = [];
    const copies: Uint8Array[] = [];
    for await (const piece of decodeXz(file)) {
      pieces.push(piece);
      copies.push(piece.slice());
    }
    expect(pieces.length).toBeGreaterThan(5);
    expect(Buffer.compare(joined(...pieces), joined(...copies))).toBe(0);
  });

  it("comes as it is decoded, before the rest of the file was asked for", async () => {
    const source = countingSource(joined(await encodeXz(noise(400_000), { preset: "store" }), new Uint8Array(2 ** 23)));
    for await (const piece of decodeXz(source)) {
      expect(piece.byteLength).toBe(65_536);
      break;
    }
    expect(source.bytesRead).toBeLessThanOrEqual(2 ** 21);
  });

  it("may be held back until the block's check has matched", async () => {
    const file = xzFile("blocks");
    const broken = file.slice();
    const last = (await openXz(file)).block(2);
    const lastCheck = last.offset + last.byteLength - 1;
    broken[lastCheck] = (broken[lastCheck] as number) ^ 1;
    const eager = await decoded(broken);
    const careful = await decoded(broken, { release: "verified" });
    expect(careful.error?.code).toBe(eager.error?.code);
    expect(careful.error?.path).toBe("streams[0].blocks[2]");
    expect(eager.bytes).toEqual(CONTENT);
    expect(careful.bytes).toEqual(CONTENT.subarray(0, 1200));
    expect((await decoded(file, { release: "verified" })).bytes).toEqual(CONTENT);
  });

  it("reports progress in bytes of the file", async () => {
    const file = xzFile("blocks");
    const seen: number[] = [];
    await readXz(memorySource(file), {
      onProgress: ({ stage, done, total }) => {
        expect([stage, total]).toEqual(["decode", file.byteLength]);
        seen.push(done);
      },
    });
    expect(seen.length).toBe(3);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe("stopping", () => {
  it("lets go of the input when the caller has enough", async () => {
    let closed = false;
    const pieces = async function* (): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield* piecesOf(xzFile("blocks"), 16);
      } finally {
        closed = true;
      }
    };
    for await (const _ of decodeXz(pieces())) break;
    expect(closed).toBe(true);
  });

  it("is possible while one thread decodes, and between two pieces", async () => {
    const file = await encodeXz(new Uint8Array(1e8), { preset: 0, blockBytes: 2 ** 27 });
    const signal = AbortSignal.timeout(20);
    const started = performance.now();
    await expect(collectLength(decodeXz(file, { signal, engine: "javascript" }))).rejects.toBe(await reasonOf(signal));
    expect(performance.now() - started).toBeLessThan(3000);
    const stopped = AbortSignal.abort(new Error("enough"));
    await expect(readXz(file, { signal: stopped })).rejects.toThrow("enough");
  });
});

async function collectLength(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let total = 0;
  for await (const piece of pieces) total += piece.byteLength;
  return total;
}

async function reasonOf(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  return signal.reason;
}

describe("limits", () => {
  it("stops at the bytes that may come out, having given those", async () => {
    const { bytes, error } = await decoded(xzFile("blocks"), { maxOutputBytes: 1000 });
    expect(error?.code).toBe("limit");
    expect(bytes).toEqual(CONTENT.subarray(0, 1000));
    expect((await decoded(xzFile("blocks"), { maxOutputBytes: 1500 })).error).toBeUndefined();
  });

  it("stops a bomb at the limit without making room for it", async () => {
    const bomb = await encodeXz(new Uint8Array(2 ** 27), { preset: 0, blockBytes: 2 ** 27 });
    expect(bomb.byteLength).toBeLessThan(40_000);
    const before = process.memoryUsage().rss;
    const { bytes, error } = await decoded(bomb, { maxOutputBytes: 2 ** 20 });
    expect(error?.code).toBe("limit");
    expect(bytes.byteLength).toBe(2 ** 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  });

  it("refuses a dictionary above the limit, wherever it may be allowed", async () => {
    const error = await formatError(() => readXz(xzFile("plain"), { maxDictionaryBytes: 2 ** 22 }), "limit");
    expect(error.path).toBe("streams[0].blocks[0]");
    expect(error.offset).toBe(12);
    expect(error.message).toContain("8388608");
    expect(await readXz(xzFile("plain"), { maxDictionaryBytes: 2 ** 23 })).toEqual(CONTENT);
  });

  it("holds no block above the limit until its check", async () => {
    await formatError(() => collect(decodeXz(xzFile("plain"), { release: "verified", maxBlockBytes: 1499 })), "limit");
  });
});

describe("what is refused", () => {
  it("names a filter that is not supported", async () => {
    const error = await formatError(() => readXz(xzFile("x86")), "unsupported");
    expect(error.message).toContain("BCJ x86");
    expect(error.path).toBe("streams[0].blocks[0]");
  });

  it.each([
    ["nothing", new Uint8Array(0), "truncated", 0],
    ["another format", noise(500), "not-this-format", 0],
    ["the beginning of the magic", Uint8Array.of(0xfd, 0x37, 0x7a), "truncated", 3],
    ["padding in front", joined(new Uint8Array(4), xzFile("plain")), "not-this-format", 0],
    ["junk behind", joined(xzFile("plain"), noise(20)), "corrupt", 328],
    ["junk behind padding", joined(xzFile("plain"), new Uint8Array(4), Uint8Array.of(1)), "corrupt", 332],
    ["odd padding", joined(xzFile("plain"), new Uint8Array(3)), "corrupt", 328],
    ["odd padding before a stream", joined(xzFile("plain"), new Uint8Array(6), xzFile("plain")), "corrupt", 328],
  ] as const)("says where %s is wrong", async (_, file, code, offset) => {
    const { error } = await decoded(file);
    expect({ code: error?.code, offset: error?.offset }).toEqual({ code, offset });
  });
});
