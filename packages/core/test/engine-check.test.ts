import { describe, expect, it } from "vitest";
import { checkTree, type TreeCheckOptions } from "../src/engine/check/check.js";
import { NdArray, zeros } from "../src/ndarray/ndarray.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { Tuple } from "../src/value/value.js";
import { layout } from "./support-layout.js";

const check = (value: unknown, options: Partial<TreeCheckOptions> = {}) =>
  checkTree(layout, nodeOfValue(value), { form: "stored", ...options });
const f4 = (...shape: number[]) => zeros("float32", shape);
const mask = (...ones: number[]) => NdArray.from("uint8", Uint8Array.from(ones));

const CASES: readonly [string, unknown, readonly [code: string, path: string, message: RegExp][]][] = [
  [
    "sizes that agree",
    { len: 2, boxes: f4(2, 5), keypoints: f4(2, 4, 3), smpl: { betas: f4(2, 10) }, paths: ["a", "b"] },
    [],
  ],
  [
    "frames differ",
    { boxes: f4(3, 5), keypoints: f4(2, 4, 3) },
    [["symbol", "keypoints", /axis 0 of \(2, 4, 3\) is 2, but boxes has 3/]],
  ],
  [
    "a stated size is wrong",
    { len: 9, boxes: f4(2, 5) },
    [["symbol", "boxes", /len is 9; both are N, the number of frames/]],
  ],
  [
    "a former name states the size",
    { old_len: 9, boxes: f4(2, 5) },
    [
      ["legacy", "old_len", /"old_len" is called "len" today/],
      ["symbol", "boxes", /len is 9/],
    ],
  ],
  ["a stated size that means nothing", { len: -1, boxes: f4(2, 5) }, []],
  [
    "a list of another length",
    { len: 2, paths: ["a"] },
    [["symbol", "paths", /the number of items is 1, but len is 2/]],
  ],
  [
    "symbols reach nested objects",
    { len: 2, smpl: { betas: f4(3, 10) } },
    [["symbol", "smpl.betas", /is 3, but len is 2/]],
  ],
  [
    "a required member is missing",
    { smpl: { pose: f4(2, 2, 3) } },
    [["missing", "smpl.betas", /"betas" is required in smpl/]],
  ],
  ["wrong shape", { boxes: f4(5) }, [["shape", "boxes", /shape \(5,\) does not match \(N, 5\)/]]],
  ["wrong dtype", { boxes: zeros("int8", [2, 5]) }, [["dtype", "boxes", /int8, float32 or float64 expected/]]],
  ["sizes of a symbol", { vertices: f4(1, 1, 4, 3) }, [["shape", "vertices", /is 4, the schema has 3 or 5 \(V\)/]]],
  ["an open number of axes", { vertices: f4(2, 9, 5, 3) }, []],
  ["too few axes", { vertices: f4(3) }, [["shape", "vertices", /does not match/]]],
  [
    "a legacy form",
    { boxes: f4(2, 4), keypoints: f4(3, 4, 3) },
    [
      ["legacy", "boxes", /four columns/],
      ["symbol", "keypoints", /is 3/],
    ],
  ],
  ["no array", { boxes: "x" }, [["type", "boxes", /text where an array is needed/]]],
  ["no object", { smpl: [1] }, [["type", "smpl", /a dict expected/]]],
  ["an int where text is needed", { either: 3 }, [["type", "either", /an int where string is needed/]]],
  ["branches of a choice", { either: "x" }, []],
  ["one bad item", { paths: ["a", 2] }, [["type", "paths[1]", /an int where string/]]],
  ["a tuple of another length", { size: Tuple.of(1, 2, 3) }, [["shape", "size", /3 items, 2 expected/]]],
  ["no dict", { free: [1] }, [["type", "free", /a dict/]]],
  [
    "values outside the set",
    { keypoints_mask: mask(0, 2, 1) },
    [["range", "keypoints_mask", /holds 2 at element 1; only 0 and 1/]],
  ],
  [
    "a mask of another length",
    { keypoints: f4(2, 4, 3), keypoints_mask: mask(1, 0, 1) },
    [["symbol", "keypoints_mask", /is 3, but keypoints has 4/]],
  ],
  ["packed, and the mask fits", { packed: true, keypoints: f4(2, 2, 3), keypoints_mask: mask(1, 0, 1, 0) }, []],
  [
    "packed without a mask",
    { packed: true, keypoints: f4(2, 2, 3) },
    [["encoding", "keypoints", /its mask keypoints_mask is missing/]],
  ],
  [
    "packed, and the mask selects others",
    { packed: true, keypoints: f4(2, 3, 3), keypoints_mask: mask(1, 0, 1, 0) },
    [["encoding", "keypoints", /3 along axis 1 are stored, keypoints_mask has 2 ones/]],
  ],
  [
    "packed by a mask that is none",
    { packed: true, keypoints: f4(2, 1, 3), keypoints_mask: mask(1, 2) },
    [
      ["encoding", "keypoints", /0 and 1 only, found 2 at 1/],
      ["range", "keypoints_mask", /holds 2/],
    ],
  ],
  [
    "a pattern packs too",
    { packed: true, other_x: f4(2, 2, 3), other_x_mask: mask(1, 0, 0, 0) },
    [["encoding", "other_x", /2 along axis 1 are stored, other_x_mask has 1 ones/]],
  ],
  [
    "a mask of another length than what it could pack",
    { other_x: f4(2, 4, 3), other_x_mask: mask(1, 0) },
    [["encoding", "other_x", /4 along axis 1, but its mask other_x_mask has 2/]],
  ],
  [
    "another count than the convention's",
    { keypoints: f4(2, 2, 3) },
    [["convention", "keypoints", /2 keypoints, but the convention four has 4/]],
  ],
  ["a named convention", { keypoints: f4(2, 2, 3), keypoints_convention: "two" }, []],
  [
    "keys beyond a closed schema",
    { strict: true, extra: 1, odd: 1, boxes: f4(0, 5) },
    [
      ["unknown-key", "extra", /not a supported key, and strict is true/],
      ["unknown-key", "odd", /not a supported key/],
    ],
  ],
  ["unknown keys of an open one", { boxez: f4(0, 5) }, [["unknown-key", "boxez", /not a supported key/]]],
];

