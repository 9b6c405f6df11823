import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Result, shell, somakit } from "./run.js";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));
const SCHEMAS = join(EXAMPLES, "schemas");
const AMASS = join(EXAMPLES, "samples/amass.npz");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "somakit-schemas-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, content: string | object): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  return full;
}

/** Runs `somakit` in a folder of its own. */
function inFolder(path: string, args: string): Promise<Result> {
  return shell(`cd "$HERE" && somakit ${args}`, { HERE: join(folder, path), AMASS, SCHEMAS });
}

const small = (properties: object, more: object = {}) => ({
  $schema: "urn:somakit:dialect:1",
  $id: "urn:example:small:1",
  title: "Small",
  description: "A small data set.",
  type: "object",
  container: "json",
  required: ["poses"],
  properties,
  ...more,
});
const poses = { description: "Poses.", type: "array", items: { description: "A pose.", type: "number" } };

describe("schemas of the user's own", { timeout: 90_000 }, () => {
  test.each<readonly [string, RegExp]>([
    ["info", /data set {2}Amass \(amass\) as npz\nframes {4}6 \(N\)/],
    ["info", /poses .*Joint rotations, axis-angle, 3 numbers a joint/],
    ["validate", /Amass, no issues/],
    ["show", /poses/],
    ["digest", /[0-9a-f]{16}/],
    ["upgrade", /up to date/],
  ])("%s knows their data sets", async (verb, expected) => {
    const { code, stdout, stderr } = await somakit([verb, "--schemas", SCHEMAS, AMASS]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: "" });
    expect(stdout).toMatch(expected);
  });

  test("slice, select, split and concat cut along their frames", async () => {
    const at = (name: string) => join(folder, name);
    const run = (...args: string[]) => somakit([...args, "--schemas", SCHEMAS]);
    expect((await run("slice", AMASS, "0:2", "-o", at("a.npz"))).stdout).toContain("2 frames of 6");
    expect((await run("slice", AMASS, "2:", "-o", at("b.npz"))).code).toBe(0);
    const joined = await run("concat", at("a.npz"), at("b.npz"), "-o", at("c.npz"));
    expect(joined.stdout).toContain("6 frames of 2 files");
    expect((await run("digest", at("c.npz"))).stdout.split(/\s/)[0]).toBe(
      (await run("digest", AMASS)).stdout.split(/\s/)[0],
    );
    expect((await run("validate", at("c.npz"))).stdout).toContain("no issues");
  });

  test("formats and conventions list them, in front of those that are shipped", async () => {
    const { stdout } = await somakit(["formats", "--schemas", SCHEMAS]);
    expect(stdout).toMatch(/^amass +Amass +npz/m);
    expect(stdout).toMatch(/^humandata +HumanData/m);
    expect((await somakit(["conventions", "h36m_32", "--schemas", SCHEMAS])).stdout).toContain("left_hand_end");
    expect((await somakit(["conventions", "h36m_32"])).code).toBe(2);
  });

  test("a schema by itself is enough, with what it refers to", async () => {
    file("one/parts.json", {
      $schema: "urn:somakit:dialect:1",
      title: "Parts",
      description: "Parts.",
      $defs: { Poses: poses },
    });
    const schema = file("one/deep/small.json", small({ poses: { $ref: "../parts.json#/$defs/Poses" } }));
    const data = file("one/data.json", { poses: [1, 2] });
    const { stdout } = await somakit(["validate", "--schemas", schema, data]);
    expect(stdout).toContain("Small, no issues");
  });

  test("faulty ones end with 1, and say where the first fault is", async () => {
    const schema = file("faulty.json", small({ poses: { ...poses, tpye: "array" } }));
    const { code, stderr } = await somakit(["info", "--schemas", schema, AMASS]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/faulty\.json:\d+:\d+ \/properties\/poses\/tpye: .*did you mean "type"/);
  });

  test.each([
    [["info", "--schemas", "nowhere", AMASS], /there is no folder or file of schemas nowhere/],
    [["info", "--schemas", SCHEMAS, "--schemas", SCHEMAS, AMASS], /both have a data set/],
  ] as const)("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await somakit(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("the generator is loaded only where there are schemas", async () => {
    const trace = `--import 'data:text/javascript,process.on("exit",()=>{const l=process.getBuiltinModule("node:module");console.error(Object.keys(l._cache??{}).some(p=>p.includes("typescript")||p.includes("/ajv/"))?"generator":"without")})'`;
    const run = (more: string) =>
      shell(`cd "$HERE" && "$NODE" ${trace} "$BIN" info ${more} "$AMASS"`, { HERE: folder, AMASS, SCHEMAS });
    expect((await run("")).stderr).toContain("without");
    expect((await run('--schemas "$SCHEMAS"')).stderr).toContain("generator");
  });
});

