import { type ChildProcess, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { zeros } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { beforeAll, describe, expect, test } from "vitest";
import { startWorkers } from "../src/batch/workers.js";
import { Printer } from "../src/print/printer.js";
import type { Context, Unfinished, Verb } from "../src/verbs/verb.js";
import { somakit } from "./run.js";
import { contentOf, fixture, read, succeed, workFolder } from "./work-folder.js";

const { path } = workFolder();

/** Files below a folder, by their paths in it. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(path(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(path(folder).length + 1))
    .sort();
}

beforeAll(() => {
  mkdirSync(path("in/deep"), { recursive: true });
  copyFileSync(fixture("full.npz"), path("in/a.npz"));
  copyFileSync(fixture("full.pkl"), path("in/deep/b.pkl"));
  for (const name of ["clips1.pkl", "clips2.pkl"]) copyFileSync(fixture("../pyskl/coco2d_f16_p2_np1.pkl"), path(name));
  mkdirSync(path("bad"));
  copyFileSync(fixture("full.npz"), path("bad/1.npz"));
  copyFileSync(fixture("bad_truncated.npz"), path("bad/2.npz"));
  copyFileSync(fixture("full.npz"), path("bad/3.npz"));
});

describe("names in the folder of -o", () => {
  test("files of a folder keep their place in it; the folder is made", async () => {
    const { stdout, stderr, code } = await somakit(["slice", path("in"), "0:2", "-o", path("slices")]);
    expect({ stderr, code }).toEqual({ stderr: "2 files: 2 fine\n", code: 0 });
    expect(stdout.split("\n").slice(0, -1)).toEqual([
      expect.stringMatching(/^written .*slices\/a\.npz, .*: 2 frames of 7$/),
      expect.stringMatching(/^written .*slices\/deep\/b\.pkl, .*: 2 frames of 7$/),
    ]);
    expect(filesIn("slices")).toEqual(["a.npz", "deep/b.pkl"]);
    expect((await read(path("slices/deep/b.pkl"))).__data_len__).toBe(2);
    expect(existsSync(path("slices.journal"))).toBe(false);
  });

  test("patterns count from where their wildcards begin, plain names are names alone", async () => {
    await somakit(["slice", path("in/**/*.pkl"), path("in/a.npz"), ":1", "-o", path("matched")]);
    expect(filesIn("matched")).toEqual(["a.npz", "deep/b.pkl"]);
  });

  test("one file goes into a folder that is there, or whose name ends like one", async () => {
    mkdirSync(path("there"));
    await succeed(["slice", path("in/a.npz"), ":1", "-o", path("there")]);
    expect(filesIn("there")).toEqual(["a.npz"]);
    const again = await somakit(["slice", path("in/a.npz"), ":1", "-o", path("there")]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("there/a.npz: it is there already")]);
  });

  test("--ending says what they end in, and so which container they are", async () => {
    const { code } = await somakit(["slice", path("in"), ":", "-o", path("pickles"), "--ending", ".pkl"]);
    expect(code).toBe(0);
    expect(filesIn("pickles")).toEqual(["a.pkl", "deep/b.pkl"]);
    expect(readFileSync(path("pickles/a.pkl"))[0]).toBe(0x80);
    const wrong = await somakit(["slice", path("in"), ":", "-o", path("none"), "--ending", "pkl"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--ending pkl: ")]);
  });

  test("convert takes the ending of the data set that is written", async () => {
    const args = ["convert", path("clips1.pkl"), path("clips2.pkl"), "-o", path("rows")];
    const open = await somakit(args);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("which data set to write is not said")]);
    expect(existsSync(path("rows"))).toBe(false);
    const { code, stderr } = await somakit([...args, "--to", "humandata"]);
    expect(code).toBe(0);
    expect(filesIn("rows")).toEqual(["clips1.npz", "clips2.npz"]);
    // What is said beside the data begins with the file that it is about.
    expect(stderr).toMatch(/^\[1\/2\] .*clips1\.pkl\n[\s\S]*^\[2\/2\] .*clips2\.pkl\n/m);
    expect((await somakit([...args.slice(0, -1), path("text"), "--ending", ".csv"])).code).toBe(0);
    expect(filesIn("text")).toEqual(["clips1.csv", "clips2.csv"]);
  });

  test("compress and decompress, to records and back", async () => {
    mkdirSync(path("meshes"));
    const mesh = fixture("../bodycompress/basic.xz");
    for (const name of ["one.xz", "two.xz"]) copyFileSync(mesh, path(`meshes/${name}`));
    expect((await somakit(["decompress", path("meshes"), "-o", path("arrays")])).code).toBe(0);
    expect(filesIn("arrays")).toEqual(["one.npz", "two.npz"]);
    const packed = await somakit(["compress", path("arrays"), "--to", "bodycompress", "-o", path("packed"), "-j", "2"]);
    expect(packed.code).toBe(0);
    expect(filesIn("packed")).toEqual(["one.xz", "two.xz"]);
  });

  test("render, select, convention convert and repair do the same", async () => {
    const [a, b] = [path("in/a.npz"), path("in/deep/b.pkl")];
    expect((await somakit(["render", a, b, "-o", path("drawn")])).code).toBe(0);
    expect(filesIn("drawn")).toEqual(["a.svg", "b.svg"]);
    expect((await somakit(["render", a, b, "-o", path("drawn"), "--ending", ".png"])).code).toBe(0);
    expect(filesIn("drawn")).toEqual(["a.png", "a.svg", "b.png", "b.svg"]);
    const coco = ["convention", "convert", a, b, "--convention", "coco", "-o", path("coco")];
    expect((await somakit(coco)).code).toBe(0);
    expect(filesIn("coco")).toEqual(["a.npz", "b.pkl"]);
    const clips = [path("clips1.pkl"), path("clips2.pkl")];
    expect(await somakit(["select", ...clips, "--match", ".", "-o", path("chosen")])).toMatchObject({
      code: 0,
      stderr: "2 files: 2 fine\n",
    });
    expect(filesIn("chosen")).toEqual(["clips1.pkl", "clips2.pkl"]);
    const cut = ["truncated.xz", "unfinished.xz", "basic.xz"].map((name) => fixture(`../bodycompress/${name}`));
    const repaired = await somakit(["repair", ...cut, "-o", path("whole")]);
    expect([repaired.code, repaired.stderr]).toEqual([0, "3 files: 3 fine\n"]);
    // A file without faults is not written.
    expect(filesIn("whole")).toEqual(["truncated.xz", "unfinished.xz"]);
  });
});

