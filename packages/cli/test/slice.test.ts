import { NdArray } from "@somakit/core";
import { describe, expect, test } from "vitest";
import { UsageError } from "../src/failure.js";
import { sliceArray } from "../src/slice.js";

const array = NdArray.from(
  "int32",
  Int32Array.from({ length: 24 }, (_, i) => i),
  [2, 3, 4],
) as NdArray;

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
  ])("%j gives shape %j", (text, shape, first) => {
    const part = sliceArray(array, text);
    expect(part.shape).toEqual(shape);
    expect([...part][0]).toBe(first);
  });

  test.each(["", "a", "0:1:2:3", "0,0,0,0", "0.5", "7", "::0", "...,...", "...,0,0,0,0"])(
    "%j is wrong usage",
    (text) => {
      expect(() => sliceArray(array, text)).toThrow(UsageError);
    },
  );
});