describe("check", () => {
  it.each(CASES)("%s", async (_, value, expected) => {
    const issues = await check(value);
    const matching = expected.map(([code, path, message]) =>
      expect.objectContaining({ code, path, message: expect.stringMatching(message) }),
    );
    expect(
      issues.filter(
        ({ message }) =>
          message !== '"keypoints_convention" is not a supported key' &&
          message !== '"other_x_mask" is not a supported key',
      ),
    ).toEqual(matching);
  });

  it("names rule, expectation, finding and a hint", async () => {
    const [issue] = await check({ boxez: 1 });
    expect(issue).toEqual({
      code: "unknown-key",
      severity: "info",
      path: "boxez",
      message: '"boxez" is not a supported key',
      actual: "boxez",
      rule: "urn:test#",
      hint: "did you mean boxes?",
    });
  });

  it("looks at values as users hold them: nothing is packed there", async () => {
    expect(
      await check({ packed: true, keypoints: f4(2, 4, 3), keypoints_mask: mask(1, 0, 1, 0) }, { form: "logical" }),
    ).toEqual([]);
  });

  it("lets profiles decide how grave an issue is", async () => {
    const legacy = { boxes: f4(2, 4), paths: ["a"] };
    expect((await check(legacy)).map(({ code, severity }) => [code, severity])).toEqual([
      ["legacy", "warning"],
      ["symbol", "error"],
    ]);
    expect((await check(legacy, { profile: "strict" })).map(({ severity }) => severity)).toEqual(["error", "error"]);
    expect((await check({ boxes: f4(2, 4) }, { profile: "quiet" })).map(({ code, path }) => [code, path])).toEqual([
      ["legacy", "boxes"],
      ["missing", "paths"],
    ]);
    await expect(check({}, { profile: "x" })).rejects.toThrow('Sample has no profile "x" (there are: strict, quiet)');
  });

  it("counts what it does not list", async () => {
    const issues = await check({ paths: Array.from({ length: 20 }, (_, i) => i) }, { limit: 3 });
    expect(issues).toHaveLength(4);
    expect(issues.at(-1)?.message).toBe("17 more issues are not listed");
  });

  it("treats a stored None as absent where the container says so", async () => {
    expect(await check({ boxes: null }, { nulls: "absent" })).toEqual([]);
    expect((await check({ boxes: null })).map(({ code }) => code)).toEqual(["type"]);
  });
});
