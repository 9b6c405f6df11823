import { describe, expect, test } from "vitest";
import { alike } from "../src/alike.js";
import { EXIT_CODES, GLOBAL_OPTIONS } from "../src/help.js";
import { OTHER_NAMES, OTHER_SPELLINGS } from "../src/spellings.js";
import { allVerbs } from "../src/verbs/index.js";
import { somakit } from "./run.js";
import { fixture } from "./work-folder.js";

const verbs = await allVerbs();

const FULL = fixture("full.npz");
const SHOTS = fixture("../skelshop/track_body25_13shots.h5");
const CLIPS = fixture("../pyskl/coco2d_f16_p2_np1.pkl");

const listed = verbs.filter(({ hidden }) => hidden !== true);
const longOf = (flags: string): string => /--[a-z-]+/.exec(flags)?.[0] ?? "";
const shortOf = (flags: string): string | undefined => /^(-[A-Za-z]), /.exec(flags)?.[1];

test("names are words in lower case, and no two commands have the same one", () => {
  const names = listed.map(({ name }) => name);
  for (const name of names) expect(name).toMatch(/^[a-z]+( [a-z]+)?$/);
  expect(new Set(names).size).toBe(names.length);
  // A command that is also a topic would hide one of the two.
  const topics = names.filter((name) => name.includes(" ")).map((name) => name.split(" ")[0]);
  for (const topic of topics) expect(names).not.toContain(topic);
});

describe.each(listed.map((verb) => [verb.name, verb] as const))("%s", (name, verb) => {
  test("has a summary, and examples that call it and say what for", () => {
    expect(verb.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const [command, meaning] of verb.examples) {
      expect(command).toMatch(new RegExp(`somakit (--[a-z]+ )*${name}\\b`));
      expect(meaning).not.toBe("");
    }
  });

  test("has options of its own only, each with one meaning of its name", () => {
    const longs = verb.options.map(({ flags }) => longOf(flags));
    expect(new Set(longs).size).toBe(longs.length);
    for (const { flags } of GLOBAL_OPTIONS) expect(longs).not.toContain(longOf(flags));
    for (const { flags } of verb.options) {
      expect(flags).toMatch(/^(-[A-Za-z], )?--[a-z][a-z0-9-]*( <[a-z=.]+>)?$/);
      // One letter is one option wherever it is.
      const short = shortOf(flags);
      if (short !== undefined) expect({ "-o": "--output", "-j": "--jobs" }[short]).toBe(longOf(flags));
    }
  });

  test("its examples name no option that it has not", () => {
    const known = [...verb.options, ...GLOBAL_OPTIONS].map(({ flags }) => longOf(flags));
    for (const [command] of verb.examples) {
      const own = command.split(/[|&#]|> /)[0] ?? "";
      for (const used of own.match(/--[a-z-]+/g) ?? []) expect(known).toContain(used);
    }
  });
});

test("other spellings of options are names of no option, and set the same", async () => {
  const all = new Set(
    [...GLOBAL_OPTIONS, ...listed.flatMap(({ options }) => options)].map(({ flags }) => longOf(flags)),
  );
  for (const [option, other] of OTHER_SPELLINGS) {
    expect(all).toContain(option);
    expect(all).not.toContain(other);
  }
  const typed = await somakit(["validate", FULL, "--from", "pyskl"]);
  expect(typed).toEqual(await somakit(["validate", FULL, "--as", "pyskl"]));
  expect(typed.code).not.toBe(0);
});

test("other names of commands are names of no command, and do the same", async () => {
  const names = listed.map(({ name }) => name);
  for (const [name, other] of Object.entries(OTHER_NAMES)) {
    expect(names).toContain(name);
    expect(names).not.toContain(other);
  }
  expect(await somakit(["verify", FULL])).toEqual(await somakit(["validate", FULL]));
});

test("what writes a file refuses to replace one unless it is told to", () => {
  for (const { name, options } of listed) {
    const flags = options.map(({ flags: own }) => own);
    // What is generated into a folder replaces what was generated.
    if (flags.includes("-o, --output <file>")) expect(flags, name).toContain("--force");
  }
});

test("what works on each of several files does so in the same way", () => {
  for (const { name, options, batch, arguments: all } of listed) {
    const flags = options.map(({ flags: own }) => longOf(own));
    const isEach = batch === "each" || batch === "documents";
    expect(flags.includes("--fail-fast"), name).toBe(isEach || (flags.includes("--jobs") && batch === "together"));
    if (!isEach) continue;
    expect(all[0]?.several, name).toBe(true);
    expect(flags, name).toContain("--jobs");
    for (const option of ["--resume", "--ending"])
      expect(flags.includes(option), name).toBe(flags.includes("--output"));
  }
});

/** The same words mean the same wherever they are: an option takes the same kind of value in all commands. */
test("an option of one name takes one kind of value", () => {
  const kinds = new Map<string, Set<string>>();
  for (const { options } of listed)
    for (const { flags } of options) {
      const value = (/<([^>]+)>/.exec(flags)?.[1] ?? "").replace(/^(file|folder|pattern)$/, "path");
      kinds.set(longOf(flags), (kinds.get(longOf(flags)) ?? new Set()).add(value));
    }
  const several = [...kinds]
    .filter(([, values]) => values.size > 1)
    .map(([name, values]) => [name, [...values].sort()]);
  expect(Object.fromEntries(several)).toEqual({});
});

test("help COMMAND, COMMAND --help and the list of commands agree", async () => {
  const { stdout: asked, code } = await somakit(["help", "slice"]);
  expect(code).toBe(0);
  expect(asked).toBe((await somakit(["slice", "--help"])).stdout);
  for (const [exit] of EXIT_CODES) expect(asked).toMatch(new RegExp(`^ {2}${exit} `, "m"));
});

test.each([
  [["valdate", "a.npz"], "validate"],
  [["validate", "--profle", "strict", "a.npz"], "--profile"],
])("%s: a slip of the pen is wrong usage, and what was meant is said", async (args, meant) => {
  const { code, stdout, stderr } = await somakit(args);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(`Did you mean ${meant}?`);
});

test.each([
  [["validate", FULL, "--as", "humndata"], "humandata"],
  [["convert", FULL, "--to", "pysk", "-o", "x.pkl"], "pyskl"],
  [["validate", FULL, "--profile", "lenent"], "lenient"],
  [["validate", FULL, "--labels", "config=ntu60_clases"], "ntu60_classes"],
  [["conventions", "cocco"], "coco"],
  [["show", FULL, "keypoint2d"], "keypoints2d"],
  [["show", FULL, "smpl.body_psoe"], "smpl.body_pose"],
  // Behind a list, and several at once; up to where it leads to something.
  [["show", CLIPS, "anotations[-1].keypoints"], "annotations[-1].keypoint"],
  [["show", SHOTS, "timeline.shots0"], "timeline.shot0"],
])("%j: so is a name that is no option", async (args, meant) => {
  const { code, stderr } = await somakit(args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`hint: did you mean ${meant}?\n`)]);
});

test("what is like nothing is not guessed at", () => {
  expect(alike("coco", ["coco", "cocoa"])).toBe("coco");
  expect(alike("smlp", ["smpl", "smplx"])).toBe("smpl");
  expect(alike("xy", ["ab", "cd"])).toBeUndefined();
  expect(alike("anything", [])).toBeUndefined();
  expect(alike("a".repeat(10_000), ["a".repeat(9_999)])).toBeUndefined();
});
