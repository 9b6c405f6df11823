import { beforeAll, describe, expect, it } from "vitest";
import { openPickle, readPickleFrom, writePickle } from "../src/codec/pickle/index.js";
import { scan } from "../src/codec/pickle/read/read.js";
import { RecordSlot } from "../src/codec/pickle/records/rows.js";
import { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import type { GroupNode, ListNode } from "../src/tree/node.js";
import { float, Tuple, type Value } from "../src/value/value.js";
import { noise } from "./support-io.js";
import { loadNode, sameValues, slowSource } from "./support-pickle.js";
import { raw, readAll, stream } from "./support-pickle-stream.js";
import { describeWithNumpy, python } from "./support-python.js";

type Protocol = 2 | 3 | 4 | 5;
const PROTOCOLS: readonly Protocol[] = [2, 3, 4, 5];

/** Records are only taken together where a window holds one: a small window means opcode by opcode. */
const SINGLY = { chunkBytes: 64 };

function array(type: "float16" | "int16" | "float64", shape: readonly number[], seed: number): Value {
  const size = { float16: 2, int16: 2, float64: 8 }[type];
  const bytes = noise(shape.reduce((product, axis) => product * axis, size) + seed).subarray(seed);
  return NdArray.fromBytes(`<${type === "int16" ? "i" : "f"}${size}`, shape, bytes.slice()) as unknown as Value;
}

function clip(index: number): Value {
  const [people, frames] = [1 + (index % 2), 3 + (index % 5)];
  const size = Tuple.of(1080, 1920 + (index % 3));
  return new Map<Value, Value>([
    ["frame_dir", `clip${index}`],
    ["label", index * 300 - 5],
    ["img_shape", size],
    ["original_shape", size],
    ["total_frames", frames],
    ["keypoint", array("float16", [people, frames, 17, 2], index)],
    ["keypoint_score", array("float16", [people, frames, 17], index)],
    ["weight", float(index / 4)],
    ["flags", [true, null, index]],
    ["valid", new Map<Value, Value>([0.5, 0.7].map((score) => [score, index * 2]))],
  ]);
}

const clips = Array.from({ length: 60 }, (_, index) => clip(index));
const names = clips.map((_, index) => `clip${index}`);

function dataset(list: readonly Value[], protocol: Protocol, splitsFirst = true): Uint8Array {
  const members: [Value, Value][] = [
    ["split", new Map<Value, Value>([["train", names]])],
    ["annotations", list],
  ];
  return writePickle(new Map<Value, Value>(splitsFirst ? members : members.toReversed()), { protocol });
}

/** How many items of the list were kept as rows. */
async function taken(bytes: Uint8Array): Promise<number> {
  const root = await scan(slowSource(bytes), {});
  const list = (root instanceof Map ? root.get("annotations") : root) as readonly unknown[];
  return list.filter((item) => item instanceof RecordSlot).length;
}

async function expectSame(bytes: Uint8Array): Promise<void> {
  const singly = await readPickleFrom(slowSource(bytes), SINGLY);
  expect(sameValues(await readAll(bytes), singly)).toBe(true);
}

describe.each(PROTOCOLS)("records of a list, protocol %i", (protocol) => {
  it("are taken together, and are what their opcodes make", async () => {
    const bytes = dataset(clips, protocol);
    expect(await taken(bytes)).toBeGreaterThan(50);
    await expectSame(bytes);
  });

  it("of several kinds are taken, too", async () => {
    const mixed = clips.map((one, index) => {
      const members = [...(one as ReadonlyMap<Value, Value>)];
      return index % 3 === 0 ? new Map(members.slice(0, 6)) : new Map(members);
    });
    const bytes = dataset(mixed, protocol);
    expect(await taken(bytes)).toBeGreaterThan(45);
    await expectSame(bytes);
  });

  it("may stand before the lists that share their names", async () => {
    await expectSame(dataset(clips, protocol, false));
  });

  it("give single members without the others", async () => {
    const root = (await openPickle(slowSource(dataset(clips, protocol)))) as GroupNode;
    const list = (await root.child("annotations")) as ListNode;
    const item = (await list.child(41)) as GroupNode;
    expect(item.keys).toEqual([...(clips[41] as Map<string, Value>).keys()]);
    expect(item.path).toBe("annotations[41]");
    expect([item.valueNow?.("frame_dir"), item.valueNow?.("label"), item.valueNow?.("img_shape")]).toEqual([
      "clip41",
      41 * 300 - 5,
      undefined,
    ]);
    expect(await item.child("nothing")).toBeUndefined();
    const points = await item.child("keypoint");
    expect(points).toMatchObject({ kind: "array", shape: [2, 4, 17, 2], path: "annotations[41].keypoint" });
    expect(await loadNode(points as GroupNode)).toEqual((clips[41] as Map<string, Value>).get("keypoint"));
    expect(sameValues((await item.load?.()) as Value, clips[41] as Value)).toBe(true);
  });
});

describe("what is unlike the records before", () => {
  it.each([
    ["None", null],
    ["a list", [1, 2]],
    ["an array", array("float64", [3], 1)],
    ["another dict", new Map<Value, Value>([["frame_dir", 3]])],
    ["an array without elements", new Map<Value, Value>([["keypoint", array("float16", [0, 5], 0)]])],
    ["a huge int", new Map([...(clip(7) as Map<Value, Value>), ["label", 2n ** 70n] as const])],
    ["a float label", new Map([...(clip(7) as Map<Value, Value>), ["label", float(3)] as const])],
    ["text that is long", new Map([...(clip(7) as Map<Value, Value>), ["frame_dir", "é".repeat(300)] as const])],
  ])("is read as it is: %s", async (_, odd) => {
    for (const protocol of PROTOCOLS) {
      const bytes = dataset([...clips.slice(0, 9), odd as Value, ...clips.slice(9)], protocol);
      await expectSame(bytes);
      expect(await taken(bytes)).toBeGreaterThan(30);
    }
  });

  it("includes dicts that share an array or hold themselves", async () => {
    const shared = clips.map((one) => new Map(one as Map<Value, Value>));
    const points = shared[20]?.get("keypoint") as Value;
    shared[30]?.set("keypoint", points);
    shared[40]?.set("weight", shared[20] as Value);
    shared[50]?.set("weight", shared[50] as Value);
    for (const protocol of PROTOCOLS) await expectSame(dataset(shared, protocol));
  });

  it("can change a dict behind it", async () => {
    const key = [raw("\x8c\x01a"), "MEMOIZE"] as const;
    const dict = (value: number) =>
      ["EMPTY_DICT", "MEMOIZE", "MARK", "BINGET", 1, "BININT1", value, "SETITEMS"] as const;
    const first = ["EMPTY_DICT", "MEMOIZE", "MARK", ...key, "BININT1", 1, "SETITEMS"] as const;
    const list = ["PROTO", 4, "EMPTY_LIST", "MARK"] as const;
    const more = ["MARK", "BINGET", 1, "BININT1", 99, "SETITEMS"] as const;
    const bytes = stream(...list, ...first, ...dict(2), ...dict(3), ...dict(4), ...more, "APPENDS", "STOP");
    expect(await readAll(bytes)).toEqual([1, 2, 3, 99].map((value) => new Map([["a", value]])));
    const again = stream(...list, ...first, ...dict(2), ...dict(3), ...dict(4), "BINGET", 4, "DUP", "APPENDS", "STOP");
    const value = (await readAll(again)) as readonly Value[];
    expect([value[3] === value[4], value[4] === value[5]]).toEqual([true, true]);
    const inTuple = stream(...list, ...first, ...dict(2), ...dict(3), ...dict(4), "TUPLE2", "APPENDS", "STOP");
    expect(((await readAll(inTuple)) as readonly Value[])[2]).toBeInstanceOf(Tuple);
  });
});

describe("what the memo holds", () => {
  const key = [raw("\x8c\x01a"), "MEMOIZE"] as const;
  const list = ["PROTO", 4, "EMPTY_LIST", "MARK"] as const;

  it("counts as it is when a record asks for it, though it was another thing before", async () => {
    const value = ["BININT1", 7, "TUPLE1", "BINPUT", 2] as const;
    const first = [
      "EMPTY_DICT",
      "BINPUT",
      0,
      "MARK",
      ...[raw("\x8c\x01a"), "BINPUT", 1],
      ...value,
      "SETITEMS",
    ] as const;
    const next = ["EMPTY_DICT", "MARK", "BINGET", 1, "BINGET", 2, "SETITEMS"] as const;
    const anew = ["BININT1", 9, "TUPLE1", "BINPUT", 2] as const;
    const bytes = stream(...list, ...first, ...next, ...next, ...anew, ...next, ...next, "APPENDS", "STOP");
    const found = (await readAll(bytes)) as readonly (Value | ReadonlyMap<Value, Value>)[];
    const numbers = found
      .map((item) => (item instanceof Map ? item.get("a") : item) as Tuple)
      .map(([number]) => number);
    expect(numbers).toEqual([7, 7, 7, 9, 9, 9]);
  });

  it("includes what records stored that were taken together", async () => {
    const first = ["EMPTY_DICT", "MEMOIZE", "MARK", ...key, "EMPTY_LIST", "MEMOIZE", "SETITEMS"] as const;
    const next = ["EMPTY_DICT", "MEMOIZE", "MARK", "BINGET", 1, "EMPTY_LIST", "MEMOIZE", "SETITEMS"] as const;
    // The memo: 0 the first dict, 1 "a", 2 its list; 3, 4 the second one; 5, 6; 7, 8.
    const gets = ["BINGET", 7, "BINGET", 8, "BINGET", 5, "BINGET", 8] as const;
    const bytes = stream(...list, ...first, ...next, ...next, ...next, ...gets, "APPENDS", "STOP");
    const found = (await readAll(bytes)) as readonly ReadonlyMap<Value, Value>[];
    expect(found[4] === found[3] && found[6] === found[2] && found[5] === found[7]).toBe(true);
    expect(found[3]?.get("a") === (found[5] as unknown)).toBe(true);
  });
});

/** What comes of damaged bytes: a value, or the code of an error. */
async function outcome(read: () => Promise<Value>): Promise<Value | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}

