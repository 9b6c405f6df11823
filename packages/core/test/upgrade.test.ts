import { describe, expect, it } from "vitest";
import { FileAccessor } from "../src/engine/accessor.js";
import { openWith } from "../src/engine/run.js";
import { upgradeWith } from "../src/engine/upgrade.js";
import type { KeypointAxis, Layout, ObjectLayout } from "../src/layout/layout.js";
import { dtype } from "../src/ndarray/dtype.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import type { Value } from "../src/value/value.js";
import { treeContainer } from "./support-layout.js";
import { any, array, counting, flag, integer, layoutOf, list, lists, object, text } from "./support-select.js";

type Data = Record<string, unknown>;

const keypoints: KeypointAxis = {
  axis: 1,
  field: "{key}_convention",
  default: "six",
  bySize: { "4": "four" },
  counts: { six: 6, four: 4 },
};
const packing = { codec: "mask-pack", axis: 1, mask: "{key}_mask", when: "packed" } as const;
const points = array(["N", "*"], { rule: "/points", keypoints, encoding: [packing] });
const properties: ObjectLayout["properties"] = {
  strict: { ...flag, rule: "/strict", default: false },
  packed: { ...flag, rule: "/packed" },
  len: { ...integer, rule: "/len", default: -1, stored: { aliases: ["old_len", "older_len"] } },
  boxes: array(["N", 3], {
    rule: "/boxes",
    dtype: ["float64"],
    legacy: [
      { shape: ["N", 2], fill: 1, description: "two columns" },
      { dtype: ["int64"], to: "float64", description: "whole numbers" },
    ],
  }),
  mask: array(["*"], { rule: "/mask", becomes: ["kp_mask", "depth_mask"] }),
  kp: points,
  kp_mask: array(["*"], { rule: "/kp_mask" }),
  kp_convention: { ...text, rule: "/kp_convention" },
  smpl: object({
    betas: array(["N"], { rule: "/smpl/betas", dtype: ["float32", "float64"] }),
    kind: { ...text, default: "smpl" },
  }),
  people: list(undefined, {
    items: object({
      box: array([3], {
        rule: "/people/box",
        dtype: ["float64"],
        legacy: [{ shape: [2], fill: 1, description: "two numbers" }],
      }),
    }),
  }),
};
const layout = layoutOf(properties, {
  closed: { when: "strict" },
  patterns: [{ pattern: "^other(?!.*_convention$)", field: points }],
});
const upgraded = (record: Data): readonly [unknown, readonly string[]] => {
  const { value, changes } = upgradeWith(layout, record);
  return [lists(value), changes.map(({ path, message }) => `${path}: ${message}`)];
};
/** What is up to date in all respects but the ones in question. */
const rest = { strict: false, len: 2 };
const objects = (items: readonly Value[], shape: readonly number[]): NdArray =>
  NdArray.from<"object">(dtype("|O"), items as never, shape) as unknown as NdArray;

