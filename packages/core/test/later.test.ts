import { expect, it } from "vitest";
import { later } from "../src/engine/later.js";

it("loads when it is first asked, and once, however many ask", async () => {
  let loads = 0;
  const load = later(async () => ({ number: ++loads }));
  expect(loads).toBe(0);
  const all = await Promise.all([load(), load()]);
  expect([...all, await load()]).toEqual([{ number: 1 }, { number: 1 }, { number: 1 }]);
});

it("tells everybody who waits of a failure, and tries again for the next one", async () => {
  let loads = 0;
  const load = later(async () => {
    loads += 1;
    if (loads === 1) throw new Error("no network");
    return "there";
  });
  const both = await Promise.allSettled([load(), load()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await load()).toBe("there");
  expect(loads).toBe(2);
});
