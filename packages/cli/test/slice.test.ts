import { type ArrayNode, NdArray, nodeOfValue } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { UsageError } from "../src/failure.js";
import { loadSlice } from "../src/slice.js";

const array = NdArray.from(
  "int32",
  Int32Array.from({ length: 24 }, (_, i) => i),
  [2, 3, 4],
) as NdArray;
const node = nodeOfValue(array) as ArrayNode;

describe("--slice", () => {
  test.each([
    ["0", [3, 4], 0],
    ["-1", [3, 4], 12],
    ["1,2,3", [], 23],
    ["0:1", [1, 3, 4], 0],
    [":,1:", [2, 2, 4], 4],
    [" 0 , : , 0 ", [3], 0],
    ["...,0", [2, 3], 0],
    ["1,...", [3, 4], 12],
    ["...", [2, 3, 4], 0],
    ["::-1", [2, 3, 4], 12],
    [":,::2", [2, 2, 4], 0],
    ["5:", [0, 3, 4], undefined],
  ])("%j gives shape %j", async (text, shape, first) => {
    const part = await loadSlice(node, text);
    expect(part.shape).toEqual(shape);
    expect([...part][0]).toBe(first);
  });

  test.each(["", "a", "0:1:2:3", "0,0,0,0", "0.5", "7", "::0", "...,...", "...,0,0,0,0"])(
    "%j is wrong usage",
    async (text) => {
      await expect(loadSlice(node, text)).rejects.toThrow(UsageError);
    },
  );

  test.each([
    ["0", [0, 1]],
    ["-1,0", [1, 2]],
    [":1", [0, 1]],
    ["::-1", [0, 2]],
    ["5:", [0, 0]],
  ])("%j reads rows %j and no others", async (text, expected) => {
    const asked: number[][] = [];
    const counting: ArrayNode = {
      ...node,
      load: () => Promise.reject(new Error("everything was read")),
      rows: async (start, stop) => {
        asked.push([start, stop]);
        return array.slice([start, stop]);
      },
    };
    const whole = await loadSlice(node, text);
    expect((await loadSlice(counting, text)).toList()).toEqual(whole.toList());
    expect(asked).toEqual([expected]);
  });
});
