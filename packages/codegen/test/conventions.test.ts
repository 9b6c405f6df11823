import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadProject } from "../src/project.js";
import { SCHEMAS } from "./dialect-files.js";
import { filesIn } from "./project-files.js";

const { conventions, problems } = loadProject(filesIn(join(SCHEMAS, "conventions")));
const byName = new Map(conventions.map((convention) => [convention.name, convention]));

describe("conventions", () => {
  it("are fine, all 43", () => {
    expect(problems).toEqual([]);
    expect(conventions).toHaveLength(43);
  });

  // Counts of the tables in open-mmlab/mmhuman3d 0.11.0.
  it.each([
    ["human_data", 190, 184],
    ["smplx", 144, 142],
    ["coco", 17, 0],
    ["coco_wholebody", 133, 0],
    ["smpl", 24, 0],
    ["openpose_25", 25, 0],
    ["openpose_137", 137, 0],
    ["h36m", 17, 0],
    ["gta", 100, 0],
    ["mediapipe_whole_body", 67, 0],
  ])("%s has %d keypoints and %d edges", (name, keypoints, edges) => {
    const convention = byName.get(name);
    expect([convention?.keypoints.length, convention?.edges.length]).toEqual([keypoints, edges]);
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
    expect(byName.get("human_data")?.keypoints[92]).toEqual({ name: "nose_middle", aliases: ["nose_3"] });
    expect(byName.get("smpl")?.keypoints[0]).toEqual({
      name: "pelvis",
      approximations: ["pelvis_openpose", "pelvis_extra"],
    });
  });

  it("name their origin", () => {
    for (const { description } of conventions)
      expect(description).toMatch(/Facts from open-mmlab\/mmhuman3d 0\.11\.0 \(Apache-2\.0\)\.$/);
  });

  it("stand one keypoint a line, so that changes can be read", () => {
    const text = readFileSync(join(SCHEMAS, "conventions/coco.json"), "utf8");
    expect(text.match(/^ {4}\{ "name": .*\},?$/gm)).toHaveLength(17);
  });
});
