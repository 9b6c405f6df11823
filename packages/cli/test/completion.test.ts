import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { SHELLS, scripts } from "../src/complete/scripts.js";
import { verbs } from "../src/verbs/index.js";
import { shell, somakit } from "./run.js";
import { succeed } from "./work-folder.js";

async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await succeed(["complete", "--", ...words]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t")[0] as string);
}

describe("candidates", () => {
  test("commands, those of a topic once, and hidden ones never", async () => {
    const found = await complete("");
    const firsts = verbs.filter(({ hidden }) => hidden !== true).map(({ name }) => name.split(" ")[0]);
    expect(new Set(found)).toEqual(new Set(firsts));
    expect(found).toHaveLength(new Set(found).size);
    expect(await complete("inf")).toEqual(["info"]);
    expect(await complete("convention", "")).toEqual(["convert"]);
  });

  test("options of the command and those of all", async () => {
    const found = await complete("validate", "a.npz", "--");
    expect(found).toEqual(expect.arrayContaining(["--profile", "--as", "--depth", "--json", "--quiet"]));
    expect(await complete("slice", "-")).toEqual(expect.arrayContaining(["-o", "--output"]));
    expect(await complete("--js")).toEqual(["--json"]);
  });

  test("values: choices, data sets, profiles, conventions", async () => {
    expect(await complete("validate", "--depth", "")).toEqual(["headers", "values"]);
    expect(await complete("validate", "--as", "humandata")).toEqual([
      "humandata",
      "humandata/cache",
      "humandata/multi",
    ]);
    expect(await complete("validate", "--profile", "str")).toEqual(["strict"]);
    expect(await complete("conventions", "coco", "coco_w")).toEqual(["coco_wholebody"]);
    expect(await complete("completion", "")).toEqual([...SHELLS]);
  });

  test("files where an argument or an option names one, and nowhere else", async () => {
    expect(await complete("info", "")).toEqual([":files"]);
    expect(await complete("info", "a", "b", "")).toEqual([":files"]);
    expect(await complete("slice", "a.npz", "0:5", "-o", "")).toEqual([":files"]);
    expect(await complete("formats", "")).toEqual([]);
    expect(await complete("validate", "--labels", "")).toEqual([]);
    expect(await complete("nonsense", "")).toEqual([]);
  });

  test("an empty word that the shell loses can be asked for", async () => {
    expect((await succeed(["complete", "--next", "--", "validate", "--depth"])).stdout).toBe("headers\nvalues\n");
  });
});

describe("scripts", () => {
  test.each(SHELLS)("%s: printed as it is, and asks the command", async (name) => {
    const { stdout } = await succeed(["completion", name]);
    expect(stdout).toBe(scripts[name]);
    expect(stdout).toMatch(/somakit complete (@next )?-- /);
  });

  test("another shell is wrong usage", async () => {
    expect((await somakit(["completion", "tcsh"])).code).toBe(2);
  });

  test("bash completes with it", async () => {
    const line = [
      `eval "$(somakit completion bash)"`,
      `COMP_WORDS=(somakit validate --depth h) COMP_CWORD=3; _somakit; echo "\${COMPREPLY[*]}"`,
      `COMP_WORDS=(somakit validate "") COMP_CWORD=2; _somakit; echo "none: \${COMPREPLY[*]}"`,
      `COMP_WORDS=(somakit val) COMP_CWORD=1; _somakit; echo "\${COMPREPLY[*]}"`,
    ].join("\n");
    expect((await shell(line)).stdout).toBe("headers\nnone: \nvalidate\n");
  });

  test.each([
    ["zsh", ["-n"]],
    ["fish", ["--no-execute"]],
  ] as const)("%s takes it, where it is installed", async (program, options) => {
    const { error, status, stderr } = spawnSync(program, [...options, "/dev/stdin"], {
      input: scripts[program],
      encoding: "utf8",
    });
    if (error) return expect((error as NodeJS.ErrnoException).code).toBe("ENOENT");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