describe("somakit.config.json", () => {
  test("registers schemas for every folder below it", async () => {
    file("project/somakit.config.json", { schemas: ["./mine"] });
    file("project/mine/small.json", small({ poses }));
    file("project/data/deep/x.json", { poses: [1] });
    expect((await inFolder("project/data/deep", "info x.json")).stdout).toContain("Small (small) as json");
    expect((await inFolder(".", "info project/data/deep/x.json")).stdout).toContain("no known data set");
    const chosen = await inFolder(".", "info --config project/somakit.config.json project/data/deep/x.json");
    expect(chosen.stdout).toContain("Small (small) as json");
  });

  test.each<readonly [string | object, RegExp]>([
    ["{", /somakit\.config\.json: .*JSON/],
    [[], /it must be an object/],
    [{}, /\/schemas: it is missing/],
    [{ schemas: "x" }, /\/schemas: it must be a list/],
    [{ schemas: ["a", 3] }, /\/schemas\/1: it must be the path/],
    [{ schemas: ["a", "./a"] }, /\/schemas\/1: it is listed twice/],
    [{ schemas: [], "a/b": 1 }, /\/a~1b: there is no such setting/],
    [{ schemas: ["gone"] }, /there is no folder or file of schemas .*gone/],
  ])("%j is refused with its pointer", async (content, message) => {
    const config = file("bad/somakit.config.json", content);
    const { code, stderr } = await somakit(["info", "--config", config, AMASS]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("schema check", () => {
  test("says nothing against the examples", async () => {
    const { code, stdout, stderr } = await somakit(["schema", "check", "--strict", SCHEMAS]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "12 data sets: 0 errors, 0 warnings\n", stderr: "" });
  });

  test("names file, line, column, pointer and the keyword that was meant", async () => {
    const schema = file("check/small.json", small({ poses: { ...poses, descripton: "x" } }));
    const { code, stderr } = await somakit(["schema", "check", schema]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/small\.json:\d+:\d+ \/properties\/poses\/descripton error .*did you mean "description"\?/);
    const json = JSON.parse((await somakit(["--json", "schema", "check", schema])).stdout) as object;
    expect(json).toMatchObject({ errors: 1, problems: [{ severity: "error", line: expect.any(Number) }] });
  });

  test("warnings count with --strict only", async () => {
    const schema = file("warn/small.json", small({ poses: { type: "array" } }));
    expect((await somakit(["schema", "check", schema])).code).toBe(0);
    expect((await somakit(["schema", "check", "--strict", schema])).code).toBe(1);
  });

  test("what is not there ends with 3", async () => {
    expect((await somakit(["schema", "check", "nowhere.json"])).code).toBe(3);
  });
});

describe("schema init", { timeout: 90_000 }, () => {
  test("writes a schema under which the file is known", async () => {
    const schema = join(folder, "walk.json");
    expect((await somakit(["schema", "init", AMASS, "-o", schema])).code).toBe(0);
    expect(JSON.parse(readFileSync(schema, "utf8"))).toMatchObject({ $id: "urn:example:walk:1", container: "npz" });
    expect((await somakit(["schema", "check", "--strict", schema])).code).toBe(0);
    expect((await somakit(["validate", "--schemas", schema, AMASS])).stdout).toContain("Walk, no issues");
    expect((await somakit(["schema", "init", AMASS, "-o", schema])).code).toBe(2);
  });
});

describe("schema diff", { timeout: 90_000 }, () => {
  test("fails on what it is told to fail on", async () => {
    const before = file("diff/v1/small.json", small({ poses }));
    const after = file("diff/v2/small.json", small({ poses, trans: poses }, { required: ["poses", "trans"] }));
    const run = (...args: string[]) => somakit(["schema", "diff", ...args]);
    const { code, stdout } = await run(before, after);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^breaking +"trans" is required\n +small\.json \/required: files made before may lack it/m);
    expect(stdout).toMatch(/1 change: 1 breaking, 0 upgrade, 0 compatible\n$|\d changes: 2 breaking/);
    expect((await run("--fail-on", "breaking", before, after)).code).toBe(1);
    expect((await run("--fail-on", "compatible", before, before)).code).toBe(0);
    expect((await run(before, before)).stdout).toBe("no changes\n");
    expect(JSON.parse((await somakit(["--json", "schema", "diff", after, before])).stdout)).toMatchObject({
      counts: { upgrade: 0 },
    });
  });
});

describe("files that fit no schema", () => {
  test("info names the nearest data set, with what is missing and what is there besides", async () => {
    const schema = file("near/small.json", small({ poses, shoe_size: poses }));
    const almost = file("almost.json", { shoe_size: [], pose: [], b: 1 });
    const { stdout } = await somakit(["info", "--schemas", schema, almost]);
    expect(stdout).toMatch(/no known data set, shown as json/);
    expect(stdout).toMatch(/nearest {3}Small \(small\): 1 key in common; lacks poses; has pose, b besides/);
    const json = JSON.parse((await somakit(["--json", "info", "--schemas", schema, almost])).stdout) as object;
    expect(json).toMatchObject({ nearest: { id: "small", missing: ["poses"], extra: ["pose", "b"], common: 1 } });
  });

  test("and nothing where no key is shared", async () => {
    const { stdout } = await somakit(["info", file("other.json", { a_b_c: 1 })]);
    expect(stdout).not.toContain("nearest");
  });
});

describe("generating again", { timeout: 90_000 }, () => {
  test("says what comes and goes, and --check the lines", async () => {
    const run = (...more: string[]) =>
      somakit(["generate", "--schemas", join(folder, "again"), "-o", join(folder, "out"), ...more]);
    file("again/small.json", small({ poses }));
    expect((await run()).stdout).toMatch(/^written small\/small\.access\.gen\.ts$/m);
    const object = { ...poses, type: "number", items: undefined };
    file("again/small.json", small({ poses, speed: object }));
    const check = await run("--check");
    expect(check.code).toBe(1);
    expect(check.stdout).toMatch(/^changed small\/small\.access\.gen\.ts \(\+\d+ -\d+\)\n {2}\+ SmallFile\.speed$/m);
    expect(check.stdout).toMatch(/^ {4}\+ .*speed/m);
    expect((await run()).stdout).toMatch(/^ {2}\+ SmallFile\.speed$/m);
    expect((await run("--check")).code).toBe(0);
  });
});
