import { describe, expect, it } from "vitest";
import { nameOf, numberedList, numberedNames, numberOf } from "../src/engine/numbered.js";
import type { Numbered } from "../src/layout/layout.js";
import type { GroupNode } from "../src/tree/node.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import { formatError } from "./support-io.js";

const shots: Numbered = { prefix: "shot", suffix: "", from: 0, pad: 0, gaps: true };
const folders: Numbered = { prefix: "point_", suffix: ".d", from: 1, pad: 5, gaps: false };

const group = (...names: readonly string[]): GroupNode =>
  nodeOfValue(Object.fromEntries(names.map((name) => [name, name])), "top") as GroupNode;

describe("names with numbers", () => {
  it("state a number only where the rule would write one", () => {
    expect(numberOf("shot12", shots)).toBe(12);
    expect(numberOf("shot", shots)).toBeUndefined();
    expect(numberOf("shot-1", shots)).toBeUndefined();
    expect(numberOf("shot1.5", shots)).toBeUndefined();
    expect(numberOf("shot٣", shots)).toBeUndefined();
    expect(numberOf("shot99999999999999999999", shots)).toBeUndefined();
    expect(numberOf("point_00000.d", folders)).toBeUndefined();
    expect(numberOf("point_00007.d", folders)).toBe(7);
    // Prefix and suffix may not share characters.
    expect(numberOf("aa", { ...shots, prefix: "aa", suffix: "a" })).toBeUndefined();
  });

  it("are written with as many digits as the rule says, or more", () => {
    expect(nameOf(3, shots)).toBe("shot3");
    expect(nameOf(3, folders)).toBe("point_00003.d");
    expect(nameOf(123456, folders)).toBe("point_123456.d");
  });

  it("are sorted by number, whatever the order of names", () => {
    const { children, odd, gap } = numberedNames(["shot10", "other", "shot2", "shot0"], shots);
    expect(children.map(({ number }) => number)).toEqual([0, 2, 10]);
    expect({ odd, gap }).toEqual({ odd: [], gap: undefined });
  });

  it("that have other digits are odd, and so is the second of two with one number", () => {
    expect(numberedNames(["shot1", "shot01", "shot007"], shots).odd).toEqual(["shot01", "shot007"]);
    expect(numberedNames(["point_1.d"], folders).odd).toEqual(["point_1.d"]);
  });

  it("show the first gap where there may be none, also at the beginning", () => {
    expect(numberedNames(["point_00001.d", "point_00003.d"], folders).gap).toBe(2);
    expect(numberedNames(["point_00002.d"], folders).gap).toBe(1);
    expect(numberedNames([], folders).gap).toBeUndefined();
  });
});

describe("numbered children", () => {
  it("are a list that loads them when they are asked for", async () => {
    const asked: string[] = [];
    const plain = group("shot10", "note", "shot2");
    const child: GroupNode["child"] = (key, work) => {
      asked.push(key);
      return plain.child(key, work);
    };
    const list = numberedList({ ...plain, child }, shots);
    expect([list.length, list.path, asked]).toEqual([2, 'top["shot*"]', []]);
    expect(await list.child(1)).toMatchObject({ kind: "scalar", value: "shot10", path: "top.shot10" });
    expect(asked).toEqual(["shot10"]);
    expect((await formatError(() => list.child(2), "missing")).message).toMatch(/no item 2/);
  });

  it("of other names, or with gaps, are refused by name", async () => {
    const odd = await formatError(() => numberedList(group("shot1", "shot02"), shots), "corrupt");
    expect([odd.path, odd.reason]).toEqual(["top.shot02", "a child of this number is called shot2"]);
    const gap = await formatError(() => numberedList(group("point_00002.d"), folders), "corrupt");
    expect(gap.reason).toMatch(/point_00001\.d is missing/);
  });
});
