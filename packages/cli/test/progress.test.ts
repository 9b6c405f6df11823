import type { Progress } from "@somakit/core";
import { memoryFolder, memorySource } from "@somakit/core/source";
import { describe, expect, test } from "vitest";
import { nextStage, paceOf, type Stage, stageText, timeText } from "../src/progress/pace.js";
import { Reading } from "../src/progress/reading.js";
import { type ProgressOptions, ProgressView } from "../src/progress/view.js";
import { somakit } from "./run.js";
import { fixture, workFolder } from "./work-folder.js";

const folder = workFolder();

describe("pace", () => {
  const stage = (done: number, total: number, unit?: string): Stage => ({
    progress: { stage: "write", done, total, unit },
    since: 0,
    from: 0,
    open: false,
  });

  test("share, rate and what is left", () => {
    expect(paceOf(stage(25, 100), 5000)).toEqual({ share: 0.25, rate: 5, left: 15 });
    expect(paceOf(stage(100, 100), 5000)).toMatchObject({ share: 1, left: 0 });
  });

  test("too short a time is no measure, and of what is not known before there is no share", () => {
    expect(paceOf(stage(25, 100), 100)).toEqual({ share: 0.25, rate: undefined, left: undefined });
    const open = nextStage(
      nextStage(undefined, { stage: "x", done: 5, total: 5 }, 0),
      { stage: "x", done: 9, total: 9 },
      1000,
    );
    expect(paceOf(open, 1000)).toMatchObject({ share: undefined, rate: 4 });
  });

  test("another stage, or the same from its beginning, is measured anew", () => {
    const first = nextStage(undefined, { stage: "a", done: 50, total: 100 }, 0);
    expect(nextStage(first, { stage: "a", done: 60, total: 100 }, 10)).toMatchObject({ since: 0, from: 50 });
    expect(nextStage(first, { stage: "b", done: 60, total: 100 }, 10)).toMatchObject({ since: 10, from: 60 });
    expect(nextStage(first, { stage: "a", done: 1, total: 100 }, 10)).toMatchObject({ since: 10, from: 1 });
  });

  test("in words", () => {
    expect(stageText(stage(2 ** 20, 2 ** 22), 2000)).toBe("write  █████···············  25 %  512 KiB/s  0:06 left");
    expect(stageText(stage(3, 10, "frames"), 2000)).toBe("write  ██████··············  30 %  1.5 frames/s  0:05 left");
    expect(stageText(stage(4000, 8000, "frames"), 1000)).toContain("4,000 frames/s");
    expect([5.2, 75, 3725].map(timeText)).toEqual(["0:06", "1:15", "1:02:05"]);
  });
});

describe("view", () => {
  function viewed(options: Partial<ProgressOptions> = {}): {
    view: ProgressView;
    text: () => string;
    at: (time: number) => void;
  } {
    let written = "";
    let time = 0;
    const view = new ProgressView({
      write: (part) => {
        written += part;
      },
      columns: 60,
      when: "auto",
      now: () => time,
      ...options,
    });
    return { view, text: () => written, at: (moment) => (time = moment) };
  }

  test("on a terminal one line that changes, not before it is worth it, and gone in the end", () => {
    const { view, text, at } = viewed();
    view.report("", { stage: "read", done: 1, total: 100 });
    expect(text()).toBe("");
    at(1000);
    view.report("", { stage: "read", done: 50, total: 100 });
    expect(text()).toBe(`\rread  ${"█".repeat(10)}${"·".repeat(10)}  50 %  49 B/s  0:02 left\u001b[K`);
    at(1010);
    view.report("", { stage: "read", done: 60, total: 100 });
    expect(text().match(/\r/g)).toHaveLength(1);
    view.clear();
    view.clear();
    expect(text().endsWith("\r\u001b[K")).toBe(true);
    expect(text().match(/\r/g)).toHaveLength(2);
  });

  test("names of files come with it, cut to the width, and cannot steer the terminal", () => {
    const { view, text, at } = viewed();
    at(1000);
    view.files(3, 12);
    at(5000);
    view.begin("evil\u001b[2J.npz");
    view.report("evil\u001b[2J.npz", { stage: `read ${"x".repeat(80)}`, done: 1, total: 2 });
    const last = text().split("\r").at(-1) as string;
    expect(last).toContain("3 of 12 files");
    expect(last).toContain("evil\\x1b[2J.npz");
    expect([...last.replace("\u001b[K", "")].length).toBeLessThan(60);
  });

  test.each([
    ["auto without a terminal", { columns: undefined }],
    ["never", { when: "never" }],
  ] as const)("%s says nothing", (_, options) => {
    const { view, text, at } = viewed(options);
    at(10_000);
    view.report("", { stage: "read", done: 50, total: 100 });
    view.files(1, 2);
    expect([view.wanted, text()]).toEqual([false, ""]);
  });

  test("always, without a terminal: a line for each tenth", () => {
    const { view, text } = viewed({ columns: undefined, when: "always" });
    for (let done = 0; done <= 1000; done++) view.report("", { stage: "read", done, total: 1000, unit: "clips" });
    const lines = text().split("\n").slice(0, -1);
    expect(lines).toHaveLength(11);
    expect(lines.slice(0, 2)).toEqual(["read: 0 of 1000 clips", "read: 100 of 1000 clips"]);
  });
});

