import { describe, expect, test } from "vitest";
import { encodeXz, openXz } from "../src/codec/xz/index.js";
import { detect } from "../src/engine/detect.js";
import { checkWith, readWith } from "../src/engine/run.js";
import type { Issue } from "../src/issues.js";
import type { Input } from "../src/source/input.js";
import { memorySource } from "../src/source/memory.js";
import { float } from "../src/value/value.js";
import { serve } from "./support-http.js";
import { countingSource, formatError } from "./support-io.js";
import {
  codecs,
  numbersIn,
  openWalk,
  packed,
  step,
  upTo,
  type Walk,
  walkBytes,
  walkLayout,
} from "./support-records.js";

const xz = (...values: Parameters<typeof packed>): Promise<Uint8Array> => encodeXz(packed(...values), { preset: 0 });

/** Top with members of one's own, nothing about, and so many steps as stated by nobody. */
async function handmade(top: Record<string, unknown>, steps: number): Promise<Uint8Array> {
  const items = upTo(steps).map((number) => new Map([["number", number]]));
  const lead = new Map<string, never>([["kind", "walk"], ...Object.entries(top)] as [string, never][]);
  return Buffer.concat([await xz(lead), await xz(null), await xz(...items)]);
}

describe.each(["none", "gzip", "xz"] as const)("a stream of records (%s)", (name) => {
  const codec = codecs[name];

  test("is read in order, again and again, several times at once", async () => {
    const file = await openWalk(await walkBytes(10, { codec }), codec);
    expect((await numbersIn(file.steps)).numbers).toEqual(upTo(10));
    const two = await Promise.all([numbersIn(file.steps), numbersIn(file.steps)]);
    expect(two.map(({ numbers }) => numbers)).toEqual([upTo(10), upTo(10)]);
    expect((await file.steps.at(3)).spots?.toList()).toEqual(step(3).spots?.toList());
  });

  test("finds records by number, from the end too, and ranges as Python's slices are", async () => {
    const { steps } = await openWalk(await walkBytes(10, { codec, perBlock: 3 }), codec);
    for (const index of [0, 2, 3, 8, 9]) expect((await steps.at(index)).number).toBe(index);
    expect((await steps.at(-1)).number).toBe(9);
    expect((await steps.at(-10)).number).toBe(0);
    for (const index of [10, -11, 1.5]) await expect(steps.at(index)).rejects.toThrow(RangeError);
    const cases: [number, number | null | undefined, number[]][] = [
      [4, 7, [4, 5, 6]],
      [8, undefined, [8, 9]],
      [-2, null, [8, 9]],
      [0, -8, [0, 1]],
      [3, 3, []],
      [7, 5, []],
      [9, 99, [9]],
      [12, 99, []],
      [-99, 1, [0]],
    ];
    for (const [start, stop, expected] of cases)
      expect((await numbersIn(steps.range(start, stop))).numbers, `${start}:${stop}`).toEqual(expected);
  });

  test("has its facts and what comes before at once", async () => {
    const file = await openWalk(await walkBytes(4, { codec, lead: { about: { by: "me" } } }), codec);
    expect(file.steps).toMatchObject({ path: "steps", stated: 4, isFinished: true });
    expect(file.steps.perBlock).toBe(name === "xz" ? 30 : undefined);
    expect(await file.steps.length()).toBe(4);
    expect(await file.steps.count()).toEqual({ count: 4, damage: undefined });
    expect(await file.about()).toEqual(new Map([["by", "me"]]));
  });

  test("is read as a whole, and has no issues", async () => {
    const layout = walkLayout(codec);
    const bytes = await walkBytes(3, { codec });
    const walk = await readWith<Walk>(layout, bytes);
    expect(walk.steps.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(Object.keys(walk.steps[0] as object)).toEqual(["number", "spots"]);
    expect(await checkWith(layout, bytes)).toEqual([]);
  });

  test("without any record is a list of none", async () => {
    const { steps } = await openWalk(await walkBytes(0, { codec }), codec);
    expect(await numbersIn(steps)).toEqual({ numbers: [], error: undefined });
    expect(await steps.length()).toBe(0);
    await expect(steps.at(0)).rejects.toThrow(RangeError);
    await expect(steps.at(-1)).rejects.toThrow(RangeError);
  });

  test("is recognised by its records", async () => {
    const layout = walkLayout(codec);
    const entry = { ...layout, containers: ["msgpack-stream"], extensions: [], load: async () => layout };
    const found = await detect([entry], memorySource(await walkBytes(2, { codec })));
    expect(found.map((one) => one.layout.id)).toEqual(["walk"]);
  });

  test("cut off anywhere gives the whole records before the cut, then says where", async () => {
    const bytes = await walkBytes(6, { codec, perBlock: 2, spots: 4 });
    const whole = (await openWalk(bytes, codec)).steps.stated;
    expect(whole).toBe(6);
    let fewest = Number.POSITIVE_INFINITY;
    for (let end = bytes.byteLength - 1; end > 0; end -= 3) {
      const cut = bytes.subarray(0, end);
      const opened = await openWalk(cut, codec).catch((error: unknown) => error);
      if (opened instanceof Error) continue;
      const { numbers, error } = await numbersIn((opened as Awaited<ReturnType<typeof openWalk>>).steps);
      expect(numbers).toEqual(upTo(numbers.length));
      expect(error, `cut at ${end}`).toMatchObject({ name: "FormatError" });
      expect((error as Error).message).toMatch(new RegExp(`^steps\\[${numbers.length}\\]`));
      fewest = Math.min(fewest, numbers.length);
    }
    expect(fewest).toBe(0);
  });
});

describe("access to one record of many", () => {
  test("reads its block alone, with few requests over HTTP", async () => {
    const bytes = await walkBytes(120, { perBlock: 10, spots: 900 });
    expect(bytes.byteLength).toBeGreaterThan(250_000);
    const source = countingSource(bytes);
    const file = await openWalk(source);
    const before = source.bytesRead;
    expect((await file.steps.at(77)).number).toBe(77);
    expect(source.bytesRead - before).toBeLessThan(bytes.byteLength / 3);
    const url = await openWalk(await serve(bytes));
    expect((await url.steps.at(-1)).number).toBe(119);
  });

  test("goes through the file once where nothing is said of blocks, and never again", async () => {
    const bytes = await walkBytes(40, { perBlock: "none" });
    const source = countingSource(bytes);
    const { steps } = await openWalk(source);
    expect(steps.perBlock).toBeUndefined();
    for (const index of [39, 0, 17, 38]) expect((await steps.at(index)).number).toBe(index);
    expect(source.bytesRead).toBeLessThan(5 * bytes.byteLength);
  });

  test.each([
    ["more to a block than there are", 4],
    ["fewer", 2],
    ["one", 1],
    ["an absurd number", 2 ** 40],
    ["none", 0],
    ["a fraction", float(2.5)],
  ])("does not believe a file that states %s", async (_, each) => {
    const items = upTo(9).map((number) => new Map([["number", number]]));
    const blocks = Buffer.concat(await Promise.all([0, 3, 6].map((first) => xz(...items.slice(first, first + 3)))));
    const about = await xz(null);
    const top = (from: number) =>
      xz(new Map<string, never>(Object.entries({ kind: "walk", total: 9, from, each }) as never));
    let start = (await top(0)).byteLength + about.byteLength;
    start = (await top(start)).byteLength + about.byteLength;
    const { steps } = await openWalk(Buffer.concat([await top(start), about, blocks]));
    for (const index of upTo(9)) expect((await steps.at(index)).number).toBe(index);
    expect((await numbersIn(steps.range(4, 8))).numbers).toEqual([4, 5, 6, 7]);
  });

  test("of a damaged block is an error, of the others none", async () => {
    const bytes = await walkBytes(9, { perBlock: 3 });
    const blocks = await openXz(bytes);
    const { offset, byteLength } = blocks.block(3);
    bytes[offset + byteLength - 4] = (bytes[offset + byteLength - 4] as number) ^ 1;
    const { steps } = await openWalk(bytes);
    expect((await steps.at(2)).number).toBe(2);
    expect((await steps.at(6)).number).toBe(6);
    const error = await formatError(() => steps.at(4), "checksum");
    expect(error.path).toBe("steps[4]/streams[2].blocks[1]");
    // In order, what is in the block comes before its check fails; verified, it does not come at all.
    expect((await numbersIn(steps)).numbers).toEqual(upTo(6));
    expect((await numbersIn(steps.records({ release: "verified" }))).numbers).toEqual(upTo(3));
    expect((await numbersIn(steps.range(1))).numbers).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("files that say less, or what is not so", () => {
  test("without a first record are read from what comes then", async () => {
    const items = upTo(3).map((number) => new Map([["number", number]]));
    const old = await openWalk(await xz(new Map([["steps", 3]]), ...items));
    expect(old.steps).toMatchObject({ stated: 3, isFinished: true });
    expect((await numbersIn(old.steps)).numbers).toEqual([0, 1, 2]);
    expect((await old.steps.at(-1)).number).toBe(2);
    const silent = await openWalk(await xz("anything", ...items));
    expect(silent.steps.stated).toBeUndefined();
    expect(await silent.steps.length()).toBe(3);
    expect(await silent.about()).toBe("anything");
  });

  test("unfinished ones have no bogus first record, and the number is counted", async () => {
    const bytes = await handmade({ total: 0, from: null }, 4);
    const { steps } = await openWalk(bytes);
    expect(steps).toMatchObject({ isFinished: false, stated: undefined });
    expect((await numbersIn(steps)).numbers).toEqual(upTo(4));
    expect(await steps.length()).toBe(4);
    expect((await steps.at(-1)).number).toBe(3);
    const issues = await checkWith(walkLayout(codecs.xz), bytes);
    expect(issues).toMatchObject([{ severity: "warning", path: "top.from", message: /did not come to its end/ }]);
    const cut = await openWalk(bytes.subarray(0, bytes.byteLength - 30));
    const { count, damage } = await cut.steps.count();
    expect(count).toBeGreaterThanOrEqual(0);
    expect(damage).toMatchObject({ code: "truncated" });
  });

  test.each([
    [5, 4],
    [3, 4],
  ])("that state %i records and have %i deliver them, and say so", async (total, there) => {
    // The stream of no records has 32 bytes.
    const start = (await handmade({ total, from: 150 }, 0)).byteLength - 32;
    const bytes = await handmade({ total, from: start }, there);
    const { steps } = await openWalk(bytes);
    expect(await steps.length()).toBe(total);
    const issues: Issue[] = [];
    expect(await numbersIn(steps.records({ onIssue: (issue) => issues.push(issue) }))).toMatchObject({
      numbers: upTo(there),
    });
    expect(issues).toMatchObject([{ code: "range", path: "steps", expected: String(total), actual: String(there) }]);
    expect(await checkWith(walkLayout(codecs.xz), bytes)).toMatchObject([{ code: "range", path: "steps" }]);
    if (there < total) await expect(steps.at(4)).rejects.toThrow(RangeError);
  });

  test.each([
    ["a place behind the end", { total: 1, from: 10_000 }, "top.from", "corrupt"],
    ["a place that is text", { total: 1, from: "12" }, "top.from", "corrupt"],
    ["no place", { total: 1 }, "top.from", "corrupt"],
    ["a number that is text", { total: "1", from: 20 }, "top.total", "corrupt"],
    ["a negative number", { total: -1, from: 20 }, "top.total", "corrupt"],
  ] as const)("with %s are refused", async (_, top, path, code) => {
    const bytes = await handmade(top, 1);
    expect((await formatError(() => openWalk(bytes), code)).path).toBe(path);
  });

  test("with a place where no stream begins fail there", async () => {
    const { steps } = await openWalk(await handmade({ total: 1, from: 20 }, 1));
    const { numbers, error } = await numbersIn(steps);
    expect(numbers).toEqual([]);
    expect(error).toMatchObject({ code: "not-this-format", offset: 20 });
  });

  test("what follows the end is an error behind all records, and an issue", async () => {
    const bytes = Buffer.concat([await walkBytes(3), Buffer.from("more")]);
    const { numbers, error } = await numbersIn((await openWalk(bytes)).steps);
    expect(numbers).toEqual([0, 1, 2]);
    expect(error).toMatchObject({ code: "corrupt", path: /^steps\[3\]\/streams/ });
    expect(await checkWith(walkLayout(codecs.xz), bytes)).toMatchObject([{ code: "unreadable", path: /^steps\[3\]/ }]);
  });

  test("damage in what comes first is found when the file is opened", async () => {
    const bytes = await walkBytes(3, { lead: { about: "x".repeat(100) } });
    const { offset, byteLength } = (await openXz(bytes)).block(1);
    bytes[offset + byteLength - 2] = (bytes[offset + byteLength - 2] as number) ^ 1;
    expect((await formatError(() => openWalk(bytes), "checksum")).path).toMatch(/^about\/streams\[1\]/);
    expect((await formatError(() => openWalk(new Uint8Array(0)), "truncated")).offset).toBe(0);
    await formatError(() => openWalk(Buffer.from("no such thing at all")), "not-this-format");
  });
});

describe("limits", () => {
  test("a record larger than allowed stops before it is in memory", async () => {
    const bytes = await walkBytes(3, { spots: 5000 });
    const { steps } = await openWalk(bytes, codecs.xz, { maxLoadBytes: 50_000 });
    expect((await numbersIn(steps)).error).toMatchObject({ code: "limit", path: "steps[0]" });
  });

  test("one pass may be bounded as a whole", async () => {
    const { steps } = await openWalk(await walkBytes(9));
    const { numbers, error } = await numbersIn(steps.records({ maxContentBytes: 1000 }));
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.length).toBeLessThan(9);
    expect(error).toMatchObject({ code: "limit" });
  });

  test("a million empty records take little memory to be counted", async () => {
    const bytes = await encodeXz(Buffer.concat([packed("about"), Buffer.alloc(3_000_000, 0x80)]), { preset: 0 });
    const { steps } = await openWalk(bytes);
    expect(await steps.length()).toBe(3_000_000);
  });

  test("a signal ends a pass, and is no answer for the next", async () => {
    const { steps } = await openWalk(await walkBytes(50, { perBlock: "none" }));
    const stop = new AbortController();
    const { numbers, error } = await numbersIn(
      (async function* () {
        for await (const one of steps.records({ signal: stop.signal })) {
          if (one.number === 2) stop.abort(new Error("enough"));
          yield one;
        }
      })(),
    );
    expect(numbers.length).toBeLessThan(50);
    expect(error).toMatchObject({ message: "enough" });
    await expect(steps.count({ signal: stop.signal })).rejects.toThrow("enough");
    expect(await steps.count()).toEqual({ count: 50, damage: undefined });
  });

  test("a caller that stops lets go of the source", async () => {
    const source = countingSource(await walkBytes(30));
    const file = await openWalk(source as Input);
    for await (const one of file.steps) if (one.number === 1) break;
    await file.close();
    expect(source.bytesRead).toBeGreaterThan(0);
  });
});