describe("bringing a record up to date", () => {
  it("leaves one that is up to date as it is", () => {
    const record = { ...rest, boxes: counting([2, 3]), kp: counting([2, 6]), kp_convention: "six", extra: [1] };
    expect(upgradeWith(layout, record)).toEqual({ value: record, changes: [] });
    expect(upgradeWith(layout, record).value).toBe(record);
  });

  it("gives keys their present names, in place", () => {
    expect(upgraded({ strict: true, old_len: 2, x: 1 })).toEqual([
      { strict: true, len: 2, x: 1 },
      ["old_len: now called len"],
    ]);
    expect(Object.keys(upgradeWith(layout, { strict: true, older_len: 2, x: 1 }).value)).toEqual([
      "strict",
      "len",
      "x",
    ]);
    expect(upgraded({ ...rest, old_len: 5 })).toEqual([
      rest,
      ["old_len: a former name of len, which is there; left out"],
    ]);
    expect(upgraded({ strict: false, older_len: 1, old_len: 2 })[0]).toEqual({ strict: false, len: 1 });
  });

  it("brings arrays into their present form", () => {
    expect(upgraded({ ...rest, boxes: counting([2, 2]) })).toEqual([
      {
        ...rest,
        boxes: [
          [0, 1, 1],
          [2, 3, 1],
        ],
      },
      ["boxes: two columns"],
    ]);
    expect(upgraded({ ...rest, boxes: counting([2, 3], "<i8") })[1]).toEqual(["boxes: whole numbers"]);
    const { value } = upgradeWith<Data>(layout, { ...rest, boxes: counting([2, 3], "<i8") });
    expect((value["boxes"] as NdArray).dtype).toBe("float64");
    expect(upgraded({ ...rest, boxes: counting([2, 7]) })).toEqual([{ ...rest, boxes: lists(counting([2, 7])) }, []]);
  });

  it("brings members of dicts and items of lists up to date, under their paths", () => {
    const record = {
      ...rest,
      smpl: { betas: objects([0.5, 1], [2]) },
      people: [{ box: counting([3]) }, { box: counting([2]) }],
    };
    const { value, changes } = upgradeWith(layout, record);
    expect(lists(value)).toEqual({
      ...rest,
      smpl: { betas: [0.5, 1], kind: "smpl" },
      people: [{ box: [0, 1, 2] }, { box: [0, 1, 1] }],
    });
    expect(changes).toEqual([
      { path: "smpl.betas", message: "numbers stored as objects; they become float64", rule: "urn:test#/smpl/betas" },
      { path: "smpl.kind", message: 'absent, so "smpl"', rule: "urn:test#/text" },
      { path: "people[1].box", message: "two numbers", rule: "urn:test#/people/box" },
    ]);
    expect(value.people[0]).toBe(record.people[0]);
    expect(record.smpl.betas.dtype).toBe("object");
  });

  it("keeps a dict that is a Map one, and objects that are no numbers as they are", () => {
    const smpl = new Map<string, unknown>([["betas", objects(["x", 1], [2])]]);
    const { value, changes } = upgradeWith<Data>(layout, { ...rest, smpl });
    expect(value["smpl"]).toEqual(new Map<string, unknown>([...smpl, ["kind", "smpl"]]));
    expect(changes).toHaveLength(1);
  });

  it("hands the value of an outdated key on to those that it stands for, where they are absent", () => {
    const mask = counting([4], "<i8");
    expect(upgraded({ ...rest, mask })).toEqual([
      { ...rest, kp_mask: [0, 1, 2, 3], depth_mask: [0, 1, 2, 3] },
      ["mask: now called kp_mask and depth_mask"],
    ]);
    expect(upgraded({ ...rest, mask, kp_mask: counting([1]) })).toEqual([
      { ...rest, kp_mask: [0], depth_mask: [0, 1, 2, 3] },
      ["mask: now called depth_mask"],
    ]);
    expect(upgraded({ ...rest, mask, kp_mask: counting([1]), depth_mask: counting([1]) })[1]).toEqual([
      "mask: replaced by kp_mask and depth_mask, which are there",
    ]);
  });

  it("names the convention that the number of keypoints tells, else the default", () => {
    expect(upgraded({ ...rest, kp: counting([2, 4]) })).toEqual([
      { ...rest, kp: lists(counting([2, 4])), kp_convention: "four" },
      ["kp_convention: 4 keypoints are those of four"],
    ]);
    expect(upgraded({ ...rest, kp: counting([2, 5]) })[1]).toEqual(['kp_convention: absent, so "six"']);
    expect(upgraded({ ...rest, other: counting([2, 4]) })[1]).toEqual([
      "other_convention: 4 keypoints are those of four",
    ]);
  });

  it("does not trust a default that cannot be right, but any other name", () => {
    expect(upgraded({ ...rest, kp: counting([2, 4]), kp_convention: "six" })[0]).toMatchObject({
      kp_convention: "four",
    });
    expect(upgraded({ ...rest, kp: counting([2, 4]), kp_convention: "mine" })[1]).toEqual([]);
    expect(upgraded({ ...rest, kp: counting([2, 6]), kp_convention: "six" })[1]).toEqual([]);
  });

  it("counts the keypoints of a packed record by their mask, also by an outdated one", () => {
    const packed = { ...rest, packed: true, kp: counting([2, 1]) };
    const mask = NdArray.from("int64", BigInt64Array.of(0n, 1n, 0n, 0n));
    expect(upgraded({ ...packed, kp_mask: mask })[1]).toEqual(["kp_convention: 4 keypoints are those of four"]);
    expect(upgraded({ ...packed, mask })[1]).toEqual([
      "mask: now called kp_mask and depth_mask",
      "kp_convention: 4 keypoints are those of four",
    ]);
    expect(upgraded({ ...packed, packed: false, kp_mask: mask })[1]).toEqual(['kp_convention: absent, so "six"']);
  });

  it("adds no key that a closed record forbids", () => {
    expect(upgraded({ strict: true, len: 2, other: counting([2, 4]) })[1]).toEqual([]);
  });

  it("states sizes and defaults", () => {
    expect(upgraded({ boxes: counting([2, 3]) })).toEqual([
      { boxes: lists(counting([2, 3])), len: 2, strict: false },
      ["len: states the size 2 of N", "strict: absent, so false"],
    ]);
    expect(upgraded({ strict: false, len: -1, boxes: counting([2, 3]) })[1]).toEqual(["len: states the size 2 of N"]);
    expect(upgraded({ strict: false, len: -1 })[1]).toEqual([]);
    expect(upgraded({ ...rest, len: 9, boxes: counting([2, 3]) })[1]).toEqual([]);
  });

  it("changes nothing when it is done again", () => {
    const old = {
      old_len: 2,
      mask: counting([4], "<i8"),
      boxes: counting([2, 2]),
      kp: counting([2, 4]),
      smpl: { betas: objects([1, 2], [2]) },
      people: [{ box: counting([2]) }],
    };
    const { value, changes } = upgradeWith<Data>(layout, old);
    expect(changes).toHaveLength(8);
    expect(upgradeWith(layout, value)).toEqual({ value, changes: [] });
    expect(Object.keys(old)).toEqual(["old_len", "mask", "boxes", "kp", "smpl", "people"]);
  });

  it("fails for elements that an outdated form does not allow, unless told to keep them", () => {
    const form = layoutOf({
      x: array(["N"], { dtype: ["float64"], legacy: [{ dtype: ["object"], to: "float64", description: "objects" }] }),
    });
    const record = { x: objects(["a"], [1]) };
    expect(() => upgradeWith(form, record)).toThrow(expect.objectContaining({ code: "mismatch", path: "x" }));
    expect(upgradeWith(form, record, { mismatches: "keep" })).toEqual({ value: record, changes: [] });
    expect(() => upgradeWith({ ...form, root: any() }, record)).toThrow(TypeError);
  });
});

