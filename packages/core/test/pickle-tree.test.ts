import { describe, expect, it } from "vitest";
import { openPickle, readPickle, writePickle } from "../src/codec/pickle/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import type { ArrayNode, GroupNode, ListNode, Node, ScalarNode } from "../src/tree/node.js";
import { Instance, Tuple, type Value } from "../src/value/value.js";
import { collect, countingSource, formatError, noise } from "./support-io.js";
import { HUMANDATA_CLASS, humandataBytes, pysklBytes, sameValues, slowSource } from "./support-pickle.js";

const data = noise(40_000);
const big = NdArray.fromBytes("<f4", [100, 100], data);

async function group(node: Promise<Node>): Promise<GroupNode> {
  const found = await node;
  expect(found.kind).toBe("group");
  return found as GroupNode;
}

async function child<T extends Node>(node: Node, ...steps: readonly (string | number)[]): Promise<T> {
  let at: Node = node;
  for (const step of steps) {
    at = (typeof step === "number" ? await (at as ListNode).child(step) : await (at as GroupNode).child(step)) as Node;
  }
  return at as T;
}

describe.each([2, 4] as const)("a pickle of protocol %i, opened", (protocol) => {
  const bytes = (value: Value): Uint8Array => writePickle(value, { protocol });

  it("presents dicts, lists, arrays and all else, each with its path", async () => {
    const value = new Map<Value, Value>([
      [
        "annotations",
        [
          new Map<Value, Value>([
            ["keypoint", big],
            ["odd key", Tuple.of<Value>(1, 2)],
          ]),
        ],
      ],
      ["split", new Map([["train", ["a"]]])],
      [
        "valid",
        new Map<Value, Value>([
          [0.5, 3],
          [1, big],
        ]),
      ],
    ]);
    const root = await group(openPickle(slowSource(bytes(value))));
    expect([root.path, root.keys]).toEqual(["", ["annotations", "split", "valid"]]);
    const list = await child<ListNode>(root, "annotations");
    expect([list.kind, list.path, list.length, list.form]).toEqual(["list", "annotations", 1, "list"]);
    const array = await child<ArrayNode>(list, 0, "keypoint");
    expect([array.kind, array.path, array.shape, array.type.descr, array.order]).toEqual([
      "array",
      "annotations[0].keypoint",
      [100, 100],
      "<f4",
      "C",
    ]);
    expect(sameValues(await array.load(), big)).toBe(true);
    expect(
      Buffer.from(await collect((array.chunks as NonNullable<ArrayNode["chunks"]>)())).equals(Buffer.from(data)),
    ).toBe(true);
    const tuple = await child<ListNode>(list, 0, "odd key");
    expect([tuple.path, tuple.form]).toEqual(['annotations[0]["odd key"]', "tuple"]);
    const scalar = await child<ScalarNode>(root, "split", "train", 0);
    expect([scalar.kind, scalar.path, scalar.value]).toEqual(["scalar", "split.train[0]", "a"]);
    // A dict with other keys is a value, arrays and all.
    const valid = await child<ScalarNode>(root, "valid");
    expect(valid.kind).toBe("scalar");
    expect(sameValues(valid.value, value.get("valid") as Value)).toBe(true);
    expect(await root.child("nothing")).toBe(undefined);
    expect(await child<GroupNode>(list, 0).then((node) => node.storedBytes?.("keypoint"))).toBeGreaterThanOrEqual(
      40_000,
    );
  });

  it("reads nothing of an array before somebody asks, and only that", async () => {
    const source = countingSource(
      bytes(
        new Map<Value, Value>([
          ["a", NdArray.fromBytes("|u1", [20_000_000], new Uint8Array(20_000_000))],
          ["b", big],
        ]),
      ),
    );
    const root = await group(openPickle(source));
    expect(source.bytesRead).toBeLessThan(2_000_000);
    const before = source.bytesRead;
    await (await child<ArrayNode>(root, "b")).load();
    expect(source.bytesRead - before).toBeLessThan(70_000);
  });

  it("gives back the whole value, with what is shared and cyclic", async () => {
    const value = new Map<Value, Value>([
      ["a", big],
      ["same", big],
    ]);
    value.set("self", value);
    value.set("objects", NdArray.from("object", [big, value, null], [3]) as unknown as NdArray);
    value.set("bytes", noise(5000));
    value.set("set", new Set<Value>([Tuple.of<Value>(1)]));
    const root = await group(openPickle(slowSource(bytes(value))));
    const loaded = (await root.load?.()) as Map<Value, Value>;
    expect(sameValues(loaded, value)).toBe(true);
    // Loading a part does not load the rest, and what was loaded is the caller's own.
    const again = (await root.load?.()) as Map<Value, Value>;
    expect(again).not.toBe(loaded);
    const objects = await child<ArrayNode>(root, "objects");
    expect([objects.kind, objects.type.name, objects.chunks]).toEqual(["array", "object", undefined]);
    expect(((await objects.load()) as NdArray<"object">).get(0)).toBeInstanceOf(NdArray);
    expect(Buffer.from((await child<ScalarNode>(root, "bytes")).value as Uint8Array).equals(noise(5000))).toBe(true);
  });

  it("delivers arrays of every layout piece by piece", async () => {
    const fortran = NdArray.fromBytes("<i4", [300, 500], noise(600_000), { order: "F" });
    const swapped = NdArray.fromBytes(">f8", [90, 1000], noise(720_000));
    const root = await openPickle(
      slowSource(
        bytes(
          new Map<Value, Value>([
            ["f", fortran],
            ["b", swapped],
          ]),
        ),
      ),
    );
    const f = await child<ArrayNode>(root, "f");
    expect(f.order).toBe("F");
    const pieces = await collect((f.chunks as NonNullable<ArrayNode["chunks"]>)());
    expect(Buffer.from(pieces).equals(Buffer.from(fortran.storedBytes()?.bytes as Uint8Array))).toBe(true);
    const b = await child<ArrayNode>(root, "b");
    expect(b.type.descr).toBe("<f8");
    if (b.chunks) expect(Buffer.from(await collect(b.chunks())).equals(Buffer.from(swapped.toBytes()))).toBe(true);
    expect(sameValues(await b.load(), swapped)).toBe(true);
  });

  it("does not load more than it may", async () => {
    const root = await openPickle(slowSource(bytes(new Map<Value, Value>([["a", big]]))), { maxLoadBytes: 39_999 });
    const error = await formatError(async () => (await child<ArrayNode>(root, "a")).load(), "limit");
    expect(error.message).toBe("a: 40000 bytes are more than the 39999 that may be read at once");
    await formatError(() => (root as GroupNode).load?.(), "limit");
  });

  it("over memory has its arrays there at once, as views", async () => {
    const home = bytes(new Map<Value, Value>([["a", big]]));
    const root = await openPickle(memorySource(home));
    const node = await child<ArrayNode>(root, "a");
    const array = await node.load();
    expect(await node.load()).toBe(array);
    if (protocol === 4) {
      expect(node.array).toBe(array);
      expect(array.storedBytes()?.bytes.buffer).toBe(home.buffer);
    }
    expect(sameValues(array, big)).toBe(true);
  });
});

