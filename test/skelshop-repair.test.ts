import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHdf5,
  FormatError,
  type GroupNode,
  hdf5,
  MemorySink,
  memorySource,
  NdArray,
  type RepairReport,
} from "@somakit/core";
import { describe, expect, it } from "vitest";
import { repairers } from "../packages/formats/src/jobs.js";
import { rowRanges } from "../packages/formats/src/skelshop/repair/row-ranges.js";
import { ShotSegmentedWriter } from "../packages/formats/src/skelshop/write/shot-segmented.js";
import { UnsegmentedWriter } from "../packages/formats/src/skelshop/write/unsegmented.js";
import {
  attributesOf,
  described,
  expected,
  fixtureBytes,
  groupAt,
  posesOf,
  rootOf,
  shotsOf,
} from "./support/skelshop-traces.js";

const hasH5py = spawnSync("/usr/bin/python3", ["-c", "import h5py"]).status === 0;

type Kind = "unseg" | "trackshots" | "pre_embeds";

const repairerOf = (kind: Kind) => {
  const found = repairers.find(({ dataset }) => dataset === `skelshop/${kind}`);
  if (!found) throw new Error(`no repairer of ${kind}`);
  return found;
};

interface Repaired {
  readonly bytes: Uint8Array;
  readonly report: RepairReport;
  readonly told: readonly string[];
}

/** The repaired file; its plan says the same, and it needs no repair. */
async function repaired(bytes: Uint8Array, kind: Kind = "trackshots"): Promise<Repaired> {
  const repairer = repairerOf(kind);
  const sink = new MemorySink();
  const report = await repairer.run(memorySource(bytes), sink);
  expect(await repairer.plan(memorySource(bytes))).toEqual(report);
  const again = await repairer.plan(memorySource(sink.bytes()));
  expect(again).toEqual({ changes: [], facts: report.facts });
  const told = report.changes.map(({ path, message, loss }) => `${loss ? "lost " : ""}${path}: ${message}`);
  return { bytes: sink.bytes(), report, told };
}