describe("what has been read", () => {
  const told = (): { readonly reading: Reading; readonly all: Progress[] } => {
    const all: Progress[] = [];
    return { reading: new Reading((progress) => void all.push(progress)), all };
  };
  const MIB = 2 ** 20;

  test("of a file each byte counts once, whatever way it is read", async () => {
    const { reading, all } = told();
    const source = await reading.watch(memorySource(new Uint8Array(4 * MIB)));
    await source.read(0, MIB);
    await source.read(0, MIB);
    source.view?.(2 * MIB, 3 * MIB);
    // Bit by bit: a piece counts with its last bit.
    for (let at = MIB; at < 2 * MIB; at += 1000) await source.read(at, Math.min(at + 1000, 2 * MIB));
    expect(all.map(({ done }) => done).slice(0, 3)).toEqual([MIB, MIB, 2 * MIB]);
    expect(all.at(-1)).toEqual({ stage: "read", done: 3 * MIB, total: 4 * MIB, unit: "bytes" });
    await source.read(0, 4 * MIB);
    expect(all.at(-1)?.done).toBe(4 * MIB);
  });

  test("of several that are open together, and anew when they are closed", async () => {
    const { reading, all } = told();
    const [a, b] = [
      await reading.watch(memorySource(new Uint8Array(MIB))),
      await reading.watch(memorySource(new Uint8Array(MIB))),
    ];
    await a.read(0, MIB);
    expect(all.at(-1)).toMatchObject({ done: MIB, total: 2 * MIB });
    await a.close?.();
    await b.close?.();
    const c = await reading.watch(memorySource(new Uint8Array(10)));
    await c.read(0, 10);
    expect(all.at(-1)).toMatchObject({ done: 10, total: 10 });
  });

  test("of a folder files are counted, each once", async () => {
    const { reading, all } = told();
    const files = new Map(["a", "b/c", "b/d"].map((name) => [name, new Uint8Array(3)]));
    const opened = await reading.watch(memoryFolder(files));
    for (const name of ["a", "b/c", "b/c"]) await opened.open(name);
    expect(all.at(-1)).toEqual({ stage: "read", done: 2, total: 3, unit: "files" });
  });
});

describe("--progress", () => {
  test.each([
    ["digest", [fixture("full.npz")]],
    ["diff", [fixture("full.npz"), fixture("full.pkl")]],
    ["validate", [fixture("full.npz")]],
    ["digest", [fixture("../datagen/faces_v2")]],
  ])("%s %j tells how much of its files has been read, once for each tenth", async (verb, files) => {
    const { stderr, stdout } = await somakit(["--progress", "always", verb, ...files]);
    const lines = stderr.split("\n").slice(0, -1);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(11);
    for (const line of lines) expect(line).toMatch(/^read(: \d+ of \d+ (bytes|files))?$/);
    expect(await somakit([verb, ...files])).toMatchObject({ stdout, stderr: "" });
  });

  const args = ["slice", fixture("full.npz"), "0:2", "-o"];

  test("nothing of it into a pipe unless it is asked for, and never when quiet", async () => {
    expect((await somakit([...args, folder.path("a.npz")])).stderr).toBe("");
    const asked = await somakit(["--progress", "always", ...args, folder.path("b.npz")]);
    expect(asked.stderr).toMatch(/^write keypoints2d/m);
    expect((await somakit(["--quiet", "--progress", "always", ...args, folder.path("c.npz")])).stderr).toBe("");
  });

  test("of several files it counts these, with several processes as well", async () => {
    const files = ["full.npz", "full.pkl", "multi.npz"].map(fixture);
    for (const jobs of ["1", "3"]) {
      const { stderr } = await somakit(["--progress", "always", "digest", ...files, "-j", jobs]);
      expect(stderr).toContain("files: 3 of 3 files\n");
    }
  });

  test("what it may be is said", async () => {
    const { code, stderr } = await somakit(["--progress", "often", "info", fixture("full.npz")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("auto, always, never")]);
  });
});
