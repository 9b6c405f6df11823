import { describe, expect, it } from "vitest";
import { generate } from "../src/generate.js";
import { check, data, value, X } from "./bad.js";
import { projectOf } from "./project-files.js";

const list = (name: string, items: readonly unknown[], more: object = {}): object => ({
  $schema: "urn:somakit:list:1",
  name,
  description: "Names.",
  items,
  ...more,
});
const deeds = list("deeds", ["walk", "run", "walk"]);
const labelled = (labels: string) => data(value({ type: "integer", labels }));

describe("a list file", () => {
  it("is part of the project", () => {
    const { lists } = projectOf({ "b/primes.json": list("primes", [2, 3]), "deeds.json": deeds });
    expect(lists.map(({ name, file, items }) => [name, file, items])).toEqual([
      ["deeds", "deeds.json", ["walk", "run", "walk"]],
      ["primes", "b/primes.json", [2, 3]],
    ]);
  });

  it("becomes a constant, and an entry of a table that loads it", async () => {
    const files = { "deeds.json": deeds, "primes.json": list("primes", [2, 3]), "a.json": labelled("deeds") };
    const texts = new Map(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)]));
    const { outputs } = await generate({ files: texts });
    expect(outputs.get("lists/deeds.gen.ts")).toContain("export const deeds: NamedList<string> = {");
    expect(outputs.get("lists/primes.gen.ts")).toContain("export const primes: NamedList<number> = {");
    expect(outputs.get("lists/index.lazy.gen.ts")).toContain(
      'name: "deeds", size: 3, load: () => import("./deeds.gen.js")',
    );
    expect(outputs.get("lists/index.gen.ts")).toContain('export { primes } from "./primes.gen.js";');
    expect(outputs.get("registry.gen.ts")).toContain('export { lists, loadList } from "./lists/index.lazy.gen.js";');
    expect(outputs.get("a/a.layout.gen.ts")).toContain('labels: { list: "deeds", size: 3 }');
  });

  it("makes no table where there is none", async () => {
    const { outputs } = await generate({ files: new Map([["a.json", JSON.stringify(data(value({})))]]) });
    expect([...outputs.keys()].filter((path) => path.startsWith("lists/"))).toEqual([]);
    expect(outputs.get("registry.gen.ts")).not.toContain("lists");
  });

  check([
    ["without items", { "deeds.json": list("deeds", []) }, [expect.stringContaining("error deeds.json#/items")]],
    [
      "of names and numbers",
      { "deeds.json": list("deeds", ["a", 1]) },
      [expect.stringContaining("error deeds.json#/items")],
    ],
    ["of fractions", { "deeds.json": list("deeds", [1.5]) }, [expect.stringContaining("error deeds.json#/items/0")]],
    [
      "with another key",
      { "deeds.json": list("deeds", ["a"], { size: 1 }) },
      [expect.stringContaining("error deeds.json#/size")],
    ],
    ["in a file of another name", { "x.json": deeds }, ['error x.json#/name: list "deeds" is in a file called "x"']],
    [
      "twice",
      { "deeds.json": deeds, "z/Deeds.json": list("Deeds", ["a"]) },
      ['error z/Deeds.json#/name: list "Deeds" is also in deeds.json'],
    ],
  ]);
});

describe("labels", () => {
  check([
    ["of a list", { "a.json": labelled("deeds"), "deeds.json": deeds }, []],
    [
      "of no list",
      { "a.json": labelled("deed"), "deeds.json": deeds },
      [`error a.json#${X}/labels: there is no list of names "deed"; did you mean "deeds"?`],
    ],
    [
      "of a list of numbers",
      { "a.json": labelled("primes"), "primes.json": list("primes", [2, 3]) },
      [`error a.json#${X}/labels: there is no list of names "primes"`],
    ],
    [
      "that are no whole numbers",
      { "a.json": data(value({ type: "number", labels: "deeds" })), "deeds.json": deeds },
      [expect.stringContaining(`error a.json#${X}/type`)],
    ],
  ]);
});
