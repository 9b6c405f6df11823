import {
  decodeXz,
  encodeXz,
  FormatError,
  MemorySink,
  memorySource,
  openXz,
  type Threads,
  XzWriter,
} from "@somakit/core";
import { nodeThreads } from "@somakit/core/node";
import { afterAll, describe, expect, it } from "vitest";

/** Bytes with much in common, the same every time. */
function sample(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let state = 1;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = i >= 200 && (state >>> 28) % 5 ? (bytes[i - 200] as number) : state >>> 24;
  }
  return bytes;
}

/** Threads that remember what they ran. */
function counting(threads: Threads): Threads & { readonly names: string[] } {
  const names: string[] = [];
  return {
    count: threads.count,
    names,
    run: (task, options) => {
      names.push(task.name);
      return threads.run(task, options);
    },
    close: () => threads.close(),
  };
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Uint8Array(Buffer.concat(parts));
}

const content = sample(1_000_000);

describe("xz on several threads", () => {
  const threads = nodeThreads({ count: 2 });
  afterAll(() => threads.close());

  it("gives the same file as one thread, block by block", async () => {
    const two = counting(threads);
    const options = { preset: 1, blockBytes: 150_000 } as const;
    const file = await encodeXz(content, { ...options, threads: two });
    expect(two.names).toEqual(Array.from({ length: 7 }, () => "encodeXzBlock"));
    expect(Buffer.compare(file, await encodeXz(content, options))).toBe(0);
  });

  it("gives the content in order", async () => {
    const two = counting(threads);
    const file = await encodeXz(content, { preset: 1, blockBytes: 150_000 });
    expect(Buffer.compare(await joined(decodeXz(file, { threads: two })), content)).toBe(0);
    expect(two.names).toEqual(Array.from({ length: 7 }, () => "decodeXzBlock"));
    const opened = await openXz(file, { threads: two });
    expect(Buffer.compare(await opened.readBlock(3), content.subarray(450_000, 600_000))).toBe(0);
    expect(two.names.length).toBe(8);
  });

  it("leaves what is one block, or has no random access, to the caller's thread", async () => {
    const two = counting(threads);
    const file = await encodeXz(content, { preset: 1 });
    expect(Buffer.compare(await joined(decodeXz(file, { threads: two })), content)).toBe(0);
    const pieces = async function* (): AsyncGenerator<Uint8Array, void, void> {
      yield file;
    };
    expect(Buffer.compare(await joined(decodeXz(pieces(), { threads: two })), content)).toBe(0);
    expect(two.names).toEqual([]);
  });

  it("gives everything before damage, then says where it is", async () => {
    const file = await encodeXz(content, { preset: 1, blockBytes: 150_000 });
    const { offset, byteLength } = (await openXz(file)).block(4);
    file.fill(0x55, offset + (byteLength >> 1), offset + (byteLength >> 1) + 4);
    const parts: Uint8Array[] = [];
    let error: unknown;
    try {
      for await (const piece of decodeXz(file, { threads })) parts.push(piece);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ path: "streams[0].blocks[4]" });
    const given = Buffer.concat(parts);
    expect(given.byteLength).toBeGreaterThan(600_000);
    expect(Buffer.compare(given.subarray(0, 600_000), content.subarray(0, 600_000))).toBe(0);

    const careful: Uint8Array[] = [];
    const all = async (): Promise<void> => {
      for await (const piece of decodeXz(file, { threads, release: "verified" })) careful.push(piece);
    };
    await expect(all()).rejects.toMatchObject({ path: "streams[0].blocks[4]" });
    expect(Buffer.concat(careful).byteLength).toBe(600_000);
  });

  it("reads a file that is cut off in order, up to there", async () => {
    const file = await encodeXz(content, { preset: 1, blockBytes: 150_000 });
    const parts: Uint8Array[] = [];
    const all = async (): Promise<void> => {
      for await (const piece of decodeXz(file.subarray(0, file.length >> 1), { threads })) parts.push(piece);
    };
    await expect(all()).rejects.toMatchObject({ code: "truncated" });
    const given = Buffer.concat(parts);
    expect(given.byteLength).toBeGreaterThan(300_000);
    expect(Buffer.compare(given, content.subarray(0, given.byteLength))).toBe(0);
  });

  it("holds few blocks at a time: it asks for no more while the caller is busy", async () => {
    const two = counting(threads);
    const file = await encodeXz(content, { preset: 0, blockBytes: 20_000 });
    for await (const _ of decodeXz(memorySource(file), { threads: two })) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      break;
    }
    expect(two.names.length).toBeLessThanOrEqual(4);
  });

  it("stops when its signal says so, in both directions", async () => {
    const stop = new AbortController();
    const writer = new XzWriter(new MemorySink(), { preset: 9, blockBytes: 100_000, threads, signal: stop.signal });
    const writing = writer.write(sample(3_000_000));
    setTimeout(() => stop.abort(new Error("enough")), 20);
    await expect(writing).rejects.toThrow("enough");
    const file = await encodeXz(content, { preset: 0, blockBytes: 20_000 });
    await expect(joined(decodeXz(file, { threads, signal: stop.signal }))).rejects.toThrow("enough");
  });

  it("works where threads cannot: slower, but no less right", async () => {
    let asked = 0;
    const none: Threads = {
      count: 2,
      run: () => {
        asked++;
        return Promise.reject(new Error("no workers here"));
      },
      close: async () => undefined,
    };
    const file = await encodeXz(content, { preset: 1, blockBytes: 150_000, threads: none });
    expect(Buffer.compare(await joined(decodeXz(file, { threads: none })), content)).toBe(0);
    // Those under way when it was found out, and none after that.
    expect(asked).toBeLessThanOrEqual(6);
  });
});
