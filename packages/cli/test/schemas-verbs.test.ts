import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allVerbs } from "../src/verbs/index.js";
import { type Result, shell } from "./run.js";

const verbs = await allVerbs();

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "somakit-verbs-"));
  cpSync(join(EXAMPLES, "samples"), join(folder, "data"), { recursive: true });
  mkdirSync(join(folder, "project"));
  writeFileSync(join(folder, "project/somakit.config.json"), JSON.stringify({ schemas: [join(EXAMPLES, "schemas")] }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a line in the folder of the samples: by its configuration, or by the option alone. */
function run(line: string, by: "config" | "option"): Promise<Result> {
  const where = join(folder, by === "config" ? "project" : "data");
  const words = line.replaceAll("@", by === "config" ? "../data/" : "");
  const option = by === "option" ? ' --schemas "$SCHEMAS"' : "";
  return shell(`cd "$WHERE" && somakit ${words}${option}`, { WHERE: where, SCHEMAS: join(EXAMPLES, "schemas") });
}

interface Expected {
  readonly line: string;
  readonly says: RegExp;
  readonly code?: number;
}

/** What each verb does with layouts that nothing was generated for. `@` is where the samples are. */
const LINES: Readonly<Record<string, readonly Expected[]>> = {
  info: [
    { line: "info @amass.npz", says: /Amass \(amass\) as npz\nframes {4}6 \(N\)/ },
    { line: "info @sleap.analysis.h5", says: /Sleap \(sleap\) as hdf5/ },
    { line: "info @freihand", says: /FreiHand \(freihand\) as folder/ },
  ],
  show: [{ line: "show @keypoints3d.pkl keypoints3d", says: /keypoints3d/ }],
  validate: [
    { line: "validate @data_3d_h36m.npz", says: /VideoPose3D, no issues/ },
    { line: "validate @pw3d.pkl", says: /Pw3d, no issues/ },
    { line: "validate @freihand", says: /FreiHand, no issues/ },
  ],
  digest: [{ line: "digest @motions.pkl", says: /"smpl_poses"/ }],
  stats: [{ line: "stats @person_keypoints.json", says: /items/ }],
  diff: [
    { line: "diff @amass.npz @amass.npz", says: /no differences/ },
    { line: "diff @amass.npz @amass_smplx.npz", says: /poses/, code: 1 },
  ],
  slice: [{ line: "slice @annot.h5 0:2 -o slice-BY.h5", says: /2 frames of 4/ }],
  split: [{ line: "split @amass.npz --parts 4,2 -o part-BY-{}.npz", says: /part-\w+-2\.npz/ }],
  concat: [{ line: "concat @keypoints2d.pkl @keypoints2d.pkl -o joined-BY.pkl", says: /10 frames of 2 files/ }],
  select: [{ line: "select @pw3d.pkl --names a -o few-BY.pkl", says: /Pw3d is no list of records|no list/, code: 2 }],
  render: [
    { line: "render @keypoints2d.pkl -o drawn-BY.svg", says: /keypoints2d \(coco\), frame 0/ },
    { line: "render @freihand -o hand-BY.svg", says: /xyz \(mano_right_reorder\)/ },
  ],
  "convention convert": [
    {
      line: "convention convert @keypoints3d.pkl --convention coco -o coco-BY.pkl",
      says: /2 arrays converted to coco/,
    },
  ],
  convert: [{ line: "convert @keypoints3d.pkl -o people-BY.csv", says: /1 sequence, 85 lines/ }],
  compress: [{ line: "compress @amass.npz -o packed-BY.npz", says: /Amass has no packed form/, code: 2 }],
  decompress: [{ line: "decompress @amass.npz -o plain-BY.npz", says: /Amass has no packed form/, code: 2 }],
  upgrade: [{ line: "upgrade @sleap.analysis.h5 -o new-BY.h5", says: /0 changes/ }],
  repair: [
    { line: "repair @sleap.analysis.h5 -o whole-BY.h5", says: /files of Sleap \(sleap\) cannot be repaired/, code: 2 },
  ],
  conventions: [{ line: "conventions h36m_32", says: /left_hand_end/ }],
  formats: [{ line: "formats", says: /^sleap +Sleap +hdf5/m }],
};

/** What works with schemas in a way of its own, and has tests elsewhere; or knows no data sets. */
const OTHERS = ["generate", "schema init", "schema check", "schema diff", "completion", "markdown-help", "complete"];

describe.each(["option", "config"] as const)("data sets that are known by the %s alone", { timeout: 60_000 }, (by) => {
  test.each(Object.values(LINES).flat())("$line", async ({ line, says, code = 0 }) => {
    const found = await run(line.replaceAll("BY", by), by);
    expect(`${found.stdout}\n${found.stderr}`).toMatch(says);
    expect(found.code).toBe(code);
  });

  test("what is written is the data set again", async () => {
    const { stdout, code } = await run(`slice @keypoints2d.pkl 0:3 -o again-${by}.pkl`, by);
    expect({ stdout, code }).toMatchObject({ stdout: expect.stringContaining("3 frames of 5"), code: 0 });
    expect((await run(`validate again-${by}.pkl`, by)).stdout).toContain("AistKeypoints2d, no issues");
  });
});

describe("the verbs", () => {
  test("that take schemas are all in the table, and every other one is named", () => {
    const withSchemas = verbs.filter(({ options }) => options.some(({ flags }) => flags.startsWith("--config")));
    const jobs = withSchemas.filter(({ name }) => !Object.hasOwn(LINES, name)).map(({ name }) => name);
    expect(jobs).toEqual([]);
    const rest = verbs.filter((verb) => !withSchemas.includes(verb)).map(({ name }) => name);
    expect(rest).toEqual(expect.arrayContaining(OTHERS.filter((name) => rest.includes(name))));
    for (const name of Object.keys(LINES)) expect(withSchemas.map((verb) => verb.name)).toContain(name);
  });

  test("data sets of schemas are completed as the shipped ones are", async () => {
    const { stdout } = await run('complete -- slice --as ""', "config");
    expect(stdout).toContain("sleap");
  });
});
