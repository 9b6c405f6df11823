import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianPython } from "../support/python.js";
import { cases } from "./cases.js";
import { isBodies } from "./data.js";
import type { Row } from "./table.js";

const root = resolve(import.meta.dirname, "../..");

// Only that it works and looks at every case: how fast anything is depends on the machine and is no matter of tests.
describe("npm run bench", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-bench-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function bench(name: string, ...args: string[]): { text: string; rows: readonly Row[]; data: string } {
    const [json, data] = [join(folder, `${name}.json`), join(folder, name)];
    const all = ["scripts/run-ts.mjs", "test/bench/main.ts", "--quick", "--json", json, "--data", data, ...args];
    const text = execFileSync(process.execPath, all, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { text, rows: (JSON.parse(readFileSync(json, "utf8")) as { rows: Row[] }).rows, data };
  }

  it("runs every case end to end", { timeout: 180_000 }, () => {
    const { text, rows, data } = bench("all");
    // Python makes the meshes.
    const measured = cases.filter(({ file }) => debianPython || !isBodies(file));
    expect(rows.map(({ name }) => name)).toEqual(measured.map(({ name }) => name));
    for (const { title } of measured) expect(text).toContain(`| ${title} `);
    for (const row of rows) {
      expect(row).toMatchObject({ ours: expect.any(Number), oursPeak: expect.any(Number), target: "" });
      const { alone = false } = cases.find(({ name }) => name === row.name) ?? {};
      expect(typeof row.ratio).toBe(debianPython && !alone ? "number" : "undefined");
    }
    expect(readdirSync(data).filter((name) => /part|^out-/.test(name))).toEqual([]);
  });

  it("gives our figures where there is no Python", { timeout: 180_000 }, () => {
    const { text, rows } = bench("alone", "--no-python", "--only", "load", "--only", "save", "--only", "pickle");
    expect(text).toContain("no Python with numpy: our figures alone");
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect([row.ours > 0, row.python, row.ratio]).toEqual([true, undefined, undefined]);
  });

  it("says what it takes", () => {
    expect(() => bench("wrong", "--only", "nothing")).toThrow(/no case nothing; there are open-key, /);
  });
});