describe("nothing is written", () => {
  test.each([
    ["where two would have one name", ["in/a.npz", "bad/../in/./deep/../a.npz", "slices/a.npz"], /would both become/],
    ["over another one of the files", ["slices/a.npz", "in/deep/b.pkl", "matched/a.npz"], /would both become/],
  ])("%s", async (_, files, message) => {
    const { code, stderr } = await somakit(["slice", ...files.map(path), ":", "-o", path("clash")]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(path("clash"))).toBe(false);
    expect(existsSync(path("clash.journal"))).toBe(false);
  });

  test("where a file would replace another of those that are read", async () => {
    mkdirSync(path("chain"));
    copyFileSync(path("in/a.npz"), path("chain/x.npz"));
    copyFileSync(path("in/deep/b.pkl"), path("chain/x.pkl"));
    const args = [
      "slice",
      path("chain/x.npz"),
      path("chain/x.pkl"),
      ":",
      "-o",
      path("chain"),
      "--ending",
      ".pkl",
      "--force",
    ];
    const { code, stderr } = await somakit(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/would both become|is itself one of the files/)]);
  });

  test("where one of the names is taken, though it is the last; --force replaces it", async () => {
    mkdirSync(path("taken/deep"), { recursive: true });
    writeFileSync(path("taken/deep/b.pkl"), "mine");
    const { code, stderr } = await somakit(["slice", path("in"), ":", "-o", path("taken")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("taken/deep/b.pkl: it is there already")]);
    expect(filesIn("taken")).toEqual(["deep/b.pkl"]);
    expect((await somakit(["slice", path("in"), ":", "-o", path("taken"), "--force"])).code).toBe(0);
    expect(filesIn("taken")).toEqual(["a.npz", "deep/b.pkl"]);
  });

  test.each([
    ["out.npz", /this is the name of a file; of several files a folder is needed/],
    ["none/out", /there is no folder/],
    ["in/a.npz", /it is a file; of several files a folder is needed/],
  ])("into %s", async (output, message) => {
    const { code, stderr } = await somakit(["slice", path("in"), ":", "-o", path(output)]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("with --dry-run, not even the folder", async () => {
    const args = ["--to", "humandata", "-o", path("dry"), "--dry-run"];
    const { code, stdout } = await somakit(["convert", path("clips1.pkl"), path("clips2.pkl"), ...args]);
    expect(code).toBe(0);
    expect(stdout.match(/not written/g)).toHaveLength(2);
    expect(existsSync(path("dry"))).toBe(false);
    const old = [fixture("old_temporal_len.npz"), fixture("old_temporal_len.pkl")];
    const upgrade = await somakit(["upgrade", ...old, "-o", path("dry"), "--dry-run"]);
    expect(upgrade.code).toBe(1);
    expect(existsSync(path("dry"))).toBe(false);
  });

  test("from standard input, which has no name", async () => {
    const { code, stderr } = await somakit(["slice", "-", path("in/a.npz"), ":", "-o", path("dry")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("standard input has no name")]);
  });
});

describe("files that fail", () => {
  test("do not keep the others from being written; the worst exit code counts", async () => {
    const { code, stderr } = await somakit(["slice", path("bad"), ":1", "-o", path("rest")]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^somakit: error: .*2\.npz: .*\n {2}hint: .*\n3 files: 2 fine, 1 cannot be read\n$/);
    expect(filesIn("rest")).toEqual(["1.npz", "3.npz"]);
  });

  test("--fail-fast begins no other one", async () => {
    const { code, stderr } = await somakit(["slice", path("bad"), ":1", "-o", path("fast"), "--fail-fast"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/3 files: 1 fine, 1 cannot be read, 1 not begun\n$/);
    expect(filesIn("fast")).toEqual(["1.npz"]);
  });

  test("a folder that nothing was written to is not left behind", async () => {
    const files = [path("bad/2.npz"), fixture("bad_not_zip.npz")];
    expect((await somakit(["slice", ...files, ":1", "-o", path("empty")])).code).toBe(3);
    expect(existsSync(path("empty"))).toBe(false);
    expect(existsSync(path("empty.journal"))).toBe(false);
  });
});

describe("-j", () => {
  const words = async (args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await somakit(args);
    return { code, stdout, stderr };
  };

  test("says the same, in the same order, as one file after the other", { timeout: 120_000 }, async () => {
    const files = [path("in/a.npz"), path("bad/2.npz"), path("in/deep/b.pkl"), fixture("multi.npz")];
    for (const verb of [["info"], ["digest"], ["--json", "upgrade"]])
      expect(await words([...verb, ...files, "-j", "3"])).toEqual(await words([...verb, ...files]));
  });

  test("validate says the same as well, wrong usage included", { timeout: 120_000 }, async () => {
    const files = [path("in/a.npz"), path("bad/2.npz"), path("in/deep/b.pkl"), fixture("bad_frames_differ.npz")];
    for (const verb of [["validate"], ["--json", "validate"]])
      expect(await words([...verb, ...files, "-j", "2"])).toEqual(await words([...verb, ...files]));
    const wrong = (await words(["validate", ...files, "--profile", "nope", "-j", "2"])) as {
      code: number;
      stderr: string;
    };
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('has no profile "nope"') });
  });

  test("writes the same files", async () => {
    expect((await somakit(["slice", path("in"), "0:2", "-o", path("many"), "-j", "2"])).code).toBe(0);
    expect(filesIn("many")).toEqual(filesIn("slices"));
    for (const name of filesIn("many"))
      expect(await contentOf(path(`many/${name}`))).toEqual(await contentOf(path(`slices/${name}`)));
  });

  test("what is no number is wrong usage", async () => {
    const { code, stderr } = await somakit(["info", path("in"), "-j", "0"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("-j 0: a number from 1 to 256 is needed")]);
  });
});

