import { describe, expect, test } from "vitest";
import { readMsgpackStream } from "../src/codec/msgpack/index.js";
import { decodeXz, encodeXz, openXz, readXz } from "../src/codec/xz/index.js";
import { Offsets } from "../src/engine/records/offsets.js";
import { checkWith, readWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Sink } from "../src/source/source.js";
import { formatError } from "./support-io.js";
import {
  codecs,
  numbersIn,
  openWalk,
  packed,
  type Step,
  step,
  upTo,
  type Walk,
  walkBytes,
  walkLayout,
  writeWalk,
} from "./support-records.js";

/** A sink that keeps count of what becomes of it, and cannot change what it has got. */
function plainSink(fail?: number): Sink & { readonly ends: string[]; bytes(): Uint8Array } {
  const inner = new MemorySink();
  const ends: string[] = [];
  return {
    name: "",
    ends,
    async append(bytes) {
      if (fail !== undefined && inner.byteLength >= fail) throw new Error("the disk is full");
      await inner.append(bytes);
    },
    async commit() {
      ends.push("commit");
      await inner.commit();
    },
    async abort() {
      ends.push("abort");
      await inner.abort();
    },
    bytes: () => inner.bytes(),
  };
}

async function values(bytes: Uint8Array): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { value } of readMsgpackStream(decodeXz(bytes))) all.push(value);
  return all;
}

describe("the writer of a stream of records", () => {
  test("puts header, room, whatever comes first, and blocks of records where they belong", async () => {
    const bytes = await walkBytes(7, { perBlock: 3, lead: { about: [1] } });
    const { streams, blockCount } = await openXz(bytes);
    expect(streams.map(({ blockCount: count }) => count)).toEqual([1, 1, 3]);
    expect(blockCount).toBe(5);
    const [top, about] = await values(bytes);
    const from = streams[2]?.offset;
    expect([...(top as Map<string, unknown>)]).toEqual([
      ["kind", "walk"],
      ["total", 7],
      ["from", from],
      ["each", 3],
    ]);
    expect(about).toEqual([1]);
    const gap = bytes.subarray((streams[0]?.byteLength ?? 0) as number, streams[1]?.offset);
    expect(gap.every((byte) => byte === 0)).toBe(true);
    expect(gap.byteLength).toBeGreaterThanOrEqual(44);
  });

  test("keeps members in order, those last that belong there", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink);
    const { spots } = step(0);
    await writer.append({ a: 1, spots, number: 0, z: "z" } as Step);
    await writer.close();
    const [, , first] = await values(sink.bytes());
    expect([...(first as Map<string, unknown>).keys()]).toEqual(["a", "number", "z", "q_spots"]);
  });

  test("takes members of the first record, but for those that are not the caller's to say", async () => {
    const bytes = await walkBytes(1, { lead: { top: { kind: "other", total: 99, mine: 1, each: 5 } } });
    const [top] = await values(bytes);
    expect(Object.fromEntries(top as Map<string, unknown>)).toMatchObject({
      kind: "walk",
      total: 1,
      mine: 1,
      each: 30,
    });
  });

  test("makes the same bytes for a sink that cannot change what it has got", async () => {
    const sink = plainSink();
    const writer = await writeWalk(sink);
    for (const number of upTo(5)) await writer.append(step(number));
    await writer.close();
    expect(sink.bytes()).toEqual(await walkBytes(5));
    expect(sink.ends).toEqual(["commit"]);
  });

  test.each(["none", "gzip"] as const)("states the right place in files that are not xz (%s)", async (name) => {
    for (const count of [0, 3, 300]) {
      const codec = codecs[name];
      const { steps } = await openWalk(await walkBytes(count, { codec, spots: 2 }), codec);
      expect(steps.stated).toBe(count);
      expect((await numbersIn(steps)).numbers).toEqual(upTo(count));
    }
  });

  test("copies what it is given before it returns", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink);
    const one = step(1);
    const list = [1, 2];
    const expected = one.spots?.toList();
    const waiting = [writer.append({ ...one, list } as Step)];
    (one.spots as NdArray<"float32">).data.fill(0);
    list.push(3);
    waiting.push(writer.append(one));
    await Promise.all(waiting);
    await writer.close();
    const { steps } = await openWalk(sink.bytes());
    const first = await steps.at(0);
    expect(first.spots?.toList()).toEqual(expected);
    expect(first["list"]).toEqual([1, 2]);
  });

  test("writes records in the order of calls that nobody waited for, and counts them", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink);
    const calls = upTo(40).map((number) => writer.append(step(number)));
    expect(writer.count).toBe(40);
    const closing = writer.close();
    await Promise.all(calls);
    expect(await closing).toMatchObject({ count: 40, byteLength: sink.bytes().byteLength });
    expect((await numbersIn((await openWalk(sink.bytes())).steps)).numbers).toEqual(upTo(40));
  });

  test("takes arrays of any real type, and other steps", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink, {}, { steps: { size: 0.25 } });
    const spots = NdArray.from("float64", Float64Array.of(0.25, 0.5, 0.8), [1, 3]) as NdArray;
    await writer.append({ number: 0, spots });
    await writer.close();
    const found = (await (await openWalk(sink.bytes())).steps.at(0)).spots;
    expect(found?.dtype).toBe("float32");
    expect(found?.toList()).toEqual([[0.25, 0.5, 0.75]]);
    await expect(writeWalk(new MemorySink(), {}, { perBlock: 0 })).rejects.toThrow(RangeError);
  });

  test("makes fewer records a block of large ones, and says how many", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink, {}, { preset: "store" });
    const large = NdArray.from("float32", new Float64Array(0) as never, [0, 3]);
    expect(large.size).toBe(0);
    const spots = NdArray.from("float32", new Float32Array(3 * 400_000), [400_000, 3]) as NdArray;
    for (const number of upTo(14)) await writer.append({ number, spots });
    await writer.close();
    const { steps } = await openWalk(sink.bytes());
    expect(steps.perBlock).toBe(13);
    expect((await steps.at(13)).number).toBe(13);
  }, 30_000);
});

