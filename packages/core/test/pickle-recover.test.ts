import { describe, expect, it } from "vitest";
import { openPickle, readPickle, writePickle } from "../src/codec/pickle/index.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import type { GroupNode, ListNode } from "../src/tree/node.js";
import type { Value } from "../src/value/value.js";

/** A data set as training reads it, with `count` clips. */
function dataset(count: number, protocol: 2 | 3 | 4 | 5): Uint8Array {
  const clips = Array.from(
    { length: count },
    (_, index) =>
      new Map<string, Value>([
        ["name", `clip${index}`],
        ["points", NdArray.from("float32", new Float32Array([index, 2, 3, 4]), [2, 2]) as unknown as Value],
        ["label", index],
      ]),
  );
  const split = new Map<string, Value>([["train", clips.map((_, index) => `clip${index}`)]]);
  return writePickle(
    new Map<string, Value>([
      ["split", split],
      ["clips", clips],
    ]) as unknown as Value,
    { protocol },
  );
}

function failure(bytes: Uint8Array): FormatError {
  try {
    readPickle(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error("was read");
}

/** What is recovered of the first `length` bytes: numbers of the clips. */
function clipsOf(bytes: Uint8Array, length: number): readonly Value[] {
  const root = readPickle(bytes.subarray(0, length), { recover: true }) as ReadonlyMap<string, readonly Value[]>;
  return (root.get("clips") ?? []).map((clip) => (clip as ReadonlyMap<string, Value>).get("label") as Value);
}

describe("a pickle that was cut off", () => {
  const bytes = dataset(5, 4);

  it("says in its error how many items of its longest list were complete", () => {
    const error = failure(bytes.subarray(0, bytes.length - 20));
    expect(error.code).toBe("truncated");
    expect(error.reason).toMatch(/^stream ends at byte \d+ before STOP.*; 4 items of clips were complete$/);
  });

  it("says nothing about items when none was complete", () => {
    expect(failure(bytes.subarray(0, 20)).reason).not.toContain("complete");
  });

  it.each([2, 3, 4, 5] as const)("gives the complete items when it is recovered (protocol %i)", (protocol) => {
    const whole = dataset(5, protocol);
    expect(clipsOf(whole, whole.length - 10)).toEqual([0, 1, 2, 3]);
  });

  it("gives ever more items the later it ends, each of them whole", () => {
    let before = -1;
    for (let length = 2; length < bytes.length; length++) {
      let labels: readonly Value[] = [];
      try {
        labels = clipsOf(bytes, length);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        continue;
      }
      expect(labels).toEqual(labels.map((_, index) => index));
      expect(labels.length).toBeGreaterThanOrEqual(before);
      before = labels.length;
    }
    expect(before).toBe(5);
  });

  it("goes beyond the thousand items that a pickler writes at once", () => {
    const many = dataset(2500, 2);
    const labels = clipsOf(many, many.length - 30);
    expect(labels.length).toBe(2499);
    expect(labels.at(-1)).toBe(2498);
  });

  it("has what stands before the list", () => {
    const root = readPickle(bytes.subarray(0, bytes.length - 20), { recover: true }) as ReadonlyMap<string, Value>;
    expect([...root.keys()]).toEqual(["split", "clips"]);
    expect((root.get("split") as ReadonlyMap<string, readonly Value[]>).get("train")).toHaveLength(5);
  });

  it("hands the error to whoever asks for it", () => {
    const errors: FormatError[] = [];
    readPickle(bytes.subarray(0, bytes.length - 20), { recover: (error) => errors.push(error) });
    expect(errors.map(({ code }) => code)).toEqual(["truncated"]);
  });

  it("opens with arrays left in the file", async () => {
    const cut = bytes.slice(0, bytes.length - 20);
    const root = (await openPickle(memorySource(cut), { recover: true })) as GroupNode;
    const clips = (await root.child("clips")) as ListNode;
    expect(clips.length).toBe(4);
    const points = await ((await clips.child(3)) as GroupNode).child("points");
    expect(points?.kind === "array" && [...(await points.load())]).toEqual([3, 2, 3, 4]);
  });

  it("recovers a bare list", () => {
    const list = writePickle(["a", "b", "c", "d"], { protocol: 4 });
    expect(readPickle(list.subarray(0, list.length - 2), { recover: true })).toEqual(["a", "b", "c"]);
  });

  it("recovers protocol 0, which appends item by item", () => {
    const text = new TextEncoder().encode("(dp0\nVx\np1\n(lp2\nI1\naI2\naI3\n");
    expect(readPickle(text, { recover: true })).toEqual(new Map([["x", [1, 2]]]));
  });

  it("fails when there is nothing to recover, and for other faults", () => {
    expect(() => readPickle(bytes.subarray(0, 12), { recover: true })).toThrow(/stream ends at byte 12/);
    const corrupt = new Uint8Array([0x80, 4, 0x5d, 0x28, 0x4b, 1, 0x4b, 2, 0x01]);
    expect(() => readPickle(corrupt, { recover: true })).toThrow(/unknown/);
  });

  it("is not held up by a stream of lists in lists", () => {
    const deep = new Uint8Array(200_000).map((_, index) => (index % 2 === 0 ? 0x5d : 0x28));
    expect(() => readPickle(deep, { recover: true })).toThrow(/stream ends/);
  });
});
