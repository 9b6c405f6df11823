import { describe, expect, it } from "vitest";
import { openPickle, readPickle, readPickleFrom } from "../src/codec/pickle/index.js";
import { ByteArray, Tuple, type Value } from "../src/value/value.js";
import { formatError, noise } from "./support-io.js";
import { loadNode, pysklBytes, sameValues, slowSource } from "./support-pickle.js";
import { ENCODE, raw, readAll, stream, u32 } from "./support-pickle-stream.js";

describe("large payloads through small windows", () => {
  it.each([1000, 5000, 100_000])("%i bytes, text and lines", async (size) => {
    const data = noise(size);
    const text = Buffer.from(data).toString("base64");
    const latin = Buffer.from(Buffer.from(data).toString("latin1"), "utf8");
    const line = Buffer.from(data).toString("hex");
    const bytes = stream(
      "MARK",
      "BINBYTES",
      u32(size),
      raw(data),
      "BINUNICODE",
      u32(text.length),
      raw(text),
      raw(ENCODE),
      "BINUNICODE",
      u32(latin.length),
      raw(latin),
      "BINUNICODE",
      u32(6),
      raw("latin1"),
      "TUPLE2",
      "REDUCE",
      "UNICODE",
      raw(`${line}\n`),
      "BINBYTES",
      u32(size),
      raw(data),
      "LIST",
      "STOP",
    );
    expect(await readAll(bytes)).toEqual([data, text, data, line, data]);
  });

  it("large bytes can be dict keys", async () => {
    const data = noise(5000);
    const bytes = stream(
      "EMPTY_DICT",
      "MARK",
      "BINBYTES",
      u32(5000),
      raw(data),
      "NONE",
      "BINBYTES",
      u32(5000),
      raw(data),
      "TUPLE1",
      "NONE",
      "SETITEMS",
      "STOP",
    );
    const keys = [...((await readAll(bytes)) as Map<Value, Value>).keys()];
    expect(keys).toEqual([data, Tuple.of(data)]);
  });
});

describe("windows of every size", () => {
  it.each(["containers_p5_np1.pkl", "proto/same_p2_np1.pkl", "proto/same_p0_np2.pkl", "npscalars_p4_np2.pkl"])(
    "%s",
    async (name) => {
      const expected = readPickle(pysklBytes(name));
      for (let chunkBytes = 1; chunkBytes < 200; chunkBytes += 3) {
        const source = slowSource(pysklBytes(name));
        expect(sameValues(await readPickleFrom(source, { chunkBytes }), expected), `${chunkBytes}`).toBe(true);
        const loaded = await loadNode(await openPickle(source, { chunkBytes }));
        expect(sameValues(loaded, expected), `${chunkBytes}, opened`).toBe(true);
      }
    },
  );

  it("works with sources that can only give new bytes", async () => {
    const { readInto: _, ...source } = slowSource(pysklBytes("layouts_p2_np1.pkl"));
    const expected = readPickle(pysklBytes("layouts_p2_np1.pkl"));
    expect(sameValues(await readPickleFrom(source, { chunkBytes: 300 }), expected)).toBe(true);
  });
});

it("values hold plain bytes, whatever the bytes given were", () => {
  const bytes = Buffer.from(
    stream(
      "MARK",
      "SHORT_BINBYTES",
      1,
      5,
      "BYTEARRAY8",
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      6,
      "NEXT_BUFFER",
      "READONLY_BUFFER",
      "LIST",
      "STOP",
    ),
  );
  expect(readPickle(bytes, { buffers: [Buffer.of(7)] })).toStrictEqual([
    Uint8Array.of(5),
    new ByteArray([6]),
    Uint8Array.of(7),
  ]);
});

describe("buffers outside the stream", () => {
  const bytes = stream("NEXT_BUFFER", "NEXT_BUFFER", "READONLY_BUFFER", "TUPLE2", "STOP");

  it("are taken in their order", async () => {
    const value = await readAll(bytes, { buffers: [Uint8Array.of(1), Uint8Array.of(2)] });
    expect(value).toStrictEqual(Tuple.of(new ByteArray([1]), Uint8Array.of(2)));
  });

  it("must be given, all of them", async () => {
    expect((await formatError(() => readPickle(bytes), "refused")).message).toContain("NEXT_BUFFER");
    await formatError(() => readPickle(bytes, { buffers: [Uint8Array.of(1)] }), "corrupt");
  });
});

describe("reading from a source", () => {
  const bytes = stream("BINBYTES", u32(300_000), raw(noise(300_000)), "STOP");

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readPickleFrom(slowSource(bytes), { signal })).rejects.toThrow("enough");
  });

  it("says how far it is", async () => {
    const done: number[] = [];
    await readPickleFrom(slowSource(bytes), { chunkBytes: 1000, onProgress: (progress) => done.push(progress.done) });
    expect(done.at(-1)).toBe(bytes.length);
  });

  it("passes on what the source has to say", async () => {
    const source = { ...slowSource(bytes), readInto: () => Promise.reject(new Error("gone")) };
    await expect(readPickleFrom(source, { chunkBytes: 1000 })).rejects.toThrow("gone");
  });
});
