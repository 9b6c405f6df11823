import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { somakit } from "./run.js";

const SCHEMA = {
  $schema: "urn:somakit:dialect:1",
  $id: "urn:test:gait",
  title: "Gait",
  description: "Steps of one walk.",
  type: "object",
  container: "npz",
  detect: [["steps"]],
  required: ["steps"],
  properties: {
    steps: { ndarray: { dtype: "float32", shape: ["*", 3] }, unit: "m", description: "Where each foot comes down." },
  },
  additionalProperties: false,
} as const;

describe("generate", () => {
  let folder: string;
  let args: readonly string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-generate-"));
    mkdirSync(join(folder, "schemas", "gait"), { recursive: true });
    args = ["generate", "--schemas", join(folder, "schemas"), "-o", join(folder, "out")];
    write("gait/gait.json", SCHEMA);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, schema: unknown): void {
    writeFileSync(join(folder, "schemas", path), JSON.stringify(schema, undefined, 2));
  }

  test("writes, then has nothing to do, then notices what is out of date", async () => {
    const first = await somakit(args);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^written gait\/gait\.gen\.ts$/m);
    expect(first.stderr).toMatch(/\d+ written, 0 removed, 0 unchanged\n$/);

    const check = await somakit([...args, "--check"]);
    expect(check).toMatchObject({ code: 0, stdout: "" });

    appendFileSync(join(folder, "out", "registry.gen.ts"), "// by hand\n");
    const drift = await somakit([...args, "--check"]);
    expect(drift).toMatchObject({ code: 1, stdout: "changed registry.gen.ts (+0 -1)\n    - // by hand\n" });

    const second = await somakit(args);
    expect(second).toMatchObject({ code: 0, stdout: "written registry.gen.ts (+0 -1)\n" });
  });

  test("takes the folder as its argument, and the output by either name", async () => {
    const schemas = join(folder, "schemas");
    const out = join(folder, "elsewhere");
    expect((await somakit(["generate", schemas, "--out", out])).code).toBe(0);
    expect((await somakit(["generate", schemas, "--output", out, "--check"])).code).toBe(0);
    const twice = await somakit(["generate", schemas, "--schemas", schemas, "--out", out]);
    expect(twice).toMatchObject({ code: 2, stdout: "" });
    expect(twice.stderr).toContain("the folder of schemas is given twice");
    const none = await somakit(["generate", "--out", out]);
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("nothing says where the schemas are");
  });

  test("makes the same however the folder of schemas is written", async () => {
    const schemas = join(folder, "schemas");
    for (const [cwd, path] of [
      [schemas, "."],
      [schemas, "./"],
      [folder, "./schemas"],
      [folder, "schemas/"],
      [join(schemas, "gait"), ".."],
    ] as const) {
      const { code, stdout } = await somakit(["generate", path, "--out", join(folder, "out")], { cwd });
      expect(code, path).toBe(0);
      expect(stdout, path).toMatch(/^(written gait\/gait\.gen\.ts$|$)/m);
    }
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["gait", "registry.gen.ts"]);
  });

  test("names file, line and pointer of every fault and writes nothing", async () => {
    write("gait/gait.json", { ...SCHEMA, properties: { steps: { ndaray: {}, description: "…" } } });
    const { code, stdout, stderr } = await somakit(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^gait\/gait\.json:\d+:\d+ \/properties\/steps\/ndaray error unknown keyword "ndaray"/m);
    expect(stderr).toMatch(/nothing was generated\n$/);
    expect(readdirSync(folder)).toEqual(["schemas"]);
  });

  test("pages of documentation, left-out schemas and JSON", async () => {
    mkdirSync(join(folder, "schemas", "other"));
    write("other/other.json", { ...SCHEMA, $id: "urn:test:other", title: "Other" });
    const docs = join(folder, "docs");
    const { code, stdout } = await somakit(["--json", ...args, "--docs", docs, "--exclude", "other"]);
    const report = JSON.parse(stdout) as { readonly missing: readonly string[]; readonly ok: boolean };
    expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
    expect(report.missing.some((path) => path.startsWith("other/"))).toBe(false);
    expect(readFileSync(join(docs, "gait", "gait.md"), "utf8")).toContain("Where each foot comes down");
  });
});