describe("an opened pickle", () => {
  it("tells where damaged text of an array is", async () => {
    const bytes = writePickle(new Map<Value, Value>([["a", big]]), { protocol: 2 });
    const at = bytes.indexOf(0xc3, 1000);
    bytes[at] = 0xc4;
    const root = await openPickle(slowSource(bytes));
    const error = await formatError(async () => (await child<ArrayNode>(root, "a")).load(), "corrupt");
    expect(error.path).toBe("a");
  });

  it("presents an instance by its attributes and its items", async () => {
    const root = await group(openPickle(slowSource(humandataBytes("instance.pkl")), { classes: [HUMANDATA_CLASS] }));
    expect(root.keys).toEqual([
      "__data_len__",
      "__key_strict__",
      "__keypoints_compressed__",
      "keypoints2d_mask",
      "keypoints2d",
    ]);
    expect((await child<ScalarNode>(root, "__data_len__")).value).toBe(2);
    expect((await child<ArrayNode>(root, "keypoints2d")).shape).toEqual([2, 17, 3]);
    expect(await root.load?.()).toBeInstanceOf(Instance);
  });

  it("knows the shape of arrays whose axes are in another order", async () => {
    const root = await openPickle(slowSource(pysklBytes("layouts_p5_np2.pkl")), { chunkBytes: 100 });
    const expected = readPickle(pysklBytes("layouts_p5_np2.pkl")) as Map<Value, Value>;
    for (const key of ["k", "k16", "f", "be"]) {
      const node = await child<ArrayNode>(root, key);
      const array = expected.get(key) as NdArray;
      expect(node.shape, key).toEqual(array.shape);
      expect(node.type.descr, key).toBe(array.type.descr);
      expect(sameValues(await node.load(), array), key).toBe(true);
      if (!node.chunks) continue;
      const copy = NdArray.fromBytes(node.type, node.shape, await collect(node.chunks()), { order: node.order });
      expect(sameValues(copy, array), key).toBe(true);
    }
  });

  it("can be a list, an array or a scalar", async () => {
    const open = (value: Value): Promise<Node> => openPickle(slowSource(writePickle(value)));
    expect((await open([1])).kind).toBe("list");
    expect((await open(big)).kind).toBe("array");
    expect(await open(5)).toEqual({ kind: "scalar", path: "", value: 5 });
    await expect(child(await open([1]), 3)).rejects.toThrow(RangeError);
  });
});