describe("bringing a file up to date", () => {
  const fileOf = (record: Data): Promise<FileAccessor<Data>> => {
    const codec = treeContainer("values", nodeOfValue(record));
    const stored: Layout = { ...layout, containers: [{ codec, extensions: [], nulls: "absent", classes: [] }] };
    return openWith(stored, FileAccessor<Data>, new Uint8Array(4));
  };

  it("lists all that reading does silently, and unpacks", async () => {
    const mask = NdArray.from("int64", BigInt64Array.of(0n, 1n, 0n, 1n));
    const file = await fileOf({
      packed: true,
      old_len: 1,
      mask,
      kp: counting([1, 2], "<f8", 7),
      boxes: counting([1, 2]),
    });
    const { value, changes } = await upgradeWith(layout, file);
    expect(changes.map(({ path }) => path)).toEqual(["old_len", "mask", "boxes", "kp_convention", "strict"]);
    expect(lists(value)).toEqual({
      packed: true,
      len: 1,
      kp: [[0, 7, 0, 8]],
      boxes: [[0, 1, 1]],
      kp_mask: [0, 1, 0, 1],
      depth_mask: [0, 1, 0, 1],
      kp_convention: "four",
      strict: false,
    });
    expect(upgradeWith(layout, value)).toEqual({ value, changes: [] });
  });

  it("finds nothing to do in a file that is up to date", async () => {
    const { changes } = await upgradeWith(layout, await fileOf({ ...rest, boxes: counting([2, 3]) }));
    expect(changes).toEqual([]);
  });
});
