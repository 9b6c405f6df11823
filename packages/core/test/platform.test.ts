import { randomBytes } from "node:crypto";
import { deflateRawSync, inflateRawSync, crc32 as nodeCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as browser from "../src/platform/browser.js";
import * as node from "../src/platform/node.js";
import type { Platform } from "../src/platform/platform.js";
import { collect, formatError, noise, piecesOf, text } from "./support-io.js";

const platforms = { node, browser } satisfies Record<string, Platform>;

/** Some that compresses well, some that does not. */
const content = Buffer.concat([Buffer.alloc(20_000, "numpy "), noise(300_000), Buffer.alloc(2_100_000, "somakit ")]);
const compressed = new Uint8Array(deflateRawSync(content));

describe.each(Object.entries(platforms))("%s platform", (_, platform: Platform) => {
  it.each([1, 1000, 1 << 20])("inflates input that comes in pieces of %i bytes", async (size) => {
    const part = size === 1 ? compressed.subarray(0, 0) : compressed;
    const small = new Uint8Array(deflateRawSync(text("hello")));
    const [input, expected] = size === 1 ? [small, text("hello")] : [part, content];
    const whole = await platform.inflateRaw(piecesOf(input, size), expected.byteLength);
    expect(Buffer.compare(whole, expected)).toBe(0);
    const pieces = await collect(platform.inflateRawChunks(piecesOf(input, size), expected.byteLength));
    expect(Buffer.compare(pieces, expected)).toBe(0);
  });

  it("gives memory that nobody else uses", async () => {
    const whole = await platform.inflateRaw(piecesOf(new Uint8Array(deflateRawSync(text("hello"))), 99), 5);
    expect(whole.byteOffset).toBe(0);
    expect(whole.buffer.byteLength).toBeLessThan(100);
    expect((await platform.inflateRaw(piecesOf(new Uint8Array([3, 0]), 9), 0)).byteLength).toBe(0);
  });

  it("shows each piece of the result in order", async () => {
    const seen: Uint8Array[] = [];
    const onPiece = (piece: Uint8Array): void => void seen.push(new Uint8Array(piece));
    await platform.inflateRaw(piecesOf(compressed, 50_000), content.byteLength, { onPiece });
    expect(Buffer.compare(Buffer.concat(seen), content)).toBe(0);
  });

  it.each([
    ["more bytes than announced", compressed, content.byteLength - 1, "limit"],
    ["far more bytes than announced", compressed, 10, "limit"],
    ["fewer bytes than announced", compressed, content.byteLength + 1, "truncated"],
    ["data that ends early", compressed.subarray(0, 200_000), content.byteLength, "truncated"],
    ["no data", new Uint8Array(0), 10, "truncated"],
    ["damaged data", Buffer.from([0xff, 1, 2, 3, 4, 5, 6, 7]), 10, "corrupt"],
  ] as const)("refuses %s", async (_name, bytes, size, code) => {
    await formatError(() => platform.inflateRaw(piecesOf(bytes, 4096), size), code);
    await formatError(() => collect(platform.inflateRawChunks(piecesOf(bytes, 4096), size)), code);
  });

  it("ignores what follows the end of the compressed data", async () => {
    const long = Buffer.concat([compressed, noise(3 << 20)]);
    expect(Buffer.compare(await platform.inflateRaw(piecesOf(long, 1 << 20), content.byteLength), content)).toBe(0);
    expect((await collect(platform.inflateRawChunks(piecesOf(long, 1 << 20), content.byteLength))).byteLength).toBe(
      content.byteLength,
    );
  });

  it("stops reading and closes the input when the caller stops", async () => {
    let closed = false;
    let read = 0;
    async function* input(): AsyncGenerator<Uint8Array, void, void> {
      try {
        for await (const piece of piecesOf(compressed, 4096)) {
          read += piece.byteLength;
          yield piece;
        }
      } finally {
        closed = true;
      }
    }
    for await (const _piece of platform.inflateRawChunks(input(), content.byteLength)) break;
    expect(closed).toBe(true);
    expect(read).toBeLessThanOrEqual(compressed.byteLength);
  });

  it.each(["eager", "lazy"] as const)(
    "leaves nothing behind when the caller stops again and again, fed %s",
    async (feed) => {
      const rejections: unknown[] = [];
      const onRejection = (error: unknown): void => void rejections.push(error);
      process.on("unhandledRejection", onRejection);
      const inflaters = (): number => process.getActiveResourcesInfo().filter((name) => /zlib/i.test(name)).length;
      const before = inflaters();
      let open = 0;
      async function* input(): AsyncGenerator<Uint8Array, void, void> {
        open++;
        try {
          yield* piecesOf(compressed, 4096);
        } finally {
          open--;
        }
      }
      for (let turn = 0; turn < 60; turn++) {
        let pieces = 0;
        for await (const _piece of platform.inflateRawChunks(input(), content.byteLength, { feed })) {
          if (++pieces > turn % 3) break;
        }
        expect(open).toBe(0);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.off("unhandledRejection", onRejection);
      expect([rejections, inflaters()]).toEqual([[], before]);
    },
  );

  it("takes in no more input than it needs when it is fed lazily", async () => {
    let taken = 0;
    async function* input(): AsyncGenerator<Uint8Array, void, void> {
      for await (const piece of piecesOf(compressed, 4096)) {
        taken += piece.byteLength;
        yield piece;
      }
    }
    let made = 0;
    for await (const piece of platform.inflateRawChunks(input(), content.byteLength, { feed: "lazy" })) {
      made += piece.byteLength;
      if (made > 40_000) break;
    }
    // Behind the first 20,000 bytes come 300,000 that cannot be compressed.
    expect(taken).toBeLessThan(100_000);
    expect(
      Buffer.compare(await collect(platform.inflateRawChunks(input(), content.byteLength, { feed: "lazy" })), content),
    ).toBe(0);
  });

  it("passes on what the input throws", async () => {
    const broken = (): AsyncGenerator<Uint8Array, void, void> =>
      (async function* () {
        yield compressed.subarray(0, 100);
        throw new Error("disk on fire");
      })();
    await expect(platform.inflateRaw(broken(), content.byteLength)).rejects.toThrow("disk on fire");
    await expect(collect(platform.inflateRawChunks(broken(), content.byteLength))).rejects.toThrow("disk on fire");
  });

  it("stops when aborted", async () => {
    const abort = new AbortController();
    async function* input(): AsyncGenerator<Uint8Array, void, void> {
      for await (const piece of piecesOf(compressed, 1000)) {
        yield piece;
        abort.abort(new Error("enough"));
      }
    }
    const { signal } = abort;
    await expect(platform.inflateRaw(input(), content.byteLength, { signal })).rejects.toThrow("enough");
    await expect(collect(platform.inflateRawChunks(input(), content.byteLength, { signal }))).rejects.toThrow("enough");
  });

  it("inflates the beginning of data that is not all there", async () => {
    const start = await platform.inflateRawStart(compressed.subarray(0, 4096));
    expect(start.byteLength).toBeGreaterThan(2000);
    expect(Buffer.compare(start, content.subarray(0, start.byteLength))).toBe(0);
    expect((await platform.inflateRawStart(new Uint8Array(0))).byteLength).toBe(0);
  });

  it.each([1, 6, 9])("compresses what any zlib inflates, level %i", async (level) => {
    for (const bytes of [
      content,
      content.subarray(0, 2 << 20),
      noise(70_000),
      new Uint8Array(3 << 20),
      text("a"),
      text(""),
    ]) {
      const reused = new Uint8Array(333_333);
      async function* input(): AsyncGenerator<Uint8Array, void, void> {
        for await (const piece of piecesOf(bytes, reused.byteLength)) {
          reused.set(piece);
          yield reused.subarray(0, piece.byteLength);
        }
      }
      const deflated = await collect(platform.deflateRaw(input(), { level }));
      expect(Buffer.compare(inflateRawSync(deflated), bytes)).toBe(0);
    }
  });

  it("stops compressing when aborted, when the caller stops, and when the input fails", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect(platform.deflateRaw(piecesOf(content, 1000), { level: 6, signal }))).rejects.toThrow("enough");
    for await (const _piece of platform.deflateRaw(piecesOf(noise(9 << 20), 1 << 20), { level: 1 })) break;
    async function* broken(): AsyncGenerator<Uint8Array, void, void> {
      yield noise(3 << 20);
      throw new Error("disk on fire");
    }
    await expect(collect(platform.deflateRaw(broken(), { level: 6 }))).rejects.toThrow("disk on fire");
  });

  it("sums up as zlib does", () => {
    for (const length of [0, 1, 7, 8, 9, 1000, 65537]) {
      const bytes = randomBytes(length);
      const half = length >> 1;
      expect(platform.crc32(bytes)).toBe(nodeCrc32(bytes));
      expect(platform.crc32(new Uint8Array(0), nodeCrc32(bytes))).toBe(nodeCrc32(bytes));
      expect(platform.crc32(bytes.subarray(half), platform.crc32(bytes.subarray(0, half)))).toBe(nodeCrc32(bytes));
    }
  });

  it("hashes in pieces", () => {
    const hash = platform.sha256();
    hash.update(text("ab"));
    hash.update(text("c"));
    expect(hash.hex()).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("has at least one thread", () => {
    expect(platform.threads).toBeGreaterThanOrEqual(1);
  });
});
