import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type Layout, type Sink, zeros } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { UsageError } from "../src/failure.js";
import { targetOf, writeFiles } from "../src/output.js";
import { somakit } from "./run.js";
import { contentOf, fixture, read, succeed, workFolder } from "./work-folder.js";

const folder = workFolder();
const names = (): readonly string[] => readdirSync(folder.path(".")).sort();

describe("outputs", () => {
  test("a file that is there is replaced only with --force, and keeps its permissions", async () => {
    const out = folder.path("there.npz");
    writeFileSync(out, "mine");
    chmodSync(out, 0o640);
    const args = ["slice", fixture("full.npz"), "0:1", "-o", out];
    const refused = await somakit(args);
    expect(refused).toEqual({
      code: 2,
      stdout: "",
      stderr: `somakit: error: ${out}: it is there already\n  hint: --force replaces it\n`,
    });
    expect(readFileSync(out, "utf8")).toBe("mine");
    await succeed([...args, "--force"]);
    expect((await read(out)).__data_len__).toBe(1);
    expect(statSync(out).mode & 0o777).toBe(0o640);
  });

  test("the file that is read can be replaced, as it is read before; through a link as well", async () => {
    const [path, link] = [folder.path("same.npz"), folder.path("link.npz")];
    await succeed(["slice", fixture("full.npz"), ":", "-o", path]);
    symlinkSync(path, link);
    const before = await contentOf(path);
    await succeed(["compress", path, "-o", link, "--force"]);
    await succeed(["decompress", link, "-o", path, "--force"]);
    expect(await contentOf(path)).toEqual(before);
    await succeed(["concat", path, path, "-o", path, "--force"]);
    expect((await read(link)).__data_len__).toBe(14);
  });

  test("what keeps the file from being replaced leaves it as it was", async () => {
    const path = folder.path("kept.npz");
    writeFileSync(path, readFileSync(fixture("bad_crc.npz")));
    const before = readFileSync(path);
    expect((await somakit(["slice", path, ":", "-o", path, "--force"])).code).toBe(3);
    expect(readFileSync(path)).toEqual(before);
    expect(names().filter((name) => name.startsWith("."))).toEqual([]);
  });

  test.each([
    ["-", /error: -o - is not possible: what is written needs a name/],
    ["https://example.org/x.npz", /https:.*only files can be written/],
    ["x.txt", /x\.txt: the ending is none of those of HumanData\n {2}hint: .* \.npz, \.pkl, \.pickle/],
    ["noending", /noending: the ending is none/],
    ["/nowhere/x.npz", /\/nowhere\/x\.npz: there is no folder \/nowhere\n/],
  ])("%s is refused", async (out, text) => {
    const { code, stdout, stderr } = await somakit(["slice", fixture("full.npz"), ":", "-o", out]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(text);
  });

  test("a folder gets a file of the same name, which is no folder itself", async () => {
    mkdirSync(folder.path("folder.npz/full.npz"), { recursive: true });
    const args = ["slice", fixture("full.npz"), ":", "-o", folder.path("folder.npz"), "--force"];
    const { code, stderr } = await somakit(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/folder\.npz\/full\.npz: it is a folder\n {2}hint: give the name of a file/);
    await succeed(["slice", fixture("full.npz"), "0:1", "-o", folder.path("folder.npz/full.npz")]);
    expect(readdirSync(folder.path("folder.npz/full.npz"))).toEqual(["full.npz"]);
  });

  test("endings count whatever the case of their letters", async () => {
    const out = folder.path("UPPER.PKL");
    await succeed(["slice", fixture("full.npz"), "0:1", "-o", out]);
    expect((await somakit(["info", out])).stdout).toContain("HumanData (humandata) as pickle");
    expect(() => targetOf(humandata.layout, "npz")).toThrow(/ending/);
    expect(() => targetOf({ title: "None", containers: [] } as unknown as Layout, "a.npz")).toThrow(Error);
  });
});

describe("several files", () => {
  const write = async (sink: Sink): Promise<void> => {
    await sink.append(Uint8Array.of(1, 2, 3));
    await sink.commit();
  };

  test("get their names when all are complete", async () => {
    const unfinished = new Set<Sink>();
    const jobs = ["one.bin", "two.bin"].map((name) => ({
      path: folder.path(name),
      write: async (sink: Sink) => {
        await write(sink);
        expect(names()).not.toContain(name);
        expect(unfinished.size).toBeGreaterThan(0);
      },
    }));
    expect(await writeFiles(jobs, { force: false, unfinished })).toEqual(jobs.map(({ path }) => ({ path, bytes: 3 })));
    expect(names()).toEqual(expect.arrayContaining(["one.bin", "two.bin"]));
    expect(unfinished.size).toBe(0);
  });

  test("none is there when one fails", async () => {
    const before = names();
    const unfinished = new Set<Sink>();
    const fail = async (sink: Sink): Promise<void> => {
      await sink.append(Uint8Array.of(1));
      throw new UsageError("no");
    };
    const jobs = [write, fail, write].map((work, index) => ({ path: folder.path(`part${index}.bin`), write: work }));
    await expect(writeFiles(jobs, { force: false, unfinished })).rejects.toThrow("no");
    expect(names()).toEqual(before);
    expect(unfinished.size).toBe(0);
  });

  test("whoever takes a name in the meantime is not overwritten", async () => {
    const path = folder.path("race.bin");
    const late = async (sink: Sink): Promise<void> => {
      await write(sink);
      writeFileSync(path, "theirs");
    };
    await expect(writeFiles([{ path, write: late }], { force: false, unfinished: new Set() })).rejects.toThrow(/there/);
    expect(readFileSync(path, "utf8")).toBe("theirs");
  });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s leaves nothing behind", async (signal, code) => {
  const big = folder.path(`big-${signal}.npz`);
  const random = zeros("float64", [15_000, 190, 3]);
  for (let i = 0; i < random.size; i++) (random.data as Float64Array)[i] = Math.sin(i) * i;
  const data = { bbox_xywh: zeros("float64", [15_000, 5]), keypoints2d: random, keypoints2d_convention: "human_data" };
  await humandata.write(await fileSink(big), data as never, { check: "skip", compression: "none" });
  const before = names();
  let seen = false;
  const result = await somakit(["slice", big, ":", "-o", folder.path("stopped.npz")], {
    started: async (child) => {
      while (child.exitCode === null && !seen) {
        await wait(5);
        seen = names().some((name) => name.startsWith(".stopped"));
      }
      child.kill(signal);
    },
  });
  expect(seen).toBe(true);
  expect(result).toEqual({ code, stdout: "", stderr: "" });
  expect(names()).toEqual(before);
});
