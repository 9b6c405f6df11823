import { type Convention, edgeIndices, keypointIndex, keypointMapping } from "@somakit/core";
import { loadConvention } from "@somakit/formats/conventions";
import { describe, expect, it } from "vitest";
import { skeletonOf, skeletonOfFile, skeletons } from "../packages/formats/src/skelshop/skeleton.js";

const conventionOf = async (name: string): Promise<Convention> => {
  const found = await loadConvention(name);
  if (!found) throw new Error(`no convention ${name}`);
  return found;
};

describe("skeletons of SkelShop", () => {
  it.each(skeletons.map((skeleton) => [skeleton.mode, skeleton.variant, skeleton] as const))(
    "%s (%s) has a convention with its keypoints, and parts that are all of them",
    async (_mode, _variant, { convention, keypoints, limbs, parts }) => {
      const { keypoints: named, limbs: lines } = await conventionOf(convention);
      expect(named).toHaveLength(keypoints);
      expect(limbs).toBeGreaterThanOrEqual(keypoints);
      expect(lines.length).toBeGreaterThan(8);
      const columns = parts.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
      expect(columns).toEqual(named.map((_, index) => index));
    },
  );

  // Lines of skelshop at 08336c7: 24 of the body, 20 of each hand, 63 of the face.
  it.each([
    ["openpose_25", 24],
    ["openpose_25_hands", 64],
    ["openpose_25_hands_legacy", 64],
    ["openpose_25_all", 127],
    ["openpose_25_all_legacy", 127],
    ["openpose_25_face", 87],
    ["openpose_face", 63],
    ["skelshop_135", 127],
  ])("%s is drawn with %d lines", async (name, count) => {
    expect(edgeIndices(await conventionOf(name))).toHaveLength(count);
  });

  it("fingers hang on the root of the hand, in legacy skeletons on the wrist of the body", async () => {
    const thumbs = async (name: string) => edgeIndices(await conventionOf(name), { part: "right_hand_thumb" });
    expect((await thumbs("openpose_25_all"))[0]).toEqual([46, 47]);
    expect((await thumbs("openpose_25_all_legacy"))[0]).toEqual([4, 45]);
    // BODY_135 has its wrist elsewhere; SkelShop draws from the elbow of that number.
    expect((await thumbs("openpose_135"))[0]).toEqual([10, 45]);
    expect((await thumbs("skelshop_135"))[0]).toEqual([4, 45]);
    expect(keypointIndex(await conventionOf("openpose_135"), "right_ear")).toBe(4);
  });

  it("are the same keypoints in all modes", async () => {
    const all = await conventionOf("openpose_25_all");
    for (const name of [
      "openpose_25",
      "openpose_25_hands",
      "openpose_25_face",
      "openpose_25_all_legacy",
      "openpose_face",
    ])
      expect(keypointMapping(await conventionOf(name), all).lost).toEqual([]);
    const legacy = keypointMapping(all, await conventionOf("openpose_25_all_legacy"));
    expect(legacy.lost).toEqual(["left_hand_root", "right_hand_root"]);
  });

  it("are found by the mode, and by what a file states", () => {
    expect(skeletonOf("BODY_25_ALL")).toMatchObject({ limbs: 138, keypoints: 137, variant: "current" });
    expect(skeletonOf("BODY_25_ALL", "legacy")).toMatchObject({ limbs: 135, keypoints: 135 });
    expect(() => skeletonOf("COCO" as "FACE")).toThrow(RangeError);
    expect(skeletonOfFile("BODY_25_ALL", 137)?.variant).toBe("current");
    expect(skeletonOfFile("BODY_25_FACE", 95)?.variant).toBe("legacy");
    expect(skeletonOfFile("BODY_25_HANDS", 66)).toBeUndefined();
    expect(skeletonOfFile("COCO", 25)).toBeUndefined();
  });
});