async function writeBig(file: string, frames: number): Promise<void> {
  const keypoints = zeros("float64", [frames, 190, 3]);
  for (let i = 0; i < keypoints.size; i++) (keypoints.data as Float64Array)[i] = Math.sin(i) * i;
  const data = {
    bbox_xywh: zeros("float64", [frames, 5]),
    keypoints2d: keypoints,
    keypoints2d_convention: "human_data",
  };
  await humandata.write(await fileSink(file), data as never, { check: "skip", compression: "none" });
}

describe("--resume", () => {
  const args = (folder: string, ...more: readonly string[]): readonly string[] => [
    "slice",
    path("work"),
    ":1",
    "-o",
    path(folder),
    ...more,
  ];
  const timeOf = (name: string): number => statSync(path(name)).mtimeMs;

  beforeAll(() => {
    mkdirSync(path("work"));
    copyFileSync(fixture("full.npz"), path("work/1.npz"));
    copyFileSync(fixture("bad_truncated.npz"), path("work/2.npz"));
    copyFileSync(fixture("full.npz"), path("work/3.npz"));
  });

  test("leaves out what is done, and says so; the journal is gone when all is", async () => {
    await somakit(args("first"));
    expect(existsSync(path("first.journal"))).toBe(true);
    const refused = await somakit(args("first"));
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/first\.journal: an interrupted run left it\n {2}hint: --resume goes on with it/),
    ]);
    const before = timeOf("first/1.npz");
    copyFileSync(fixture("full.npz"), path("work/2.npz"));
    const { code, stderr } = await somakit(args("first", "--resume", "-j", "2"));
    expect([code, stderr]).toEqual([0, "3 files: 1 fine, 2 done before\n"]);
    expect(timeOf("first/1.npz")).toBe(before);
    expect(existsSync(path("first.journal"))).toBe(false);
    copyFileSync(fixture("bad_truncated.npz"), path("work/2.npz"));
  });

  test("does anew what changed since, and what is asked for otherwise", async () => {
    await somakit(args("second"));
    utimesSync(path("work/1.npz"), 1, 1);
    const changed = await somakit(["--json", ...args("second", "--resume")]);
    expect(JSON.parse(changed.stdout)).toMatchObject([
      { exit: 0, result: { kept: 1 } },
      { exit: 3 },
      { exit: 0, skipped: true, result: null },
    ]);
    const other = await somakit(["slice", path("work"), ":2", "-o", path("second"), "--resume"]);
    expect(other.stderr).toMatch(/3 files: 2 fine, 1 cannot be read\n$/);
    expect((await read(path("second/3.npz"))).__data_len__).toBe(2);
  });

  test("does not replace what somebody else has made of a result", async () => {
    await somakit(args("third"));
    writeFileSync(path("third/1.npz"), "mine");
    const { code, stderr } = await somakit(args("third", "--resume"));
    expect([code, stderr]).toEqual([2, expect.stringContaining("third/1.npz: it is there already")]);
    expect(readFileSync(path("third/1.npz"), "utf8")).toBe("mine");
  });

  test("--force begins anew; one file has nothing to go on with", async () => {
    await somakit(args("fourth"));
    const forced = await somakit(args("fourth", "--force"));
    expect(forced.stderr).toMatch(/3 files: 2 fine, 1 cannot be read\n$/);
    const one = await somakit(["slice", path("work/1.npz"), ":", "-o", path("one.npz"), "--resume"]);
    expect([one.code, one.stderr]).toEqual([2, expect.stringContaining("--resume goes on with several files")]);
  });
});

