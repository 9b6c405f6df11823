import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture, json, succeed, workFolder } from "./work-folder.js";

const { path } = workFolder();
const FULL = fixture("full.npz");

function tree(): string {
  const name = path("tree.json");
  const items = Array.from({ length: 12 }, (_, number) => ({ number }));
  writeFileSync(name, JSON.stringify({ items, meta: { "a.b/c": { "x y": 1 }, plain: 2 } }));
  return name;
}

const valueAt = async (name: string, place: string): Promise<unknown> => (await json(["show", name, place]))["value"];

test.each([
  ["items[2:4]", [2, 3]],
  ["items[-2:]", [10, 11]],
  ["items[::5]", [0, 5, 10]],
  ["items[3:1:-1]", [3, 2]],
  ["items[20:]", []],
])("%s is part of a list", async (place, numbers) => {
  expect(await valueAt(tree(), place)).toEqual(numbers.map((number) => ({ number })));
});

test.each([
  ["keypoints2d[0,:5]", "0,:5"],
  ["keypoints2d[:,0,:2]", ":,0,:2"],
  ["smpl.body_pose[-1:]", "-1:"],
])("%s is what --slice takes of an array", async (place, slice) => {
  const { stdout } = await succeed(["--json", "show", FULL, place]);
  const whole = place.slice(0, place.lastIndexOf("["));
  expect(JSON.parse(stdout)).toEqual(await json(["show", FULL, whole, "--slice", slice]));
});

test.each([
  ['meta["a.b/c"]["x y"]', 1],
  ["items[-1].number", 11],
])("%s names a single value", async (place, value) => {
  expect(await valueAt(tree(), place)).toBe(value);
});

test.each([
  ["meta[0:1]", /\[0:1\] needs an array or a list; meta is a dict of 2/],
  ["items[0:1,2]", /\[0:1,2\]: a list has one axis/],
  ["items[0:0:0]", /a step of 0 leads nowhere/],
  ['meta["a.b/d"]', /did you mean meta\["a\.b\/c"\]\?/],
  ["items[3].nunber", /did you mean items\[3\]\.number\?/],
])("%s is wrong usage", async (place, message) => {
  const { code, stdout, stderr } = await somakit(["show", tree(), place]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});

const SHOTS = fixture("../skelshop/track_body25_13shots.h5");

test("paths that other commands print, by the names of the schema, lead to what is stored", async () => {
  for (const [place, stored] of [
    ["timeline.shots[1]", "timeline.shot1"],
    ["timeline.shots[-1].poses[0].start_frame", "timeline.shot12.pose0@start_frame"],
  ] as const)
    expect((await succeed(["show", SHOTS, place])).stdout).toBe((await succeed(["show", SHOTS, stored])).stdout);
  const pose = await json(["show", SHOTS, "timeline.shots[0].poses[0].keypoints[0,0]"]);
  expect(pose).toMatchObject({ path: "timeline.shot0.pose0.keypoints", shape: [3] });
});

test("a path of all items says which are those of one", async () => {
  const { code, stderr } = await somakit(["show", SHOTS, "timeline.shots[].poses[]"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("timeline.shots[0].poses[0] is in the first of them")]);
});

test("ranges are given once", async () => {
  const { code, stderr } = await somakit(["show", FULL, "keypoints2d[0:1]", "--slice", "0"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("the path has ranges, and --slice 0 as well")]);
});
