import { expect, it } from "vitest";
import { CommonSize } from "../src/engine/records/common-size.js";

it("the common size is that of most records, and begins anew with each block", () => {
  const sizes = new CommonSize();
  for (const size of [10, 20, 20, 10, 20]) sizes.add(size);
  expect(sizes.take()).toBe(20);
  for (const size of [30, 40]) sizes.add(size);
  expect(sizes.take()).toBeUndefined();
  expect(sizes.take()).toBeUndefined();
});
