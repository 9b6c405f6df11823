import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkFile, detect, type Issue, type Layout, MemorySink, openFile } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { registry } from "@somakit/formats/registry";
import { trackshots } from "@somakit/formats/skelshop";
import { describe, expect, it } from "vitest";

const FIXTURES = join(import.meta.dirname, "conformance/skelshop");
const sourceOf = (name: string) => fileSource(join(FIXTURES, name));

async function check(input: Awaited<ReturnType<typeof sourceOf>> | Uint8Array, id?: string): Promise<readonly Issue[]> {
  const layout: Layout | undefined = id === undefined ? undefined : await registry.find((one) => one.id === id)?.load();
  if (layout) {
    const file = await openFile(layout, input);
    return checkFile(file);
  }
  const [found] = await detect(registry, input as Awaited<ReturnType<typeof sourceOf>>);
  if (!found) throw new Error("no known data set");
  const { container, root } = found;
  return checkFile({ layout: found.layout, container, root, source: input as Awaited<ReturnType<typeof sourceOf>> });
}

/** Where in each damaged file what is wrong is, and how it is told; by the data set as which the file is taken. */
const DAMAGED: Readonly<Record<string, readonly [path: string, message: RegExp, as?: string]>> = {
  "bad_data_two_columns.h5": ["timeline.shot0.pose0.data", /\(n, 3\) expected, float32 array \(18, 2\) found/],
  "bad_fmt_type.h5": ["@fmt_type", /constant/, "skelshop/trackshots"],
  "bad_fmt_type_unknown.h5": ["@fmt_type", /constant/, "skelshop/trackshots"],
  "bad_fmt_ver.h5": ["@fmt_ver", /constant/],
  "bad_index_out_of_range.h5": ["timeline.shot0.pose0.indices", /index 1 is 25: there are 25 columns/],
  "bad_indptr_decreasing.h5": ["timeline.shot0.pose0.indptr", /row starts decrease at index 2/],
  "bad_indptr_past_end.h5": ["timeline.shot0.pose0.indptr", /index 3 is 23: 18 elements are stored/],
  "bad_indptr_short.h5": ["timeline.shot0.pose0.keypoints", /axis 0 of \(2, 25, 3\) is 2, but .* is 3/],
  "bad_lengths_differ.h5": ["timeline.shot0.pose0.data", /18 elements, but 16 columns/],
  "bad_limbs_zero.h5": ["@limbs", /allowed values/],
  "bad_mode.h5": ["@mode", /allowed values/],
  "bad_no_fmt_type.h5": ["fmt_type", /is required/, "skelshop/trackshots"],
  "bad_no_limbs.h5": ["limbs", /is required/],
  "bad_no_mode.h5": ["mode", /is required/],
  "bad_no_timeline.h5": ["timeline", /is required/, "skelshop/trackshots"],
  "bad_pose_name.h5": ["timeline.shot0.poseA", /is not a key/],
  "bad_pose_no_indptr.h5": ["timeline.shot0.pose0.indptr", /is not there/],
  "bad_pose_reversed.h5": ["timeline.shot0.pose0@start_frame", /start_frame 2 is behind end_frame, 1/],
  "bad_shot_no_end.h5": ["timeline.shot0.end_frame", /is required/],
  "bad_stray_in_timeline.h5": ["timeline.extra", /is not a key/],
  "bad_unseg_with_shots.h5": ["timeline.start_frame", /is required/],
};

/** These are no HDF5 files, or end too early: nothing in them can be named. */
const NO_FILES = ["bad_empty.h5", "bad_not_hdf5.h5", "bad_truncated.h5"];

describe("checking of damaged files", () => {
  it("knows all of them", () => {
    const all = readdirSync(FIXTURES).filter((name) => /^bad_.*\.h5$/.test(name));
    expect([...Object.keys(DAMAGED), ...NO_FILES].sort()).toEqual(all.sort());
  });

  it.each(Object.entries(DAMAGED))("%s names the place", async (name, [path, message, as]) => {
    const source = await sourceOf(name);
    const issues = await check(source, as);
    expect(issues).toContainEqual(
      expect.objectContaining({ path, severity: "error", message: expect.stringMatching(message) }),
    );
    await source.close?.();
  });

  it.each(NO_FILES)("%s cannot be opened", async (name) => {
    const source = await sourceOf(name);
    await expect(check(source, "skelshop/trackshots")).rejects.toMatchObject({
      name: "FormatError",
      code: expect.stringMatching(/truncated|not-this-format/),
    });
    await source.close?.();
  });

  it("finds nothing wrong with the others", async () => {
    const good = readdirSync(FIXTURES).filter((name) => /^(track|unseg|old2020|var|pipeline|conv).*\.h5$/.test(name));
    expect(good.length).toBeGreaterThan(15);
    for (const name of good) {
      const source = await sourceOf(name);
      const issues = await check(source).catch((error: unknown) => [{ severity: String(error), path: "" }]);
      const errors = issues.filter(({ severity, path }) => severity === "error" && !isUnreadable(issues, path));
      expect([name, errors]).toEqual([name, []]);
      await source.close?.();
    }
  });
});

/** Filters of compression that are not installed are none of the file's faults. */
function isUnreadable(issues: readonly object[], path: string): boolean {
  return issues.some(
    (issue) => "code" in issue && "path" in issue && issue.path === path && issue.code === "unreadable",
  );
}

describe("people of a shot", () => {
  const written = async (change: (pose: { start_frame: number; end_frame: number }) => void): Promise<Uint8Array> => {
    const value = await trackshots.read(await sourceOf("track_start50_gap.h5"));
    const pose = value.timeline.shots[0]?.poses[0] as { start_frame: number; end_frame: number };
    change(pose);
    const sink = new MemorySink();
    await trackshots.write(sink, value, { check: "skip" });
    return sink.bytes();
  };

  it("are there within the shot", async () => {
    expect(await check(await written(() => undefined), "skelshop/trackshots")).toEqual([]);
    const early = await written((pose) => {
      pose.start_frame -= 5;
      pose.end_frame -= 5;
    });
    expect(await check(early, "skelshop/trackshots")).toMatchObject([
      {
        code: "range",
        path: "timeline.shot0.pose0@start_frame",
        message: "start_frame 45 is before the start of timeline.shot0, 50",
        rule: expect.stringMatching(/PoseGroup\/span$/),
      },
    ]);
    const late = await written((pose) => {
      pose.start_frame += 50;
      pose.end_frame += 50;
    });
    expect(await check(late, "skelshop/trackshots")).toMatchObject([
      {
        path: "timeline.shot0.pose0@end_frame",
        message: expect.stringMatching(/behind the end of timeline\.shot0, 58/),
      },
    ]);
  });
});
