import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/tutorial.md"), "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
}

/** Fenced blocks in order, with what stands behind the fence. */
const blocks: readonly Block[] = [...page.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({
  kind,
  text,
}));

type Json = { [key: string]: unknown };

/** Members of `change` in place of those of `value`, objects member by member. */
function merged(value: Json, change: Json): Json {
  const isObject = (one: unknown): one is Json => typeof one === "object" && one !== null && !Array.isArray(one);
  const entries = Object.entries(change).map(([key, now]) => {
    const before = value[key];
    return [key, isObject(before) && isObject(now) ? merged(before, now) : now] as const;
  });
  return { ...value, ...Object.fromEntries(entries) };
}

const OPTIONS = {
  strict: true,
  module: "nodenext",
  target: "es2022",
  types: ["node"],
  rootDir: "src",
  outDir: "out",
};
let project: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), "somakit-tutorial-")));
  for (const folder of ["src", "node_modules/@somakit"]) mkdirSync(join(project, folder), { recursive: true });
  for (const name of ["core", "formats", "codegen", "cli"])
    symlinkSync(join(root, "packages", name), join(project, "node_modules/@somakit", name), "dir");
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "lab", private: true, type: "module" }));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS, include: ["src/**/*.ts"] }));
  symlinkSync(join(root, "node_modules/@types"), join(project, "node_modules/@types"), "dir");
  cpSync(join(import.meta.dirname, "third-party/walk.npz"), join(project, "walk.npz"));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(command: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const line = command.replace(
    "npx somakit",
    `"${process.execPath}" "${join(root, "packages/cli/dist/bundle/bin.js")}"`,
  );
  return spawnSync("bash", ["-c", line], { cwd: project, encoding: "utf8" });
}

it("everything on the page works, in its order", { timeout: 240_000 }, () => {
  const printed: string[] = [];
  let last = "";
  for (const { kind, text } of blocks) {
    const schema = join(project, "schemas/walk.json");
    if (kind === "console") {
      for (const command of text.trim().split("\n")) {
        const { status, stdout, stderr } = run(command.replace(/^\$ /, ""));
        const expected = command.endsWith("--check") ? 1 : 0;
        expect({ command, status, stderr: status === expected ? "" : stderr }).toEqual({
          command,
          status: expected,
          stderr: "",
        });
        printed.push(stdout);
        last = stdout;
      }
    } else if (kind === "json edit") {
      const value = JSON.parse(readFileSync(schema, "utf8")) as Json;
      writeFileSync(schema, JSON.stringify(merged(value, JSON.parse(text) as Json), undefined, 2));
    } else if (kind === "json config") writeFileSync(join(project, "somakit.config.json"), text);
    else if (kind === "text") expect(last).toBe(text);
    else if (kind === "python") runPython(text);
    else {
      expect(kind).toBe("ts");
      runSample(text);
    }
  }
  expect(printed[0]).toMatch(/no known data set, shown as npz/);
  expect(printed.join("\n")).toMatch(/Walk \(walk\) as npz\nframes {4}24 \(N/);
  expect(printed.join("\n")).toMatch(/12 frames of 24/);
  expect(last).toMatch(/\+ WalkFile\.contact/);
});

/** Makes the file as the page says; where there is no numpy, the one that is there already stands in for it. */
function runPython(script: string): void {
  if (debianPython === undefined) return;
  rmSync(join(project, "walk.npz"));
  const { status, stderr } = spawnSync(debianPython, ["-c", script], { cwd: project, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
}

/** Compiles the sample under strict rules and runs it. */
function runSample(sample: string): void {
  writeFileSync(join(project, "src/use.ts"), sample);
  const compiled = run(`"${process.execPath}" "${join(root, "node_modules/typescript/bin/tsc")}" -p .`);
  expect(compiled).toMatchObject({ status: 0, stdout: "" });
  expect(run(`"${process.execPath}" out/use.js`).stdout).toBe("[ 24, 156 ] [ 12, 3 ]\n");
}
