import { describe, expect, it } from "vitest";
import { conventionLookup } from "../src/conventions/lookup.js";
import { type KeypointMapping, keypointMapping } from "../src/conventions/mapping.js";
import { keypointIndex } from "../src/conventions/names.js";
import { convention, named, shipped } from "./support-conventions.js";

const moves = ({ pairs }: KeypointMapping): string => pairs.map(({ to, from }) => `${to}:${from}`).join();
const namesOf = (name: string): readonly string[] => named(name).keypoints.map((keypoint) => keypoint.name);

describe("mapping between conventions", () => {
  it("goes by name, ascending in the target, and says what is lost and missing", () => {
    const from = convention("a", ["nose", "neck", "hip"]);
    const to = convention("b", ["hip", "knee", "nose"]);
    expect(keypointMapping(from, to)).toEqual({
      from,
      to,
      pairs: [
        { to: 0, from: 2, exact: true },
        { to: 2, from: 0, exact: true },
      ],
      lost: ["neck"],
      missing: ["knee"],
      approximated: [],
    });
  });

  it("approximates by the first stand-in that the source has, and only when asked to", () => {
    const from = convention("a", ["hip_extra", "hip_openpose"]);
    const to = convention("b", [{ name: "hip", approximations: ["hip_other", "hip_openpose", "hip_extra"] }]);
    expect(keypointMapping(from, to)).toMatchObject({ pairs: [], missing: ["hip"], approximated: [] });
    expect(keypointMapping(from, to, { approximate: true })).toMatchObject({
      pairs: [{ to: 0, from: 1, exact: false }],
      lost: ["hip_extra"],
      missing: [],
      approximated: [{ name: "hip", by: "hip_openpose" }],
    });
  });

  it("prefers the keypoint itself to a stand-in, and may use one source twice", () => {
    const from = convention("a", ["hip"]);
    const to = convention("b", ["hip", { name: "hip_extra", approximations: ["hip"] }]);
    const { pairs, lost } = keypointMapping(from, to, { approximate: true });
    expect(pairs.map(({ from: source, exact }) => [source, exact])).toEqual([
      [0, true],
      [0, false],
    ]);
    expect(lost).toEqual([]);
  });

  it("takes one step of approximation, not two", () => {
    const to = convention("b", [{ name: "pelvis", approximations: ["pelvis_openpose"] }]);
    const from = convention("a", [{ name: "pelvis_extra", approximations: ["pelvis_openpose"] }]);
    expect(keypointMapping(from, to, { approximate: true }).missing).toEqual(["pelvis"]);
  });

  it("takes former names of either side for the keypoint itself, current names first", () => {
    const old = convention("old", ["nose_3", "lip_1"]);
    const now = convention("now", [{ name: "nose_middle", aliases: ["nose_3"] }, "lip_1"]);
    for (const [from, to] of [
      [old, now],
      [now, old],
    ] as const) {
      expect(moves(keypointMapping(from, to))).toBe("0:0,1:1");
      expect(keypointMapping(from, to).pairs.every(({ exact }) => exact)).toBe(true);
    }
    const taken = convention("taken", [{ name: "a", aliases: ["head"] }, "head"]);
    expect(moves(keypointMapping(taken, convention("b", ["head"])))).toBe("0:1");
  });

  it("Q71: conventions with one name and different keypoints are never mistaken for each other", () => {
    const to = convention("target", ["a", "b"]);
    expect(moves(keypointMapping(convention("mine", ["a", "b"]), to))).toBe("0:0,1:1");
    expect(moves(keypointMapping(convention("mine", ["b", "a"]), to))).toBe("0:1,1:0");
    const mine = convention("mine", ["a"]);
    expect(keypointMapping(mine, to).missing).toEqual(["b"]);
    (mine.keypoints as { name: string }[]).push({ name: "b" });
    expect(keypointMapping(mine, to).missing).toEqual([]);
  });

  it("is complete and in order from a convention to itself", () => {
    for (const own of shipped.values()) {
      const { pairs, lost, missing } = keypointMapping(own, own, { approximate: true });
      expect(pairs).toEqual(own.keypoints.map((_, index) => ({ to: index, from: index, exact: true })));
      expect([lost, missing]).toEqual([[], []]);
    }
  });

  it("holds what it says for every pair of shipped conventions", () => {
    for (const [source, target] of [...shipped.keys()].flatMap((a) =>
      [...shipped.keys()].map((b) => [a, b] as const),
    )) {
      const [from, to] = [namesOf(source), namesOf(target)];
      const exact = keypointMapping(named(source), named(target));
      const pairs = to.flatMap((name, index) => (from.includes(name) ? [`${index}:${from.indexOf(name)}`] : []));
      expect(moves(exact)).toBe(pairs.join());
      const wide = keypointMapping(named(source), named(target), { approximate: true });
      expect(wide.pairs.filter((pair) => pair.exact)).toEqual(exact.pairs);
      for (const { name, by } of wide.approximated) {
        const { approximations = [] } = named(target).keypoints[to.indexOf(name)] ?? {};
        expect(from.includes(name)).toBe(false);
        expect(approximations.find((near) => from.includes(near))).toBe(by);
      }
      expect(wide.pairs.length + wide.missing.length).toBe(to.length);
      expect(new Set(wide.pairs.map((pair) => pair.from)).size + wide.lost.length).toBe(from.length);
    }
  });

  it.each([
    ["coco_wholebody", "lsp", 10, 12],
    ["openpose_25", "smplx", 0, 25],
    ["smpl_24", "smplx", 15, 20],
    ["coco", "human_data", 17, 36],
  ])("%s to %s finds %i keypoints, %i with approximation", (from, to, exact, wide) => {
    expect(keypointMapping(named(from), named(to)).pairs).toHaveLength(exact);
    expect(keypointMapping(named(from), named(to), { approximate: true }).pairs).toHaveLength(wide);
  });

  it("Q77: names what the hub between two conventions would lose", () => {
    expect(keypointMapping(named("coco_wholebody"), named("human_data")).lost).toEqual([
      "left_hand_root",
      "right_hand_root",
    ]);
    expect(keypointMapping(named("gta"), named("human_data")).lost).toHaveLength(50);
  });

  it("refuses a convention that has a keypoint twice, on either side", () => {
    const twice = convention("twice", ["a", "b", "a"]);
    const fine = convention("fine", ["a"]);
    const message = 'the convention twice has the keypoint "a" twice';
    expect(() => keypointMapping(twice, fine)).toThrow(new TypeError(message));
    expect(() => keypointMapping(fine, twice)).toThrow(new TypeError(message));
  });
});

