import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { GLOBAL_OPTIONS } from "../src/help.js";
import { type Io, main } from "../src/main.js";
import { allVerbs } from "../src/verbs/index.js";
import { HUMANDATA, somakit } from "./run.js";

const verbs = await allVerbs();

test("docs/cli.md is up to date", async () => {
  const { stdout } = await somakit(["markdown-help"]);
  const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
  expect(page, "run: node packages/cli/dist/bin.js markdown-help > docs/cli.md").toBe(stdout);
});

describe("the manual page", () => {
  const page = fileURLToPath(new URL("../man/somakit.1", import.meta.url));

  test("is up to date", async () => {
    const { stdout } = await somakit(["man-page"]);
    const text = readFileSync(page, "utf8");
    expect(text, "run: node packages/cli/dist/bin.js man-page > packages/cli/man/somakit.1").toBe(stdout);
  });

  const isInstalled = spawnSync("groff", ["--version"]).error === undefined;
  test.skipIf(!isInstalled)("is such that groff has nothing to say about it, and shows every command", () => {
    const { stdout, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8", page], { encoding: "utf8" });
    expect(stderr).toBe("");
    for (const { name, hidden } of verbs) if (!hidden) expect(stdout).toContain(name);
  });
});

test("help and documentation name every command and option", { timeout: 120_000 }, async () => {
  const { stdout: page } = await somakit(["markdown-help"]);
  const { stdout: help } = await somakit(["--help"]);
  for (const { name, options, hidden } of verbs) {
    expect(help.includes(`  ${name} `), name).toBe(hidden !== true);
    const own = hidden ? "" : (await somakit([...name.split(" "), "--help"])).stdout;
    for (const { flags } of hidden ? [] : options) {
      expect(page).toContain(`\`${flags}\``);
      expect(own).toContain(flags);
    }
  }
  for (const { flags } of GLOBAL_OPTIONS) expect(page).toContain(`\`${flags}\``);
});

describe("colours", () => {
  async function run(
    args: readonly string[],
    environment: Io["environment"],
    columns: number | undefined,
  ): Promise<string> {
    let text = "";
    const stream = {
      write: (part: string) => (text += part),
      drained: async () => {},
      columns,
    } as unknown as Io["stdout"];
    const stdin = (async function* () {})();
    const { signal } = new AbortController();
    await main(args, { stdout: stream, stderr: stream, stdin, environment, signal, unfinished: new Set() });
    return text;
  }

  test.each([
    ["on a terminal", [], {}, 100, true],
    ["not into a pipe", [], {}, undefined, false],
    ["not with NO_COLOR", [], { NO_COLOR: "1" }, 100, false],
    ["not with --no-color", ["--no-color"], {}, 100, false],
    ["not on a dumb terminal", [], { TERM: "dumb" }, 100, false],
  ] as const)("%s", async (_, args, environment, columns, colored) => {
    const text = await run([...args, "info", `${HUMANDATA}full.npz`], environment, columns);
    expect(text).toContain("HumanData");
    expect(text.includes("\u001b[")).toBe(colored);
  });

  test("tables fit the terminal", async () => {
    const text = await run(["--no-color", "info", `${HUMANDATA}full.npz`], {}, 100);
    const table = text.slice(text.indexOf("\n\n")).split("\n");
    expect(Math.max(...table.map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });
});
