import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type MsgpackItem,
  type MsgpackSpan,
  readMsgpack,
  readMsgpackStream,
  splitMsgpack,
  writeMsgpack,
} from "../src/codec/msgpack/index.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import type { Value } from "../src/value/value.js";
import { collect, formatError, noise, piecesOf } from "./support-io.js";
import { goldenValues, hex, itemsOf, payload, unhex } from "./support-msgpack.js";
import { msgpackValues } from "./support-msgpack-values.js";

/** Pieces in memory that is used again for each of them. */
async function* reusedPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  const memory = new Uint8Array(size);
  for await (const piece of piecesOf(bytes, size)) {
    memory.fill(0xc1);
    memory.set(piece);
    yield memory.subarray(0, piece.length);
  }
}

/** The memory that the bytes of an item are in. */
function memoryOf(item: MsgpackItem | undefined): unknown {
  return item && (item.value as Uint8Array).buffer;
}

describe("readMsgpackStream", () => {
  it("gives the same values however the stream is cut", async () => {
    const bytes = payload("metadata_types");
    const whole = await itemsOf([bytes]);
    for (const size of [1, 2, 3, 7, 64, 1000, 3838, 4000]) {
      const items = await itemsOf(piecesOf(bytes, size));
      expect(items.map(({ offset, byteLength }) => [offset, byteLength])).toEqual(
        whole.map(({ offset, byteLength }) => [offset, byteLength]),
      );
      expect(hex(Buffer.concat(items.map(({ value }) => writeMsgpack(value))))).toBe(hex(bytes));
    }
  });

  it("gives any values back, whatever the sizes of pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(msgpackValues, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        async (values, sizes) => {
          const stored = values.map((value) => writeMsgpack(value));
          const bytes = new Uint8Array(Buffer.concat(stored));
          const pieces: Uint8Array[] = [];
          for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length] as number)
            pieces.push(bytes.subarray(at, at + (sizes[i % sizes.length] as number)));
          const items = await itemsOf(pieces);
          expect(items.map(({ value }) => hex(writeMsgpack(value)))).toEqual(stored.map(hex));
        },
      ),
      { numRuns: 100, seed: 2 },
    );
  });

  it("accepts empty pieces and an empty stream", async () => {
    const none = new Uint8Array(0);
    expect(await itemsOf([])).toEqual([]);
    expect(await itemsOf([none, none])).toEqual([]);
    const items = await itemsOf([none, unhex("a2"), none, unhex("61"), none, unhex("62 c0"), none]);
    expect(items).toEqual([
      { value: "ab", offset: 0, byteLength: 3 },
      { value: null, offset: 3, byteLength: 1 },
    ]);
  });

  it("gives a value as soon as its last byte is there", async () => {
    const asked: number[] = [];
    function* pieces(): Generator<Uint8Array, void, void> {
      for (let i = 0; i < 4; i++) {
        asked.push(i);
        yield writeMsgpack(i);
      }
    }
    const stream = readMsgpackStream(pieces());
    expect((await stream.next()).value).toMatchObject({ value: 0 });
    expect(asked).toEqual([0]);
    expect((await stream.next()).value).toMatchObject({ value: 1, offset: 1 });
    expect(asked).toEqual([0, 1]);
  });

  it("makes views of a piece that holds a value, and copies what is cut", async () => {
    const bytes = writeMsgpack(noise(1000));
    const [whole] = await itemsOf([bytes]);
    expect(memoryOf(whole)).toBe(bytes.buffer);
    const [cut] = await itemsOf(piecesOf(bytes, 400));
    expect(memoryOf(cut)).not.toBe(bytes.buffer);
    const [own] = await itemsOf([bytes], { memory: "own" });
    expect(memoryOf(own)).not.toBe(bytes.buffer);
    for (const item of [whole, cut, own]) expect(item?.value).toEqual(noise(1000));
  });

  it("takes pieces whose memory is used again, when values own theirs", async () => {
    const bytes = payload("varying_people");
    for (const size of [5, 100, 2000]) {
      const items = await itemsOf(reusedPieces(bytes, size), { memory: "own" });
      expect(hex(Buffer.concat(items.map(({ value }) => writeMsgpack(value))))).toBe(hex(bytes));
    }
  });

  it("delivers what is whole and says where the rest was cut", async () => {
    const bytes = new Uint8Array(Buffer.concat([writeMsgpack([1, 2]), writeMsgpack("x".repeat(50))]));
    for (let end = 4; end < bytes.length; end++) {
      const values: Value[] = [];
      const error = await formatError(async () => {
        for await (const { value } of readMsgpackStream(piecesOf(bytes.subarray(0, end), 7), { baseOffset: 1000 }))
          values.push(value);
      }, "truncated");
      expect(values).toEqual([[1, 2]]);
      expect(error.offset).toBe(1000 + end);
    }
  });

  it("counts offsets of errors from the start of the stream", async () => {
    const good = writeMsgpack(new Map([["a", 1]]));
    const bad = unhex("82 a16b 01 a5 68656c6cff c0");
    const bytes = new Uint8Array(Buffer.concat([good, good, bad]));
    for (const size of [1, 4, 100]) {
      const error = await formatError(() => itemsOf(piecesOf(bytes, size)), "corrupt");
      expect(error.offset).toBe(8 + 9);
      const never = await formatError(() => itemsOf(piecesOf(Uint8Array.of(...good, 0x91, 0xc1), size)), "corrupt");
      expect(never.offset).toBe(5);
      expect(never.reason).toBe("0xc1 starts no msgpack value");
    }
  });

  it("stops asking for pieces when the caller stops, and when the signal says so", async () => {
    let closed = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void, void> {
      try {
        for (;;) yield Uint8Array.of(1, 2);
      } finally {
        closed++;
      }
    }
    for await (const { value } of readMsgpackStream(endless())) if (value === 2) break;
    expect(closed).toBe(1);
    const abort = new AbortController();
    await expect(async () => {
      for await (const { offset } of readMsgpackStream(endless(), { signal: abort.signal }))
        if (offset > 10) abort.abort(new Error("enough"));
    }).rejects.toThrow("enough");
    expect(closed).toBe(2);
  });

  it("passes on what the pieces themselves throw", async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void, void> {
      yield Uint8Array.of(0x92, 1);
      throw new FormatError("checksum", "the block is damaged");
    }
    await formatError(() => itemsOf(broken()), "checksum");
  });
});

