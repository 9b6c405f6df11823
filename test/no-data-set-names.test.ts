import { readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { registry } from "@somakit/formats/registry";
import { describe, expect, it } from "vitest";

const packages = resolve(import.meta.dirname, "../packages");

/** Names of data sets that are common words, or those of conventions. */
const WORDS: ReadonlySet<string> = new Set([
  "list",
  "clip",
  "images",
  "references",
  "cache",
  "multi",
  "coco",
  "openpose",
  "results",
]);

/** Systems and the data sets in them, as people may spell them in code. */
const names = [...new Set(registry.flatMap(({ id }) => id.split("/")))].filter((name) => !WORDS.has(name));
const [short, long] = [names.filter((name) => name.length < 5), names.filter((name) => name.length >= 5)];
const asCode = new RegExp(
  [
    ...long.map((name) => name.replaceAll("_", "[_-]?")),
    ...short.map((name) => `\\b${name}\\b`),
    ...registry.map(({ id }) => `["'\`]${id}["'\`]`).filter((quoted) => quoted.includes("/")),
  ].join("|"),
  "i",
);

/** Code without comments, and without the examples that help shows, which tests of pages run. */
function codeOf(path: string): readonly string[] {
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""));
  return text.split("\n").map((line) => line.replace(/(^|\s)\/\/.*$/, "").replace(/"somakit .*$/, ""));
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".gen.ts"))
    .map((name) => resolve(folder, name));
}

describe("no data set is known by name", () => {
  it.each(["core", "cli", "codegen"])("in %s", (name) => {
    const folder = resolve(packages, name, "src");
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(30);
    const found = files.flatMap((path) => [
      ...(asCode.test(basename(path)) ? [path.slice(folder.length)] : []),
      ...codeOf(path).flatMap((line, index) =>
        asCode.test(line) ? [`${path.slice(folder.length)}:${index + 1}: ${line.trim()}`] : [],
      ),
    ]);
    expect(found).toEqual([]);
  });

  it("is found where it would be", () => {
    expect(names).toEqual(expect.arrayContaining(["humandata", "pyskl", "skelshop", "bodycompress", "datagen"]));
    expect(asCode.test('if (id === "humandata")')).toBe(true);
    expect(asCode.test("function isTrackShots()")).toBe(true);
  });
});
