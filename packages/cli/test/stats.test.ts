import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { json, succeed, workFolder } from "./work-folder.js";

const work = workFolder();
const fixture = (name: string): string => fileURLToPath(new URL(`../../../test/conformance/${name}`, import.meta.url));

describe("stats", () => {
  test("of HumanData say sizes, values, arrays and who is where", async () => {
    const { stdout } = await succeed(["stats", fixture("humandata/full.npz")]);
    expect(stdout).toMatch(/^data set +HumanData \(humandata\)\n/);
    expect(stdout).toMatch(/\nframes \(N\) +7 +frames; one person each\n/);
    expect(stdout).toMatch(/\nmeta\.gender +1 +m 3, f 2, n 2\n/);
    expect(stdout).toMatch(/\nkeypoints2d +1 +31 KiB +float64 +\(7, 190, 3\)\n/);
    expect(stdout).toMatch(/\nmotion +1 sequence, 7 frames\n/);
    expect(stdout).toMatch(/\nlayer +keypoints2d: 190 keypoints of human_data, float64\n/);
    expect(stdout).toMatch(/\nseen +[\d.]+ % of all keypoints; 0 always, 173 never\n/);
    expect(stdout).toMatch(/\nleft_knee +2 +28\.6 % +█+\n/);
  });

  test("of shots say how many people frames have, and how long tracks are", async () => {
    const { stdout } = await succeed(["stats", fixture("skelshop/track_body25_13shots.h5")]);
    expect(stdout).toMatch(/\npeople +38 over all frames, 20 frames without anybody\n/);
    expect(stdout).toMatch(/\ntracks +12, each there in 1 to 8 frames, median 2\n/);
    expect(stdout).toMatch(/\npeople in a frame +frames\n0 +20 +█+\n1 +23 +█{30}\n/);
  });

  test("of headers read no people, and are said as JSON", async () => {
    const path = fixture("skelshop/track_body25_13shots.h5");
    expect(await json(["stats", path, "--depth", "headers"])).toMatchObject({
      dataset: "skelshop/trackshots",
      depth: "headers",
      motion: null,
      arrays: [
        {
          key: "timeline.shots[].poses[].keypoints",
          items: 12,
          shape: [
            [1, 8],
            [25, 25],
            [3, 3],
          ],
        },
      ],
    });
    const { motion } = await json<{ motion: { people: unknown; layers: unknown[] } }>(["stats", path]);
    expect(motion.people).toEqual([
      [0, 20],
      [1, 23],
      [2, 6],
      [3, 1],
    ]);
    expect(motion.layers).toMatchObject([{ names: expect.arrayContaining(["nose_openpose"]), points: 25 }]);
  });

  test("of a folder count values over its files", async () => {
    const { stdout } = await succeed(["stats", fixture("datagen/faces_v2")]);
    expect(stdout).toMatch(/scenes\[\]\.actor_metadata\.identity_label\.gender +3 +female 2, male 1\n/);
  });

  test("of damaged files list the damage, and end with 3", async () => {
    const { code, stdout, stderr } = await somakit(["stats", fixture("bodycompress/truncated.xz")]);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/frames\[\]\.vertices +12/)]);
    expect(stderr).toMatch(/frames\[12\].*ends inside a block\n/);
    expect(stderr).toMatch(/\d values not counted\n/);
  });

  test("of data sets by somebody else's schema", async () => {
    mkdirSync(work.path("schemas"));
    const schema = {
      $schema: "urn:somakit:dialect:1",
      $id: "urn:example:crew:1",
      title: "Crew",
      description: "Who was there.",
      type: "object",
      container: "json",
      detect: [["crew"]],
      properties: {
        crew: {
          description: "The people.",
          type: "array",
          items: {
            description: "One of them.",
            type: "object",
            properties: { role: { description: "What they do.", type: "string" } },
          },
        },
      },
    };
    writeFileSync(work.path("schemas/crew.json"), JSON.stringify(schema));
    writeFileSync(
      work.path("crew.json"),
      JSON.stringify({ crew: [{ role: "actor" }, { role: "grip" }, { role: "actor" }] }),
    );
    const { stdout } = await succeed(["stats", work.path("crew.json"), "--schemas", work.path("schemas")]);
    expect(stdout).toMatch(/crew\[\]\.role +3 +actor 2, grip 1\n/);
  });

  test("have splits of lists of records only", async () => {
    const { code, stderr } = await somakit(["stats", fixture("humandata/full.npz"), "--split", "val"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/HumanData is no list of records, so it has no splits/)]);
  });

  test("of several files come one after the other", async () => {
    mkdirSync(work.path("several"));
    for (const name of ["unseg_empty.h5", "unseg_body25.h5"])
      copyFileSync(fixture(`skelshop/${name}`), work.path(`several/${name}`));
    const { stdout } = await somakit(["stats", work.path("several")]);
    expect(stdout.match(/^data set +SkelShop\w* \(skelshop\/unseg\)$/gm)).toHaveLength(2);
  });
});