describe("a record that cannot be", () => {
  const bad = (spots: number[], shape: number[] = [1, 3]): Step => {
    return { number: 0, spots: NdArray.from("float32", Float32Array.from(spots), shape) as NdArray };
  };

  test.each([
    ["NaN", bad([0, Number.NaN, 0]), "steps[1].spots[0][1]", /NaN cannot be stored as int32/],
    ["a step too far", bad([0, 2 ** 31, 0]), "steps[1].spots[0][1]", /too far/],
    ["an array of another shape", bad([1, 2], [1, 2]), "steps[1].spots", /shape \(1, 2\)/],
    ["a key too few", { number: 1 }, "steps[1].spots", /"spots" is required to write a record/],
    ["a key of the schema too few", { spots: bad([0, 0, 0]).spots } as Step, "steps[1].number", /required/],
    ["a value of another kind", { ...bad([0, 0, 0]), number: "1" } as unknown as Step, "steps[1].number", /text|int/],
    ["a value that msgpack has no form for", { ...bad([0, 0, 0]), set: new Set([1]) } as Step, "steps[1].set", /set/],
    ["a key that is no text", { ...bad([0, 0, 0]), map: new Map([[1, 2]]) } as Step, "steps[1].map", /key/],
    ["something else altogether", 7 as unknown as Step, "steps[1]", /./],
  ] as const)("such as %s ends the writing, and names its number and place", async (_, record, path, message) => {
    const sink = plainSink();
    const writer = await writeWalk(sink);
    await writer.append(step(0));
    const error = await formatError(() => writer.append(record as Step));
    expect(error.code).toMatch(/^(unwritable|mismatch)$/);
    expect(error.path).toBe(path);
    expect(error.message).toMatch(message);
    expect(sink.ends).toEqual(["abort"]);
    await expect(writer.append(step(2))).rejects.toBe(error);
    await expect(writer.close()).rejects.toBe(error);
    await writer.abort();
    expect(sink.ends).toEqual(["abort"]);
  });

  test("is not looked for where the caller says so", async () => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink, {}, { check: "loose" });
    await writer.append({ number: 3 });
    await writer.close();
    expect((await numbersIn((await openWalk(sink.bytes())).steps)).numbers).toEqual([3]);
  });

  test("holds itself", async () => {
    const loop: Step = step(0);
    loop["self"] = loop;
    const writer = await writeWalk(new MemorySink());
    await expect(writer.append(loop)).rejects.toMatchObject({ code: "unwritable" });
  });
});

describe("giving up", () => {
  test("leaves nothing", async () => {
    const sink = plainSink();
    const writer = await writeWalk(sink);
    await writer.append(step(0));
    await writer.abort();
    expect(sink.ends).toEqual(["abort"]);
    await expect(writer.append(step(1))).rejects.toThrow("given up");
  });

  test("after the end does nothing", async () => {
    const sink = plainSink();
    const writer = await writeWalk(sink);
    await writer.close();
    await writer.abort();
    expect(sink.ends).toEqual(["commit"]);
    await expect(writer.append(step(1))).rejects.toThrow("closed");
  });

  test("is what a signal does, and a sink that fails", async () => {
    const stop = new AbortController();
    const sink = plainSink();
    const writer = await writeWalk(sink, {}, { signal: stop.signal });
    await writer.append(step(0));
    stop.abort(new Error("enough"));
    await expect(writer.append(step(1))).rejects.toThrow("enough");
    expect(sink.ends).toEqual(["abort"]);
    const full = plainSink(0);
    const late = await writeWalk(full);
    await late.append(step(0));
    await expect(late.close()).rejects.toThrow("the disk is full");
    expect(full.ends).toContain("abort");
    expect(full.ends).not.toContain("commit");
  });
});

