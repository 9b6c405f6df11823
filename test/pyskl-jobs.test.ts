import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digest, type Job, MemorySink, memoryFolder, memoryJournalStore, nodeOfValue, readPickle } from "@somakit/core";
import { describe, expect, it } from "vitest";
import { jobs } from "../packages/formats/src/jobs.js";

const ntu = join(import.meta.dirname, "conformance/pyskl/ntu");
const job = jobs.find(({ name }) => name === "ntu") as Job;
const described = (bytes: Uint8Array): Promise<unknown> =>
  digest(nodeOfValue(readPickle(bytes)), { container: "pickle" });

function folderOf(set: string): ReturnType<typeof memoryFolder> {
  const folder = join(ntu, set, "nturgb+d_skeletons");
  return memoryFolder(new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])));
}

/** Values that options have when they are left out, as whoever runs a job hands them over. */
const defaults = Object.fromEntries(job.options.map(({ name, default: value }) => [name, value]));

describe("jobs", () => {
  it("say what they take, with names that can be options and defaults that are among the choices", () => {
    for (const { options, name } of jobs) {
      expect(name).toMatch(/^[a-z][a-z-]*$/);
      for (const option of options) {
        expect(option.name).toMatch(/^[a-z][a-z-]*$/);
        if (option.choices) expect(option.choices).toContain(option.default);
        else if (option.value === undefined) expect(option.default).toBeUndefined();
      }
    }
  });
});

describe("the job ntu", () => {
  it.each([
    ["set60", "ntu60"],
    ["set120", "ntu60"],
    ["set120", "ntu120"],
  ])("makes of %s the %s file that upstream makes", async (set, dataset) => {
    const sink = new MemorySink();
    const run = await job.load();
    const report = await run({ folder: folderOf(set), sink, options: { ...defaults, dataset } });
    expect(await described(sink.bytes())).toEqual(
      await described(readFileSync(join(ntu, set, `${dataset}_3danno.pkl`))),
    );
    const made = readPickle(sink.bytes()) as Map<string, unknown[]>;
    expect(report.facts[0]).toEqual(["clips", made.get("annotations")?.length]);
  });

  it("says which files it left out and why, and goes on from its journal", async () => {
    const folder = memoryFolder(
      new Map([
        ["readme.txt", new Uint8Array(3)],
        ["S001C001P001R001A001.skeleton", new TextEncoder().encode("0\n")],
        ["S001C001P001R001A002.skeleton", new TextEncoder().encode("bad\n")],
      ]),
    );
    const run = await job.load();
    await expect(run({ folder, sink: new MemorySink(), options: defaults })).rejects.toThrow(/A002/);
    const journal = memoryJournalStore();
    const options = { ...defaults, "skip-failures": true as const };
    const stages = new Set<string>();
    const onProgress = ({ stage }: { readonly stage: string }): void => void stages.add(stage);
    const report = await run({ folder, sink: new MemorySink(), options, journal, onProgress });
    expect(report.facts).toEqual([
      ["clips", 0],
      ["left out", 3],
    ]);
    expect(report.skipped.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      "S001C001P001R001A001.skeleton: nobody is in it",
      expect.stringMatching(/A002\.skeleton: .*A002/),
      "readme.txt: its name is not that of a clip",
    ]);
    expect(stages).toContain("preprocess clips");
    expect(journal.byteLength).toBeGreaterThan(0);
  });
});