describe.each([
  ["SIGINT", 1, 130],
  ["SIGINT", 2, 130],
  ["SIGTERM", 2, 143],
] as const)("%s with -j %i", (signal, jobs, exit) => {
  test("leaves no half file, and the journal lets it go on", async () => {
    const [from, to] = [`stop-${signal}-${jobs}`, `stopped-${signal}-${jobs}`];
    mkdirSync(path(from));
    await writeBig(path(`${from}/1.npz`), 50);
    for (const name of ["2", "3", "4"]) await writeBig(path(`${from}/${name}.npz`), 8000);
    const args = ["slice", path(from), ":", "-o", path(to), "-j", String(jobs)];
    const isHalf = (name: string): boolean => name.endsWith(".part");
    let seen = false;
    const result = await somakit(args, {
      started: async (child: ChildProcess) => {
        while (child.exitCode === null && !seen) {
          await wait(5);
          const names = existsSync(path(to)) ? filesIn(to) : [];
          const journal = path(`${to}.journal`);
          const isDone = existsSync(journal) && readFileSync(journal, "latin1").includes("1.npz");
          seen = isDone && names.some(isHalf);
        }
        child.kill(signal);
      },
    });
    expect(seen).toBe(true);
    expect(result.code).toBe(exit);
    expect(result.stderr).toMatch(/^\d of 4 files done; --resume goes on with the others\n$/);
    expect(filesIn(to).filter(isHalf)).toEqual([]);
    const again = await somakit([...args, "--resume"]);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/^4 files: [123] fine, [123] done before\n$/);
    expect(filesIn(to)).toEqual(["1.npz", "2.npz", "3.npz", "4.npz"]);
    expect(spawnSync("ls", ["-A", path(`${to}.journal`)]).status).not.toBe(0);
  }, 60_000);
});

test.each([
  ["process.exit(7)", /failed: it ended with 7/],
  ["process.once('message', () => process.kill(process.pid, 'SIGKILL'))", /failed: it ended with SIGKILL/],
])("a process that dies (%s) costs its file, not the batch", async (source, message) => {
  const script = path(`dying-${source.length}.mjs`);
  writeFileSync(script, source);
  const output = { write: () => {}, drained: async () => {}, columns: undefined, color: false };
  const printer = new Printer({ stdout: output, stderr: output, json: false, quiet: false, verbose: false });
  const unfinished = new Set<Unfinished>();
  const [worker] = startWorkers({ printer, unfinished } as Context, {
    script,
    count: 1,
    verb: { name: "info" } as Verb,
  });
  for (const _ of [1, 2]) {
    const outcome = await worker?.run({ arguments: ["a.npz"], options: {} }, undefined);
    expect(outcome).toMatchObject({ exit: 3, said: [{ to: "err", text: expect.stringMatching(message) }] });
  }
  await worker?.close();
  expect(unfinished.size).toBe(0);
});
