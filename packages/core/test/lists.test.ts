import { expect, it } from "vitest";
import { type ListEntry, listLookup, type NamedList } from "../src/lists/list.js";

const deeds: NamedList = { name: "deeds", description: "", items: ["walk", "run"] };

it("finds lists by name, whatever the case of its letters", async () => {
  const find = listLookup([deeds]);
  expect(await find("DEEDS")).toBe(deeds);
  expect(await find("deed")).toBeUndefined();
});

it("loads the list that is asked for only, and takes the first of two with one name", async () => {
  const loaded: string[] = [];
  const entry = (name: string): ListEntry => ({
    name,
    size: 2,
    load: async () => {
      loaded.push(name);
      return { ...deeds, name };
    },
  });
  const find = listLookup([deeds, entry("Deeds"), entry("other")]);
  expect(await find("deeds")).toBe(deeds);
  expect((await find("other"))?.name).toBe("other");
  expect(loaded).toEqual(["other"]);
});