describe("splitMsgpack", () => {
  it("finds each value of what Python wrote, without decoding it", async () => {
    const stored = goldenValues().map((entry) => unhex(entry.hex));
    const bytes = new Uint8Array(Buffer.concat(stored));
    for (const size of [1, 13, 5000, bytes.length]) {
      const spans: string[] = [];
      let at = 0;
      for await (const span of splitMsgpack(piecesOf(bytes, size))) {
        expect(span.offset).toBe(at);
        at += span.bytes.length;
        spans.push(hex(span.bytes));
      }
      expect(spans).toEqual(stored.map(hex));
    }
  });

  it("leaves to decoding what only decoding finds out", async () => {
    const spans: MsgpackSpan[] = [];
    for await (const span of splitMsgpack([payload("pickle_payload")])) spans.push(span);
    expect(spans).toHaveLength(4);
    expect(() => readMsgpack((spans[3] as MsgpackSpan).bytes)).toThrow(/refused/);
  });
});

describe("limits", () => {
  const nest = (depth: number, inner: string): Uint8Array => unhex("91".repeat(depth) + inner);

  it("are as deep as Python writes", async () => {
    expect(readMsgpack(nest(511, "90"))).toBeInstanceOf(Array);
    expect(readMsgpack(nest(511, "05"))).toBeInstanceOf(Array);
    const error = await formatError(() => readMsgpack(nest(512, "05")), "limit");
    expect(error).toMatchObject({ reason: "values nested more than 511 deep", offset: 511 });
    await formatError(() => readMsgpack(nest(1e6, "05")), "limit");
    expect(readMsgpack(nest(1000, "c0"), { maxDepth: 1000 })).toBeInstanceOf(Array);
    await formatError(() => readMsgpack(nest(3, "c0"), { maxDepth: 2 }), "limit");
    expect(() => readMsgpack(nest(3, "c0"), { maxDepth: 1e6 })).toThrow(RangeError);
  });

  it.each([
    ["a list", "dd ffffffff"],
    ["a map", "df ffffffff"],
    ["bytes", "c6 ffffffff"],
    ["text", "db ffffffff 61"],
    ["an extension", "c9 ffffffff 05"],
    ["a list in a list", `${"dd 0fffffff".repeat(100)}`],
  ])("give no memory to %s that is said to be long", async (_, stored) => {
    const error = await formatError(() => readMsgpack(unhex(stored), { maxMemory: Number.POSITIVE_INFINITY }));
    expect(error.code).toBe("truncated");
    await formatError(() => itemsOf([unhex(stored)]), "limit");
    const before = process.memoryUsage().arrayBuffers;
    await formatError(() => itemsOf([unhex(stored)], { maxBytes: 2 ** 40, maxMemory: 2 ** 60 }), "truncated");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 23);
  });

  it("hold for the bytes of one value, not of the stream", async () => {
    const value = writeMsgpack(noise(998));
    expect(value).toHaveLength(1001);
    const bytes = new Uint8Array(Buffer.concat([value, value, value]));
    expect(await itemsOf(piecesOf(bytes, 100), { maxBytes: 1001 })).toHaveLength(3);
    const error = await formatError(() => itemsOf(piecesOf(bytes, 100), { maxBytes: 1000 }), "limit");
    expect(error).toMatchObject({ reason: "more than 1000 bytes", offset: 3 });
    expect(readMsgpack(value)).toHaveLength(998);
    await formatError(() => readMsgpack(value, { maxBytes: 1000 }), "limit");
  });

  it("are Python's for a value of a stream: 100 MiB", async () => {
    const head = unhex("c6 063ffffb");
    const asked: number[] = [];
    async function* pieces(first: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
      yield first;
      asked.push(1);
    }
    await formatError(() => itemsOf(pieces(head)), "truncated");
    expect(asked).toHaveLength(1);
    await formatError(() => itemsOf(pieces(unhex("c6 063ffffc"))), "limit");
    expect(asked).toHaveLength(1);
  });

  it("hold for what objects take in memory, before one is made", async () => {
    const maps = new Uint8Array(6e6).fill(0x80);
    const bytes = new Uint8Array(Buffer.concat([unhex("dd 005b8d80"), maps]));
    const error = await formatError(() => readMsgpack(bytes), "limit");
    expect(error.reason).toMatch(/objects take more than 1073741824 bytes of memory/);
    const few = new Uint8Array(Buffer.concat([unhex("dc 1000"), maps.subarray(0, 0x1000)]));
    expect(readMsgpack(few)).toHaveLength(0x1000);
    await formatError(() => readMsgpack(few, { maxMemory: 100_000 }), "limit");
  });

  it("let no bytes at all do harm", async () => {
    let values = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const bytes = noise(200, seed);
      try {
        for await (const _ of readMsgpackStream(piecesOf(bytes, 1 + (seed % 50)), { keys: "any" })) values++;
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect(["truncated", "corrupt", "unsupported", "limit", "refused"]).toContain((error as FormatError).code);
      }
    }
    expect(values).toBeGreaterThan(1000);
  });

  it("let no single changed byte of a real file do harm", async () => {
    const bytes = payload("rounding");
    let failed = 0;
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ flip;
        try {
          for (const { value } of await itemsOf([changed], { keys: "any" })) {
            const again = value instanceof Map ? [...value.values()].filter((item) => item instanceof NdArray) : [];
            for (const array of again) expect((array as NdArray).toBytes().length).toBe((array as NdArray).byteLength);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          failed++;
        }
      }
    }
    expect(failed).toBeGreaterThan(300);
  });
});

it("streams of long arrays are split without being copied", async () => {
  const array = NdArray.from("<i4", new Int32Array(100_000));
  const bytes = writeMsgpack(array);
  expect((await collect(piecesOf(bytes, 1000))).length).toBe(bytes.length);
  const [item] = (await itemsOf([bytes])) as [MsgpackItem];
  expect((item.value as NdArray).storedBytes()?.bytes.buffer).toBe(bytes.buffer);
});