describe("row starts", () => {
  /** Columns of three rows: 0 1 2 | 0 2 | 1. */
  const columns = [0, 1, 2, 0, 2, 1];
  const ranges = (starts: readonly number[], rows: number, stored = columns) => {
    const { from, to, faults } = rowRanges({ starts, columns: stored }, rows);
    return {
      rows: Array.from(from, (start, row) => [start, to[row]]),
      faults: faults.map(({ message, loss }) => (loss ? `lost: ${message}` : message)),
    };
  };
  const right = [
    [0, 3],
    [3, 5],
    [5, 6],
  ];

  it("that are right stay", () => {
    expect(ranges([0, 3, 5, 6], 3)).toEqual({ rows: right, faults: [] });
    expect(ranges([0, 0, 6, 6], 3)).toEqual({
      rows: [
        [0, 0],
        [0, 6],
        [6, 6],
      ],
      faults: [],
    });
    expect(ranges([0], 0, [])).toEqual({ rows: [], faults: [] });
  });

  it("that fall or lie outside are told by the columns", () => {
    expect(ranges([0, 3, 2, 6], 3)).toEqual({
      rows: right,
      faults: ["starts of rows 0 to 2 are damaged; the columns tell them"],
    });
    expect(ranges([0, 300, -5, 6], 3).rows).toEqual(right);
    expect(ranges([0, Number.NaN, 5, 6], 3).rows).toEqual(right);
  });

  it("are given up where the columns tell another number of rows", () => {
    expect(ranges([0, 99, 99, 99, 6], 4)).toEqual({
      rows: [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      faults: ["lost: starts of rows 0 to 3 are damaged; what they hold cannot be told apart"],
    });
  });

  it("that end too early, too late or not at all are fitted", () => {
    expect(ranges([0, 3, 5], 3)).toEqual({ rows: right, faults: ["3 row starts, 4 expected"] });
    expect(ranges([0, 3, 5, 6, 6], 3)).toEqual({ rows: right, faults: ["5 row starts, 4 expected"] });
    expect(ranges([0, 3, 5, 9], 3)).toEqual({ rows: right, faults: ["ends of the rows from 2 on are damaged"] });
    expect(ranges([0, 3, 5, 5], 3).faults).toEqual(["lost: 1 stored keypoints belong to no row"]);
    expect(ranges([1, 3, 5, 6], 3)).toEqual({ rows: right, faults: ["the first row starts at 1, not at 0"] });
  });

  it("that a frame written twice has overwritten are told by the columns, without that frame's first pose", () => {
    // Rows 0 and 1 were there when row 1 was written again.
    expect(ranges([5, 5, 7, 8], 3, [0, 1, 2, 0, 2, 0, 2, 1])).toEqual({
      rows: [
        [0, 3],
        [5, 7],
        [7, 8],
      ],
      faults: ["lost: starts of row 0 were overwritten when a frame was written twice; the columns tell them"],
    });
  });

  it("of anything end somewhere", () => {
    let seed = 7;
    const random = (most: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed % most;
    };
    for (let round = 0; round < 300; round++) {
      const rows = random(6);
      const stored = Array.from({ length: random(12) }, () => random(4));
      const starts = Array.from({ length: random(9) }, () => random(16) - 2);
      const { from, to } = rowRanges({ starts, columns: stored }, rows);
      expect([from.length, to.length]).toEqual([rows, rows]);
      let last = 0;
      for (let row = 0; row < rows; row++) {
        const [start, end] = [from[row] as number, to[row] as number];
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThanOrEqual(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(stored.length);
    }
  });
});

describe("repairing files of SkelShop", () => {
  it.each([
    ["unseg_body25.h5", "unseg"],
    ["unseg_gzip_shuffle.h5", "unseg"],
    ["unseg_empty.h5", "unseg"],
    ["track_body25_13shots.h5", "trackshots"],
    ["track_body135.h5", "trackshots"],
    ["old2020_track_contiguous.h5", "trackshots"],
    ["var_float64_int64.h5", "trackshots"],
  ] as const)("finds nothing wrong in %s, and would write the same", async (name, kind) => {
    const { told, bytes } = await repaired(fixtureBytes(name), kind);
    expect(told).toEqual([]);
    const file = expected(name);
    expect(await attributesOf(await rootOf(bytes))).toEqual(await attributesOf(await rootOf(fixtureBytes(name))));
    for (const [index, shot] of shotsOf(file).entries()) {
      const path = kind === "unseg" ? ["timeline"] : ["timeline", `shot${index}`];
      const group = await groupAt(await rootOf(bytes), ...path);
      expect(group.keys).toEqual(shot.poses.map((pose) => pose.name));
      for (const pose of shot.poses) {
        const now = await groupAt(group, pose.name);
        const before = await groupAt(await rootOf(fixtureBytes(name)), ...path, pose.name);
        expect(await posesOf(now, file.limbs)).toEqual(await posesOf(before, file.limbs));
        expect(await described(await now.child("data"))).toEqual(await described(await before.child("data")));
      }
    }
  });

  it("puts shots into the order of their numbers, in a group that keeps it", async () => {
    const bytes = fixtureBytes("track_name_order.h5");
    expect((await groupAt(await rootOf(bytes), "timeline")).keys.slice(0, 3)).toEqual(["shot0", "shot1", "shot10"]);
    const { bytes: made, told } = await repaired(bytes);
    expect(told).toEqual(["timeline: shots are in the order of their names: put in that of their numbers"]);
    const { shots } = expected("track_name_order.h5");
    expect((await groupAt(await rootOf(made), "timeline")).keys).toEqual(shots.map((_, index) => `shot${index}`));
  });

  it("corrects the number of frames of a copy of some of them", async () => {
    const { told, bytes } = await repaired(fixtureBytes("track_start50_gap.h5"));
    const ends = expected("track_start50_gap.h5").shots.map((shot) => shot.end_frame);
    const stated = expected("track_start50_gap.h5").attrs["num_frames"]?.value;
    if (stated === Math.max(...ends)) expect(told).toEqual([]);
    expect((await attributesOf(await rootOf(bytes)))["num_frames"]).toBe(Math.max(...ends));
    const sink = new MemorySink();
    const writer = new ShotSegmentedWriter(sink, { mode: "BODY_25", attributes: { num_frames: 900 } });
    writer.startShot(10);
    await writer.addPose(12, 0, [1, 1, 1]);
    await writer.close();
    expect((await repaired(sink.bytes())).told).toEqual(["@num_frames: 900, the timeline ends at 13: becomes 13"]);
  });

  it.each([
    ["bad_indptr_decreasing.h5", /indptr: starts of rows? .* the columns tell them$/],
    ["bad_indptr_past_end.h5", /indptr: ends of the rows from 2 on are damaged$/],
    ["bad_indptr_short.h5", /indptr: 3 row starts, 4 expected$/],
    ["bad_lengths_differ.h5", /^lost timeline.shot0.pose0: .* keypoints, but .* columns/],
    ["bad_index_out_of_range.h5", /^lost timeline.shot0.pose0.indices: 1 keypoints in columns that are not there/],
    ["bad_shot_no_end.h5", /^timeline.shot0: end_frame is missing: becomes/],
    ["bad_pose_reversed.h5", /^timeline.shot0.pose0: end_frame 1: becomes/],
    ["bad_stray_in_timeline.h5", /^lost timeline: extra is no shot: left out$/],
    ["bad_pose_name.h5", /^lost timeline.shot0: poseA is no pose: left out$/],
    ["bad_pose_no_indptr.h5", /indptr/],
    ["bad_data_two_columns.h5", /^lost timeline.shot0.pose0: it has no keypoints that can be read: left out$/],
    ["bad_no_fmt_type.h5", /^@fmt_type: is missing: becomes "trackshots"$/],
    ["bad_no_limbs.h5", /^@limbs: is missing: becomes 25$/],
    ["bad_no_mode.h5", /^@mode: is missing: becomes "BODY_25"$/],
    ["bad_limbs_zero.h5", /^@limbs: is wrong: becomes 25$/],
  ])("mends %s", async (name, message) => {
    const { told, bytes } = await repaired(fixtureBytes(name));
    expect(told).toContainEqual(expect.stringMatching(message));
    expect(await attributesOf(await rootOf(bytes))).toMatchObject({
      fmt_type: "trackshots",
      mode: "BODY_25",
      limbs: 25,
    });
  });

  it.each([
    ["bad_fmt_ver.h5", "unsupported"],
    ["bad_no_timeline.h5", "missing"],
    ["prerelease_2020-06-07.h5", "unsupported"],
  ])("refuses %s", async (name, code) => {
    const sink = new MemorySink();
    const error = await repairerOf("trackshots")
      .run(memorySource(fixtureBytes(name)), sink)
      .catch((found: unknown) => found);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).code).toBe(code);
  });

  it.skipIf(!hasH5py)("leaves out what is in another file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "somakit-repair-"));
    try {
      const path = join(folder, "links.h5");
      writeFileSync(path, fixtureBytes("track_face_mode.h5"));
      const code = `
import h5py, sys
with h5py.File(sys.argv[1], "a") as f:
    f["away"] = h5py.ExternalLink("/etc/hostname", "/x")
    f["timeline/shot0/pose77"] = h5py.ExternalLink("/etc/hostname", "/x")
`;
      execFileSync("/usr/bin/python3", ["-c", code, path]);
      const { told, bytes } = await repaired(new Uint8Array(readFileSync(path)));
      expect(told).toContainEqual(expect.stringMatching(/^lost away: .*left out$/));
      expect(told).toContainEqual(expect.stringMatching(/^lost timeline.shot0.pose77: .*left out$/));
      expect((await rootOf(bytes)).keys).toEqual(["timeline"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("keeps what is not SkelShop's, and keypoints without a confidence", async () => {
    const sink = new MemorySink();
    const file = createHdf5(sink);
    const { root } = file;
    for (const [name, value] of Object.entries({
      fmt_type: "unseg",
      fmt_ver: 1,
      mode: "FACE",
      limbs: 70,
      num_frames: 1,
      "our.own": 0.5,
    }))
      await root.setAttribute(name, value);
    const more = root.group("more.data");
    await more.write("table", NdArray.from("int16", Int16Array.of(1, 2)));
    await more.setAttribute("unit", "px");
    const timeline = root.group("timeline", { ordered: true });
    await timeline.setAttribute("start_frame", 0);
    await timeline.setAttribute("end_frame", 1);
    const pose = timeline.group("pose0");
    await pose.setAttribute("start_frame", 0);
    await pose.write("data", NdArray.from("float32", Float32Array.of(1, 2, 0, 3, 4, 1, 5, 6, 1), [3, 3]));
    await pose.write("indices", NdArray.from("int16", Int16Array.of(4, 6, 6)));
    await pose.write("indptr", NdArray.from("int32", Int32Array.of(0, 3)));
    await file.close();
    const { bytes, told } = await repaired(sink.bytes(), "unseg");
    expect(told).toEqual([
      "timeline.pose0: end_frame is missing: becomes 1",
      "lost timeline.pose0.indices: 1 keypoints in columns that are not there, or taken: left out",
    ]);
    const made = await rootOf(bytes);
    expect((await attributesOf(made))["our.own"]).toBe(0.5);
    const table = await (await groupAt(made, "more.data")).child("table");
    expect(table?.kind === "array" && (await table.load()).toList()).toEqual([1, 2]);
    expect(await attributesOf(await groupAt(made, "more.data"))).toEqual({ unit: "px" });
    const own = await groupAt(made, "timeline", "pose0");
    const data = await own.child("data");
    expect(data?.kind === "array" && (await data.load()).toList()).toEqual([
      [1, 2, 0],
      [3, 4, 1],
    ]);
    expect((await described(await own.child("indices"))).dtype).toBe("<u2");
  });

  it("ends poses of a file that was never ended", async () => {
    const sink = new MemorySink();
    const writer = new UnsegmentedWriter(sink, { mode: "BODY_25", storage: { gzip: 0 } });
    for (let frame = 0; frame < 3; frame++) await writer.addPose(frame, 0, [1, 1, 1, 2, 2, 1]);
    await writer.close();
    const from = (await hdf5.open(memorySource(sink.bytes()))) as GroupNode;
    const whole = await groupAt(from, "timeline", "pose0");
    const cut = new MemorySink();
    const file = createHdf5(cut);
    for (const [name, value] of Object.entries({ fmt_type: "unseg", fmt_ver: 1, mode: "BODY_25", limbs: 25 }))
      await file.root.setAttribute(name, value);
    const pose = file.root.group("timeline").group("pose0");
    await pose.setAttribute("start_frame", 0);
    for (const name of ["data", "indices", "indptr"]) {
      const node = await whole.child(name);
      if (node?.kind !== "array") throw new Error(name);
      const array = await node.load();
      await pose.write(name, name === "indptr" ? array.slice([0, 3]) : array);
    }
    await file.close();
    const { told, bytes } = await repaired(cut.bytes(), "unseg");
    expect(told).toEqual([
      "timeline.pose0: end_frame is missing: becomes 3",
      "timeline.pose0.indptr: 3 row starts, 4 expected",
      "timeline: start_frame is missing: becomes 0",
      "timeline: end_frame is missing: becomes 3",
      "@num_frames: is missing, the timeline ends at 3: becomes 3",
    ]);
    expect(await posesOf(await groupAt(await rootOf(bytes), "timeline", "pose0"), 25)).toEqual(
      await posesOf(whole, 25),
    );
  });

  it("puts hands into the order of their frames, as the fix-up script does", async () => {
    const { bytes, told } = await repaired(fixtureBytes("preembed_badorder.h5"), "pre_embeds");
    expect(told).toEqual([": frames are in the order of their names: put in that of their numbers"]);
    const [made, fixed] = [await rootOf(bytes), await rootOf(fixtureBytes("preembed_fixed.h5"))];
    expect(made.keys).toEqual(fixed.keys);
    for (const name of made.keys)
      expect(await described(await made.child(name))).toEqual(await described(await fixed.child(name)));
    expect((await repaired(fixtureBytes("preembed_fixed.h5"), "pre_embeds")).told).toEqual([]);
  });
});
