import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fixtures } from "./conformance/fixtures.js";
import { runFolder, type Totals } from "./conformance/runner.js";
import type { System } from "./conformance/system.js";
import { systems } from "./conformance/systems/index.js";

const HERE = join(import.meta.dirname, "conformance");

interface Report extends Totals {
  readonly lines: readonly string[];
}

async function run(system: System, folder: string): Promise<Report> {
  const lines: string[] = [];
  return { ...(await runFolder(system, new Fixtures(folder), { print: (line) => lines.push(line) })), lines };
}

test.each(systems.map((system) => [system.name, system] as const))(
  "%s reads every fixture as expected",
  async (name, system) => {
    const { lines, passed } = await run(system, join(HERE, name));
    expect(lines.filter((line) => line.startsWith("FAIL"))).toEqual([]);
    expect(passed).toBeGreaterThan(100);
  },
  60_000,
);

describe("the runner", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-conformance-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const system = (name: string): System => systems.find((candidate) => candidate.name === name) as System;

  /** Copies fixtures; their manifest lists just these. */
  function take(name: string, ...files: readonly string[]): void {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(HERE, name, file), join(folder, file));
    }
    const listed = files.filter((file) => !file.endsWith(".expected.json")).map((file) => ({ file }));
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ system: name, files: listed }));
  }

  function edit(file: string, change: (text: string) => string): void {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const changed = change(text);
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
  }

  const both = (file: string): readonly string[] => [file, `${file}.expected.json`];

  test("names file, section, path, expected and found of one wrong value", async () => {
    take("humandata", ...both("multi.npz"));
    edit("multi.npz.expected.json", (text) => text.replace('"multi"', '"other"'));
    const { failed, lines } = await run(system("humandata"), folder);
    expect(failed).toBeGreaterThan(0);
    expect(lines.join("\n")).toMatch(/^FAIL multi\.npz \(npz\): config\.values\[0\] expected "other", found "multi"$/m);
  });

  test.each([
    ["humandata", "full.pkl", '"data_len":7', '"data_len":8', /FAIL full\.pkl \(load\): data_len expected 8, found 7/],
    [
      "humandata",
      "compressed.npz",
      '"shape":[7,190,3]',
      '"shape":[7,190,4]',
      /FAIL compressed\.npz \(load\): .*shape\[2\] expected 4, found 3/,
    ],
    [
      "humandata",
      "bad_kp2d_channels.npz",
      "keypoints2d:",
      "keypoints3d:",
      /FAIL bad_kp2d_channels\.npz \(bad validate\)/,
    ],
    ["humandata", "bad_pickle_os_system.npz", "os.system", "os.other", /expected an error that names os\.other/],
    ["pyskl", "ops/big_append.pkl", "150000", "150001", /FAIL ops\/big_append\.pkl \(object\)/],
    ["pyskl", "ops/nested.pkl", "900", "901", /FAIL ops\/nested\.pkl \(object\)/],
    ["pyskl", "hostile/os_system_p0.pkl", "os.system", "os.other", /expected an error that names os\.other/],
  ])("%s/%s with %s changed to %s fails", async (name, file, old, changed, line) => {
    take(name, ...both(file));
    edit(`${file}.expected.json`, (text) =>
      text
        .replaceAll(/\s+(?=[[\]{}":,\d])/g, (space) => (space.includes("\n") ? "" : space))
        .replaceAll(/,\s*(?=\d)/g, ",")
        .replaceAll('": ', '":')
        .replaceAll(old, changed),
    );
    const { failed, lines } = await run(system(name), folder);
    // What loading comes to is looked at twice: as read, and as a dict.
    expect(failed).toBe(/load/.test(line.source) ? 2 : 1);
    expect(lines.join("\n")).toMatch(line);
  });

  test.each([
    [
      "trace-shape.json",
      /"paddingConstant": *-1\.5/,
      '"paddingConstant": -2.5',
      /\(10 getValueInShape keypoints2d\): sum/,
    ],
    [
      "trace-slice.json",
      /"args": *\[\s*-3,\s*-1\s*\]/,
      '"args": [-3, -2]',
      /\(3 getSlice \[Q25\]\): attributes\.data_len/,
    ],
  ])("%s with another argument fails", async (file, old, changed, line) => {
    take("humandata", file, ...both("full.npz"));
    edit(file, (text) => text.replace(old, changed));
    const { failed, lines } = await run(system("humandata"), folder);
    expect(failed).toBe(1);
    expect(lines.join("\n")).toMatch(line);
  });

  test("a good file among the bad ones fails", async () => {
    take("humandata", "bad_crc.npz.expected.json", "full.npz");
    cpSync(join(folder, "full.npz"), join(folder, "bad_crc.npz"));
    rmSync(join(folder, "full.npz"));
    const { lines } = await run(system("humandata"), folder);
    expect(lines.join("\n")).toMatch(/FAIL bad_crc\.npz \(bad zip\): expected .* found no issues/);
  });

  test("an empty folder fails", async () => {
    const { passed, failed, lines } = await run(system("humandata"), folder);
    expect({ passed, failed }).toEqual({ passed: 0, failed: 1 });
    expect(lines[0]).toBe("FAIL manifest.json: expected a manifest, found there is no manifest.json");
  });

  test("a file without an expected file is named, listed or not", async () => {
    take("pyskl", "ops/longs.pkl");
    cpSync(join(folder, "ops/longs.pkl"), join(folder, "ops/more.pkl"));
    const { failed, lines } = await run(system("pyskl"), folder);
    expect(failed).toBe(2);
    expect(lines[1]).toBe("FAIL ops/more.pkl: expected to be told what to expect, found no ops/more.pkl.expected.json");
  });

  test("a listed file that is missing is named, and so is an expected file without its file", async () => {
    take("humandata", "multi.npz.expected.json");
    writeFileSync(join(folder, "manifest.json"), '{"system": "humandata", "files": [{"file": "gone.npz"}]}');
    const { lines } = await run(system("humandata"), folder);
    expect(lines.join("\n")).toMatch(/^FAIL gone\.npz: .*no such file$/m);
    expect(lines.join("\n")).toMatch(/^FAIL multi\.npz: /m);
  });

  test("an expected file that is no JSON, and a section that nobody knows, are named", async () => {
    take("humandata", ...both("multi.npz"), ...both("empty.npz"));
    writeFileSync(join(folder, "multi.npz.expected.json"), "{");
    edit("empty.npz.expected.json", (text) => text.replace("{", '{"surprise": 1, '));
    const { lines } = await run(system("humandata"), folder);
    expect(lines.join("\n")).toMatch(/^FAIL multi\.npz: expected an expected file that can be read/m);
    expect(lines.join("\n")).toMatch(/^SKIP empty\.npz \(surprise\): a section that this runner does not know$/m);
  });

  test("the manifest of another system is an error", async () => {
    take("pyskl", ...both("ops/longs.pkl"));
    const { lines } = await run(system("humandata"), folder);
    expect(lines[0]).toBe("FAIL manifest.json: system expected humandata, found pyskl");
  });
});