describe("going on with a file", () => {
  const goOn = async (after: Uint8Array, count: number, options: object = {}): Promise<Uint8Array> => {
    const sink = new MemorySink();
    const writer = await writeWalk(sink, {}, { after, ...options });
    const before = writer.count;
    for (let number = 0; number < count; number++) await writer.append(step(before + number));
    await writer.close();
    return sink.bytes();
  };

  test.each([
    [6, 3, 4],
    [7, 3, 4],
    [1, 3, 1],
    [0, 3, 2],
    [3, 3, 0],
    [5, "none", 5],
  ] as const)("of %i records, %s a block, with %i more", async (count, perBlock, more) => {
    const old = await walkBytes(count, { perBlock, lead: { about: { who: "me" } } });
    const bytes = await goOn(old, more);
    const file = await openWalk(bytes);
    expect(file.steps).toMatchObject({ stated: count + more, perBlock: perBlock === "none" ? undefined : perBlock });
    expect((await numbersIn(file.steps)).numbers).toEqual(upTo(count + more));
    expect(await file.about()).toEqual(new Map([["who", "me"]]));
    for (const index of upTo(count + more)) expect((await file.steps.at(index)).number).toBe(index);
    expect((await file.steps.at(0)).spots?.toList() ?? []).toEqual(step(0).spots?.toList());
    expect(await checkWith(walkLayout(codecs.xz), bytes)).toEqual([]);
    if (perBlock === "none") return;
    const whole = await walkBytes(count + more, { perBlock, lead: { about: { who: "me" } } });
    expect(Buffer.from(bytes).equals(whole)).toBe(true);
  });

  test("compresses anew where blocks are to have another size, or another check", async () => {
    const old = await walkBytes(5, { perBlock: 2 });
    const { steps } = await openWalk(await goOn(old, 1, { perBlock: 4 }));
    expect(steps.perBlock).toBe(4);
    expect((await steps.at(4)).number).toBe(4);
    const top = new Map<string, unknown>([["kind", "walk"]]);
    const crc32 = Buffer.concat([
      await encodeXz(packed(top as never), { preset: 0, check: "crc32" }),
      await encodeXz(packed(null), { preset: 0 }),
      await encodeXz(packed(new Map([["number", 0]])), { preset: 0, check: "crc32" }),
    ]);
    await formatError(() => goOn(crc32, 1), "corrupt");
  });

  test("without a header gives it one", async () => {
    const items = upTo(3).map((number) => new Map([["number", number]]));
    const old = await encodeXz(packed(new Map([["steps", 3]]), ...items), { preset: 0 });
    const bytes = await goOn(old, 1);
    const { steps } = await openWalk(bytes);
    expect(steps).toMatchObject({ stated: 4, perBlock: 30 });
    expect((await numbersIn(steps)).numbers).toEqual(upTo(4));
  });

  test("that was cut off takes what is whole of it, if it may", async () => {
    const old = await walkBytes(8, { perBlock: 2 });
    const cut = old.subarray(0, Math.floor(old.byteLength * 0.7));
    await formatError(() => goOn(cut, 1), "truncated");
    const { numbers } = await numbersIn((await openWalk(cut)).steps);
    expect(numbers.length).toBeGreaterThan(1);
    const bytes = await goOn(cut, 1, { recover: true });
    expect((await numbersIn((await openWalk(bytes)).steps)).numbers).toEqual(upTo(numbers.length + 1));
  });
});

describe("values as a whole", () => {
  const layout = walkLayout(codecs.xz);

  test("are written record by record, and an open file copied as it is stored", async () => {
    const sink = new MemorySink();
    const walk: Walk = { about: "a walk", steps: upTo(5).map((number) => step(number)) };
    await writeWith<Walk>(layout, sink, walk, { perBlock: 2, compression: "fast" });
    const open = await openWalk(sink.bytes());
    expect(open.steps).toMatchObject({ stated: 5, perBlock: 2 });
    const copy = new MemorySink();
    await writeWith<Walk>(layout, copy, open, { perBlock: 2, compression: "fast" });
    expect(await readXz(copy.bytes())).toEqual(await readXz(sink.bytes()));
    const again = await readWith<Walk>(layout, copy.bytes());
    expect(again.steps[4]?.spots?.toList()).toEqual(step(4).spots?.toList());
  });

  test("with a record that cannot be leave nothing", async () => {
    const sink = plainSink();
    const walk = { steps: [step(0), { number: "x" }] } as unknown as Walk;
    const error = await formatError(() => writeWith<Walk>(layout, sink, walk), "unwritable");
    expect(error.path).toMatch(/^steps\[1\]/);
    expect(sink.ends).toContain("abort");
    expect(sink.ends).not.toContain("commit");
  });
});

describe("Offsets", () => {
  test("keep every place of few records, and some of many", () => {
    const offsets = new Offsets();
    for (let i = 0; i < 3_000_000; i++) offsets.add(10 * i);
    expect(offsets.count).toBe(3_000_000);
    for (const index of [0, 1, 2 ** 20, 2 ** 21 + 5, 2_999_999]) {
      const found = offsets.before(index);
      expect(found?.offset).toBe(10 * (found?.index ?? -1));
      expect(index - (found?.index ?? 0)).toBeLessThan(4);
    }
    expect(offsets.before(3_000_000)).toBeUndefined();
    expect(offsets.before(-1)).toBeUndefined();
  });
});
