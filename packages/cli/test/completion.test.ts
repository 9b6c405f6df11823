import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SHELLS, scripts } from "../src/complete/scripts.js";
import { allVerbs } from "../src/verbs/index.js";
import { BIN, shell, somakit } from "./run.js";
import { succeed, workFolder } from "./work-folder.js";

const verbs = await allVerbs();

const { path } = workFolder();

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
    expect(await complete("convention", "convert", "a.npz", "--convention", "coco_w")).toEqual(["coco_wholebody"]);
    expect(await complete("render", "a.npz", "--source-convention", "coco_w")).toEqual(["coco_wholebody"]);
    expect(await complete("info", "--progress", "")).toEqual(["auto", "always", "never"]);
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

  /** Skips visibly where a shell is not installed. */
  const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
  const inFolder = (program: string, args: readonly string[]): { readonly stdout: string; readonly stderr: string } => {
    writeFileSync(path("sample.npz"), "");
    const env = { ...process.env, NODE: process.execPath, BIN, HOME: path("."), TERM: "dumb" };
    return spawnSync(program, args, { cwd: path("."), env, encoding: "utf8", timeout: 50_000 });
  };

  test.skipIf(!isInstalled("zsh"))("zsh completes with it, typing at a terminal", { timeout: 60_000 }, () => {
    const session = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1="> "; somakit() { "$NODE" "$BIN" "$@"; }; autoload -Uz compinit; compinit -u -D'
zpty -w shell 'eval "$(somakit completion zsh)"; echo REA""DY'
zpty -r shell out '*READY*'
zpty -n -w shell $'somakit validate --depth h\t'
zpty -r shell out '*eaders*'
print -r -- "\${out##*$'\r'}"
zpty -n -w shell $'C-usomakit info sam\t'
zpty -r shell out '*sample.npz*'
print -r -- "\${out##*$'\r'}"
zpty -d shell`;
    const { stdout } = inFolder("zsh", ["-f", "-c", session]);
    expect(stdout).toMatch(/eaders/);
    expect(stdout).toMatch(/sample\.npz/);
  });

  test.skipIf(!isInstalled("fish"))("fish completes with it", { timeout: 60_000 }, () => {
    const { stdout, stderr } = inFolder("fish", [
      "--no-config",
      "-c",
      [
        `function somakit; $NODE $BIN $argv; end`,
        "somakit completion fish | source",
        'complete -C "somakit validate --depth h"',
        'complete -C "somakit val"',
        'complete -C "somakit info sam"',
      ].join("\n"),
    ]);
    expect({ stdout, stderr }).toEqual({
      stdout: "headers\nvalidate\tCheck files against the schema of their data set\nsample.npz\n",
      stderr: "",
    });
  });

  test.skipIf(!isInstalled("pwsh"))("PowerShell completes with it", { timeout: 60_000 }, () => {
    const { stdout } = inFolder("pwsh", [
      "-NoProfile",
      "-Command",
      [
        "function somakit { & $env:NODE $env:BIN @args }",
        "somakit completion powershell | Out-String | Invoke-Expression",
        "(TabExpansion2 'somakit validate --depth h' 26).CompletionMatches.CompletionText",
      ].join("; "),
    ]);
    expect(stdout.trim()).toBe("headers");
  });
});
