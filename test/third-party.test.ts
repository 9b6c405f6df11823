import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { debianPython } from "./support/python.js";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/writing-a-schema.md"), "utf8");
const somakit = join(root, "packages/cli/dist/bundle/bin.js");

/** A project of somebody else's, outside this repository, that has nothing but the packages. */
describe("a data set that somakit has never heard of", { shuffle: false, timeout: 60_000 }, () => {
  let project: string;

  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "somakit-third-party-")));
    for (const folder of ["schemas", "src", "node_modules/@somakit"])
      mkdirSync(join(project, folder), { recursive: true });
    for (const name of ["core", "formats", "codegen", "cli"]) {
      symlinkSync(join(root, "packages", name), join(project, "node_modules/@somakit", name), "dir");
    }
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "lab", private: true, type: "module" }));
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(TSCONFIG));
    symlinkSync(join(root, "node_modules/@types"), join(project, "node_modules/@types"), "dir");
    writeFileSync(join(project, "schemas/mocap.json"), codeBlocks(page, "json")[0] as string);
    for (const title of ["Recording", "Takes"]) {
      const schema = codeBlocks(page, "json").find((block) => block.includes(`"title": "${title}"`));
      writeFileSync(join(project, `schemas/${title.toLowerCase()}.json`), schema as string);
    }
    for (const take of ["take_walk", "take_run"]) {
      mkdirSync(join(project, "studio", take), { recursive: true });
      writeFileSync(join(project, "studio", take, "info.json"), JSON.stringify({ version: "1.0.0" }));
    }
    cpSync(join(import.meta.dirname, "third-party/walk.npz"), join(project, "walk.npz"));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [somakit, ...args], { cwd: project, encoding: "utf8" });

  it("becomes a typed module with the one command of the page", () => {
    const [command] = codeBlocks(page, "console");
    const words = (command as string).trim().replace("$ npx somakit ", "").split(" ");
    const { status, stderr } = run(...words);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const files = readdirSync(join(project, "src/somakit"), { recursive: true }).map(String).sort();
    expect(files).toContain(join("mocap", "index.gen.ts"));
    expect(files).toContain("registry.gen.ts");
    expect(run(...words, "--check").status).toBe(0);
  });

  it("compiles under strict rules, and reads and writes the file that numpy made", () => {
    const sample = codeBlocks(page, "ts").join("\n");
    writeFileSync(join(project, "src/use.ts"), `${sample}\nconst wrong: readonly [number, 155] = poses.shape;\n`);
    const compile = () =>
      spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], {
        cwd: project,
        encoding: "utf8",
      });
    expect(compile().stdout).toContain("is not assignable to type 'readonly [number, 155]'");
    writeFileSync(join(project, "src/use.ts"), sample);
    expect(compile()).toMatchObject({ status: 0, stdout: "" });
    const printed = execFileSync(process.execPath, ["out/use.js"], { cwd: project, encoding: "utf8" });
    expect(printed).toBe(
      "[ 24, 156 ] female\n[ 12, 156 ]\ntake_run undefined\ntake_walk undefined\n3 2\n[ 4, 3 ]\n[ 4, 3 ]\n",
    );
  });

  it.skipIf(!debianPython)("writes what numpy loads, equal but for what was changed", () => {
    const script = [
      "import numpy as np",
      "a, b = np.load('walk.npz'), np.load('walk60.npz')",
      "assert sorted(a) == sorted(b), (list(a), list(b))",
      "assert all(a[k].dtype == b[k].dtype and a[k].shape == b[k].shape for k in a)",
      "assert all((a[k] == b[k]).all() for k in a if k != 'mocap_framerate')",
      "assert b['mocap_framerate'] == 60",
      "print('equal')",
    ];
    expect(execFileSync(debianPython as string, ["-c", script.join("\n")], { cwd: project, encoding: "utf8" })).toBe(
      "equal\n",
    );
  });

  it("is refused where the file breaks the schema, by the generated code too", () => {
    writeFileSync(
      join(project, "src/refuse.mjs"),
      `import { fileSource } from "@somakit/core/node";
       import * as mocap from "../out/somakit/mocap/index.gen.js";
       const value = await mocap.read(await fileSource("walk.npz"));
       value.gender = "x"; value.trans = value.trans.slice([0, 23]);
       for (const issue of await mocap.check(value)) console.log(issue.code, issue.path, issue.rule);
       const { MemorySink } = await import("@somakit/core");
       await mocap.write(new MemorySink(), value).catch((error) => console.log("write", error.code, error.issues.length));`,
    );
    const printed = execFileSync(process.execPath, ["src/refuse.mjs"], { cwd: project, encoding: "utf8" });
    expect(printed.trim().split("\n").sort()).toEqual([
      "range gender urn:example:mocap:1#/properties/gender/enum",
      "symbol trans urn:example:mocap:1#/properties/trans",
      "write unwritable 2",
    ]);
  });
});

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    module: "nodenext",
    target: "es2022",
    types: ["node"],
    outDir: "out",
    rootDir: "src",
  },
  include: ["src/**/*.ts"],
};