describe("damage", () => {
  it.each(PROTOCOLS)("is found as it is opcode by opcode, protocol %i", async (protocol) => {
    const whole = dataset(clips.slice(0, 12), protocol);
    const places = noise(6000);
    for (let round = 0; round < 1000; round++) {
      const bytes = whole.slice();
      const at = ((places[3 * round] as number) * 256 + (places[3 * round + 1] as number)) % bytes.length;
      bytes[at] = (bytes[at] as number) ^ (1 + ((places[3 * round + 2] as number) % 255));
      const singly = await outcome(() => readPickleFrom(slowSource(bytes), SINGLY));
      const together = await outcome(() => readPickleFrom(slowSource(bytes)));
      const opened = await outcome(async () => loadNode(await openPickle(slowSource(bytes))));
      for (const found of [together, opened]) {
        const same = typeof found === "string" ? found === singly : sameValues(found, singly as Value);
        expect(same, `byte ${at} is ${bytes[at]}: ${String(found)}, ${String(singly)}`).toBe(true);
      }
    }
  });

  it.each(PROTOCOLS)("that cut the stream off leaves as many items, protocol %i", async (protocol) => {
    const whole = dataset(clips.slice(0, 8), protocol);
    for (let length = 700; length < whole.length; length += 37) {
      const bytes = whole.subarray(0, length);
      const errors: string[] = [];
      const recover = (error: FormatError): void => void errors.push(error.message);
      const singly = await outcome(() => readPickleFrom(slowSource(bytes), { ...SINGLY, recover }));
      const together = await outcome(() => readPickleFrom(slowSource(bytes), { recover }));
      const opened = await outcome(async () => loadNode(await openPickle(slowSource(bytes), { recover })));
      expect(new Set(errors).size).toBeLessThan(2);
      for (const found of [together, opened])
        expect(typeof found === "string" ? found === singly : sameValues(found, singly as Value)).toBe(true);
    }
  });

  it("is an error in time where objects take more memory than a file can account for", async () => {
    const list = ["PROTO", 4, "EMPTY_LIST", "MARK"] as const;
    const record = stream("EMPTY_DICT", "MARK", raw("\x8c\x01a"), "EMPTY_DICT", "SETITEMS");
    const bytes = stream(...list, raw(new Uint8Array(Buffer.concat(Array<Uint8Array>(400_000).fill(record)))), "STOP");
    await expect(openPickle(memorySource(bytes))).rejects.toMatchObject({ code: "limit" });
    await expect(openPickle(memorySource(bytes))).rejects.toThrow("too much memory");
  });
});

describeWithNumpy("lists that Python wrote", () => {
  let files: readonly Uint8Array[] = [];
  beforeAll(() => {
    const script = `
import base64, json, pickle, numpy as np
def clip(i):
    frames = 40 + i % 7
    kp = (np.arange(2 * frames * 17 * 2) % 251).astype("f2").reshape(2, frames, 17, 2)
    return dict(frame_dir="S%05d" % i, label=i % 60, img_shape=(1080, 1920), total_frames=frames, keypoint=kp,
                keypoint_score=kp[..., 0].copy(), valid={.5: i, .6: i + 1})
clips = [clip(i) for i in range(120)]
data = {"split": {"train": [c["frame_dir"] for c in clips]}, "annotations": clips}
print(json.dumps([base64.b64encode(pickle.dumps(data, p)).decode() for p in (2, 3, 4, 5)]))
`;
    files = (JSON.parse(python(script)) as string[]).map((text) => new Uint8Array(Buffer.from(text, "base64")));
  });

  it.each([0, 1, 2, 3])("are taken together, with frames between their opcodes (%i)", async (index) => {
    const bytes = files[index] as Uint8Array;
    expect(await taken(bytes)).toBeGreaterThan(110);
    await expectSame(bytes);
  });
});
