import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProject } from "../src/project.js";
import { SCHEMAS } from "./dialect-files.js";
import { filesIn } from "./project-files.js";

const { conventions, problems } = loadProject(filesIn(join(SCHEMAS, "conventions")));
const byName = new Map(conventions.map((convention) => [convention.name, convention]));

describe("conventions", () => {
  it("are fine, all 67", () => {
    expect(problems).toEqual([]);
    expect(conventions).toHaveLength(67);
  });

  // Counts of the tables in open-mmlab/mmhuman3d 0.11.0.
  it.each([
    ["human_data", 190, 184],
    ["smplx", 144, 142],
    ["coco", 17, 0],
    ["coco_wholebody", 133, 0],
    ["smpl", 24, 0],
    ["openpose_25", 25, 24],
    ["openpose_137", 137, 0],
    ["h36m", 17, 0],
    ["gta", 100, 0],
    ["mediapipe_whole_body", 67, 0],
  ])("%s has %d keypoints and %d edges", (name, keypoints, edges) => {
    const convention = byName.get(name);
    const joined = convention?.limbs.flatMap((limb) => limb.edges) ?? [];
    expect([convention?.keypoints.length, joined.length]).toEqual([keypoints, edges]);
  });

  // Pairs as upstream's get_flip_pairs counts them.
  it.each([
    ["coco", 8],
    ["smpl", 9],
    ["smplx", 63],
    ["mpi_inf_3dhp", 10],
    ["openpose_25", 11],
    ["mano_left", 0],
  ])("%s has %d mirrored pairs", (name, pairs) => {
    const mirrored = byName.get(name)?.keypoints.filter(({ mirror }) => mirror !== undefined);
    expect(mirrored).toHaveLength(2 * pairs);
  });

  it("keep the order, the former names and the approximations", () => {
    const names = byName
      .get("coco")
      ?.keypoints.slice(0, 5)
      .map(({ name }) => name);
    expect(names).toEqual(["nose", "left_eye", "right_eye", "left_ear", "right_ear"]);
    expect(byName.get("human_data")?.keypoints[92]).toEqual({
      name: "nose_middle",
      aliases: ["nose_3"],
      parts: ["head"],
    });
    expect(byName.get("smpl")?.keypoints[0]).toEqual({
      name: "pelvis",
      approximations: ["pelvis_openpose", "pelvis_extra"],
      parts: ["body"],
    });
  });

  // Counts of upstream's table of parts, which names keypoints of human_data.
  it.each([
    ["human_data", { body: 58, head: 88, left_hand: 22, right_hand: 22, shoulder: 4, hip: 6 }],
    ["coco", { body: 12, head: 5, left_hand: 0, right_hand: 0, shoulder: 2, hip: 2 }],
    ["smpl", { head: 1 }],
    ["smplx", { head: 77 }],
    ["mpi_inf_3dhp", { head: 2 }],
    ["openpose_25", { head: 5 }],
  ])("%s has so many keypoints of each part: %j", (name, counts) => {
    const parts = byName.get(name)?.keypoints.flatMap((keypoint) => keypoint.parts ?? []) ?? [];
    for (const [part, count] of Object.entries(counts))
      expect([part, parts.filter((one) => one === part).length]).toEqual([part, count]);
  });

  it("head, hands and body share out all of human_data", () => {
    const whole = ["head", "left_hand", "right_hand", "body"];
    const shares = byName
      .get("human_data")
      ?.keypoints.map(({ parts = [] }) => parts.filter((part) => whole.includes(part)).length);
    expect(new Set(shares)).toEqual(new Set([1]));
  });

  it("say how human_data and smplx are drawn", () => {
    const brief = (name: string) =>
      byName.get(name)?.limbs.map(({ part, color, edges }) => [part, color?.join(), edges.length].join(" "));
    const [face, mouth, nose] = ["face 255,0,0 16", "mouth 0,255,255 20", "nose 0,0,255 7"];
    expect(brief("human_data")).toEqual([
      ...["body  81", face, "left_hand 0,255,0 20", "right_hand 255,0,255 20"],
      ...["right_eye 255,255,0 10", "left_eye 0,0,0 10", mouth, nose],
    ]);
    expect(brief("smplx")).toEqual([
      ...["body  39", face, "left_hand 0,0,0 20", "right_hand 0,0,0 20"],
      ...["right_eye 0,0,0 10", "left_eye 0,0,0 10", mouth, nose],
    ]);
  });

  it("name their origin", () => {
    for (const { description } of conventions)
      expect(description).toMatch(
        /Facts from (open-mmlab\/mmhuman3d 0\.11\.0|PYSKL 3f6795f) \(Apache-2\.0\)\.$|Facts from (SkelShop 08336c7|the documentation of Datagen)\.$/,
      );
  });

  it("begin each keypoint on a line of its own, so that changes can be read", () => {
    const text = readFileSync(join(SCHEMAS, "conventions/coco.json"), "utf8");
    expect(text.match(/^ {4}\{ "name": .*\},?$|^ {6}"name": .*,$/gm)).toHaveLength(17);
  });
});
