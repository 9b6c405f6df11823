import { expect, test } from "vitest";
import { allVerbs, verbNamed, verbsFrom } from "../src/verbs/index.js";

const all = await allVerbs();

test("the first word of each command leads to it", async () => {
  for (const { name } of all) {
    const found = await verbsFrom(name.split(" ")[0]);
    expect(found.map((verb) => verb.name)).toContain(name);
    expect((await verbNamed(name))?.name).toBe(name);
  }
});

test("commands that begin with the same word come together, and no others with them", async () => {
  const names = async (word: string): Promise<readonly string[]> => (await verbsFrom(word)).map(({ name }) => name);
  expect(await names("info")).toEqual(["info"]);
  expect(await names("convert")).toEqual(["convert"]);
  expect(await names("verify")).toEqual(["validate"]);
  expect(await names("schema")).toEqual(["schema init", "schema check", "schema diff"]);
});

test("a word that no command begins with, or none, leads to all of them", async () => {
  const names = all.map(({ name }) => name);
  for (const word of [undefined, "", "inof", "--help", "toString"])
    expect((await verbsFrom(word)).map(({ name }) => name)).toEqual(names);
});
