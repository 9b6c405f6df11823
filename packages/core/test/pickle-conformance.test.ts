import { describe, expect, it } from "vitest";
import { readPickle } from "../src/codec/pickle/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { ValueDigest } from "../src/tree/digest-value.js";
import { Instance, type Value } from "../src/value/value.js";
import { expectedOf } from "./support-io.js";
import {
  describeValue,
  expectDescribed,
  HUMANDATA_CLASS,
  humandataBytes,
  humandataPickles,
  pysklBytes,
  pysklExpected,
  pysklPickles,
  sameValues,
  WAYS,
} from "./support-pickle.js";

const GOLDEN = ["", "proto", "ops", "py27"].flatMap(pysklPickles);
const READABLE = [...GOLDEN, ...pysklPickles("bad/content")];

function optionsFor(name: string) {
  const { buffers } = pysklExpected(name);
  return buffers ? { buffers: buffers.map((buffer) => pysklBytes(`ops/${buffer}`)) } : {};
}

describe("the PYSKL fixtures", () => {
  it.each(GOLDEN)("%s is read as expected", (name) => {
    const { object } = pysklExpected(name);
    const value = readPickle(pysklBytes(name), optionsFor(name));
    if (object === undefined) return expect(name).toBe("transforms.pkl");
    const { nested_lists: depth, list_repeat: repeated } = object as Record<string, unknown>;
    if (depth !== undefined) return expect(depthOf(value)).toBe(depth);
    if (repeated !== undefined) {
      const { count, value: item } = repeated as { readonly count: number; readonly value: unknown };
      expect(value).toHaveLength(count);
      return expect(new Set(value as Value[])).toEqual(new Set([item]));
    }
    return expectDescribed(describeValue(value), object);
  });

  it.each(READABLE)("%s is the same whichever way it is read", async (name) => {
    const expected = readPickle(pysklBytes(name), optionsFor(name));
    for (const [way, read] of Object.entries(WAYS)) {
      expect(sameValues(await read(pysklBytes(name), optionsFor(name)), expected), way).toBe(true);
    }
  });
});

/** Number of lists around the innermost one, which is empty, and that one. */
function depthOf(value: Value): number {
  let depth = 0;
  for (let list = value; Array.isArray(list); list = (list as readonly Value[])[0] ?? null) depth++;
  return depth;
}

const HUMANDATA = humandataPickles().filter((name) => !name.startsWith("bad_"));

describe("the HumanData fixtures", () => {
  it.each(HUMANDATA)("%s is read as expected", (name) => {
    const value = readPickle(humandataBytes(name), { classes: [HUMANDATA_CLASS] });
    const dict = value instanceof Instance ? value.items : value;
    const items = itemsOf(name);
    let compared = 0;
    for (const [key, item] of dict as Map<string, Value>) {
      // Upstream widens boxes and drops None while it loads; these are other tests' affair.
      if (key === "bbox_xywh" || item === null || !(key in items)) continue;
      expectDescribed(new ValueDigest(1e6, 100).of(item, key), items[key], key);
      compared++;
    }
    expect(compared).toBeGreaterThan(1);
  });

  it.each(HUMANDATA)("%s is the same whichever way it is read", async (name) => {
    const options = { classes: [HUMANDATA_CLASS] };
    const expected = readPickle(humandataBytes(name), options);
    for (const [way, read] of Object.entries(WAYS)) {
      expect(sameValues(await read(humandataBytes(name), options), expected), way).toBe(true);
    }
  });

  it("reads an instance of a listed class without running anything", () => {
    const value = readPickle(humandataBytes("instance.pkl"), { classes: [HUMANDATA_CLASS] }) as Instance;
    expect([value.module, value.name]).toEqual(["mmhuman3d.data.data_structures.human_data", "HumanData"]);
    expect([...value.items.keys()]).toEqual(["keypoints2d_mask", "keypoints2d"]);
    expect(value.items.get("keypoints2d")).toBeInstanceOf(NdArray);
    expect((value.state as Map<Value, Value>).get("__keypoints_compressed__")).toBe(true);
  });
});

function itemsOf(name: string): Record<string, unknown> {
  interface State {
    readonly items: Record<string, unknown>;
  }
  const { load, state } = expectedOf<{ readonly load?: State; readonly state?: State }>(name);
  return (load ?? state)?.items ?? {};
}