describe("the index of a keypoint", () => {
  const humanData = named("human_data");

  it("is its position in the convention, -1 when it has none", () => {
    for (const own of shipped.values())
      expect(own.keypoints.map(({ name }) => keypointIndex(own, name))).toEqual([...own.keypoints.keys()]);
    expect(keypointIndex(named("coco"), "left_hip")).toBe(-1);
    expect(keypointIndex(named("coco"), "")).toBe(-1);
    expect(keypointIndex(named("coco"), "constructor", { approximate: true })).toBe(-1);
  });

  it("is found by former names and without regard to case, what is written as asked first", () => {
    expect(keypointIndex(humanData, "nose_3")).toBe(keypointIndex(humanData, "nose_middle"));
    expect(keypointIndex(humanData, "NOSE_3")).toBe(92);
    expect(keypointIndex(humanData, "Left_Hip")).toBe(1);
    const odd = convention("odd", ["A", "a", { name: "b", aliases: ["c"] }, "C"]);
    expect(["a", "A", "c", "C", "B"].map((name) => keypointIndex(odd, name))).toEqual([1, 0, 3, 3, 2]);
  });

  it("may be that of a stand-in, for a bare name and for a keypoint of another convention alike", () => {
    const coco = named("coco");
    const leftHip = humanData.keypoints[1];
    expect(leftHip?.name).toBe("left_hip");
    expect(keypointIndex(coco, "left_hip", { approximate: true })).toBe(11);
    expect(keypointIndex(coco, leftHip as never, { approximate: true })).toBe(11);
    expect(keypointIndex(coco, leftHip as never)).toBe(-1);
    expect(keypointIndex(coco, "pelvis", { approximate: true })).toBe(-1);
  });

  it("agrees for names and keypoints in all shipped conventions", () => {
    const keypoints = new Map([...shipped.values()].flatMap((own) => own.keypoints).map((own) => [own.name, own]));
    for (const own of shipped.values()) {
      for (const [name, keypoint] of keypoints)
        expect([own.name, name, keypointIndex(own, name, { approximate: true })]).toEqual([
          own.name,
          name,
          keypointIndex(own, keypoint, { approximate: true }),
        ]);
    }
  });
});

describe("a lookup", () => {
  it("finds conventions whatever the case, the first of one name, and nothing else", async () => {
    const mine = convention("COCO", ["a"]);
    const lookup = conventionLookup([mine, named("coco"), named("smpl")]);
    expect(await lookup("coco")).toBe(mine);
    expect(await lookup("SMPL")).toBe(named("smpl"));
    expect(await lookup("constructor")).toBeUndefined();
  });

  it("loads the convention of an entry when it is asked for", async () => {
    let loaded = 0;
    const entry = { name: "lazy", size: 1, load: async () => convention("lazy", [`a${loaded++}`]) };
    const lookup = conventionLookup([entry]);
    expect(loaded).toBe(0);
    expect((await lookup("Lazy"))?.keypoints[0]?.name).toBe("a0");
  });
});
