import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError, IssueError, isFormatError, MemorySink, NdArray, zeros } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import { HumanDataDict, multi } from "@somakit/formats/humandata";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const fixture = (name: string) => join(import.meta.dirname, "conformance/humandata", name);
const f4 = (...shape: readonly number[]) => zeros("float32", shape) as never;
const ranges = (...rows: readonly (readonly [number, number])[]) =>
  NdArray.from("int64", BigInt64Array.from(rows.flat().map(BigInt)), [rows.length, 2]);
const listOf = (value: unknown) => (value as NdArray).toJSON();

const silence: string[] = [];
beforeEach(() => {
  silence.length = 0;
  HumanDataDict.setLogger(({ message }) => silence.push(message));
});
afterAll(() => HumanDataDict.setLogger(undefined));

describe("HumanDataDict", () => {
  it("is typed by the schema", () => {
    const data = HumanDataDict.new({ image_path: ["a"] });
    const paths: readonly string[] | undefined = data.get("image_path");
    const unknown: unknown = data.get("anything");
    data.set("config", "coco");
    // @ts-expect-error a number is no config
    expect(() => data.set("config", 3)).toThrow(IssueError);
    expect([paths, unknown]).toEqual([["a"], undefined]);
  });

  it("has upstream's names for what it does", () => {
    const data = HumanDataDict.new({ keypoints2d: f4(2, 4, 3), extra: 1 });
    data.setRawValue("keypoints2d_mask", NdArray.from("uint8", Uint8Array.of(1, 0, 1, 0)));
    expect([data.dataLen, data.getKeyStrict(), data.checkKeypointsCompressed()]).toEqual([2, false, false]);
    expect(data.compressKeypointsByMask()).toBe(0);
    expect((data.getRawValue("keypoints2d") as NdArray).shape).toEqual([2, 2, 3]);
    expect(data.getValueInShape("keypoints2d", [3, -1, 4], 1).shape).toEqual([3, 2, 4]);
    data.decompressKeypoints();
    data.generateMaskFromConfidence(["keypoints2d"]);
    expect(listOf(data.get("keypoints2d_mask"))).toEqual([0, 0, 0, 0]);
    expect(data.popUnsupportedItems()).toEqual(["extra"]);
    data.setKeyStrict(true);
    expect(() => data.set("extra", 1)).toThrow("extra is no supported key of HumanData");
    data.dataLen = -1;
    expect(data.dataLen).toBe(-1);
    expect(HumanDataDict.new().dataLen).toBe(-1);
  });

  it("refuses to pack what mmhuman3d could not unpack (Q35)", () => {
    const data = HumanDataDict.new({
      keypoints2d_score: f4(2, 4),
      keypoints2d_score_mask: NdArray.from("uint8", Uint8Array.of(1, 0, 1, 0)),
    });
    expect(() => data.compressKeypointsByMask()).toThrow("keypoints2d_score: an array with 3 axes is needed");
    expect(() => HumanDataDict.new({ keypoints2d_score: f4(2, 4) }).compressKeypointsByMask()).toThrow(IssueError);
  });

  it.each([
    [[2], [0, 1]],
    [
      [1, 3],
      [1, 2],
    ],
    [
      [0, 5, 2],
      [0, 2, 4],
    ],
    [
      [5, null, 2],
      [0, 2, 4],
    ],
    [
      [-2, null],
      [0, 1, 2],
    ],
    [
      [4, 0, -2],
      [4, 2],
    ],
  ] as const)("getSlice(%j) counts as upstream does (Q26, Q28)", (args, rows) => {
    const data = HumanDataDict.new({ image_id: [0, 1, 2, 3, 4], bbox_xywh: f4(5, 5) });
    expect(data.getSlice(...(args as [number])).get("image_id")).toEqual(rows);
  });

  it("sees masks and conventions of keypoints as constants (Q24, Q42)", () => {
    const mask = NdArray.from("uint8", Uint8Array.of(1, 0, 1));
    const data = HumanDataDict.new({
      bbox_xywh: f4(3, 5),
      keypoints3d_cam_mask: mask,
      keypoints3d_cam: f4(3, 3, 4),
      keypoints_masked: f4(3, 3, 3),
    });
    const part = data.getSlice(1);
    expect(part.get("keypoints3d_cam_mask")).toBe(mask);
    expect((part.get("keypoints_masked") as NdArray).shape).toEqual([1, 3, 3]);
  });

  it("checks files on request (Q8)", async () => {
    const path = fixture("bad_kp2d_channels.npz");
    expect((await HumanDataDict.fromFile(await fileSource(path))).has("keypoints2d")).toBe(true);
    const refused = HumanDataDict.fromFile(await fileSource(path), { checks: "refuse" });
    await expect(refused).rejects.toThrow("keypoints2d: shape (2, 6, 2) does not match");
    await expect(HumanDataDict.fromFile(await fileSource(fixture("bad_smpl_no_betas.npz")))).rejects.toSatisfy(
      (error) => error instanceof FormatError && error.message.includes("betas"),
    );
  });

  it("does not fail for conventions of keys that a strict file does not allow (Q11)", async () => {
    const data = await HumanDataDict.fromFile(await fileSource(fixture("bad_strict_unknown_kp.npz")));
    expect([data.getKeyStrict(), data.has("keypoints4d"), data.has("keypoints4d_convention")]).toEqual([
      true,
      true,
      false,
    ]);
    expect((await data.check()).map(({ code, path }) => [code, path])).toContainEqual(["unknown-key", "keypoints4d"]);
  });

  it("hands arrays over to tensor libraries, those in dicts on request (Q66)", () => {
    const data = HumanDataDict.new({ bbox_xywh: f4(1, 5), smpl: { betas: f4(1, 10) }, config: "c" });
    const adapter = ({ shape }: NdArray, key: string) => `${key} ${shape}`;
    expect(data.to(adapter)).toMatchObject({ bbox_xywh: "bbox_xywh 1,5", config: "c" });
    expect((data.to(adapter)["smpl"] as { betas: unknown }).betas).toBeInstanceOf(NdArray);
    expect(data.to(adapter, { nested: true, other: "omit" })).toEqual({
      bbox_xywh: "bbox_xywh 1,5",
      smpl: { betas: "smpl.betas 1,10" },
    });
  });

  describe("files", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "somakit-dict-"));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("must have the ending of what is written (Q43)", async () => {
      const data = HumanDataDict.new({ config: "x" });
      await expect(data.dump(await fileSink(join(folder, "a.zip")))).rejects.toThrow("ends in .npz");
      await expect(data.dumpByPickle(await fileSink(join(folder, "a.npz")))).rejects.toThrow("ends in .pkl or .pickle");
      expect(readdirSync(folder)).toEqual([]);
      await data.dump(await fileSink(join(folder, "A.NPZ")));
      await data.dumpByPickle(await fileSink(join(folder, "a.pkl")));
      expect(readdirSync(folder).sort()).toEqual(["A.NPZ", "a.pkl"]);
      const again = await new HumanDataDict().loadByPickle(await fileSource(join(folder, "a.pkl")));
      expect(again.get("config")).toBe("x");
      await expect(new HumanDataDict().loadByPickle(await fileSource(join(folder, "A.NPZ")))).rejects.toThrow(
        FormatError,
      );
      await data.dump(new MemorySink());
    });

    it("are replaced only when asked to, and never half-written (Q45)", async () => {
      const path = join(folder, "there.npz");
      writeFileSync(path, "old");
      await expect(fileSink(path)).rejects.toSatisfy((error) => isFormatError(error, "exists"));
      const broken = HumanDataDict.new({ config: 3, bbox_xywh: f4(1, 5) });
      await expect(broken.dump(await fileSink(path, { overwrite: true }))).rejects.toThrow(FormatError);
      expect((await fileSource(path)).byteLength).toBe(3);
      await HumanDataDict.new({ config: "x" }).dump(await fileSink(path, { overwrite: true }));
      expect((await HumanDataDict.fromFile(await fileSource(path))).get("config")).toBe("x");
    });

    it("may have any key (Q44)", async () => {
      const sink = new MemorySink();
      await HumanDataDict.new({ file: [1, 2], allow_pickle: "x", "a/b": 1, "": 2 }).dump(sink);
      const again = await HumanDataDict.fromFile(sink.bytes());
      expect([...again.keys()]).toEqual(["file", "allow_pickle", "a/b", ""]);
    });
  });

  it("joins what it is told to, in the order of the first (Q58, Q59, Q61)", () => {
    const [a, b] = [1, 2].map((count) =>
      HumanDataDict.new({ bbox_xywh: f4(count, 5), config: "same", note: "x".repeat(count) }),
    ) as [HumanDataDict, HumanDataDict];
    const joined = HumanDataDict.concatenate(a, b);
    expect([...joined.keys()]).toEqual(["bbox_xywh", "config_0", "config_1", "note_0", "note_1"]);
    expect([joined.dataLen, joined.getKeyStrict()]).toEqual([3, false]);
    expect(HumanDataDict.concatenate(a, b, a).dataLen).toBe(4);
  });
});

describe("MultiHumanDataDict", () => {
  const { MultiHumanDataDict } = multi;
  const crowd = () =>
    MultiHumanDataDict.new({
      frame_range: ranges([0, 2], [2, 2], [2, 3]),
      bbox_xywh: NdArray.from(
        "float32",
        Float32Array.from({ length: 15 }, (_, i) => Math.floor(i / 5)),
        [3, 5],
      ),
      image_path: ["a", "a", "c"],
      image_id: [10, 11, 12],
    });

  it("counts images and persons, also where the file does not (Q56)", async () => {
    const data = crowd();
    expect([data.dataLen, data.instanceNum]).toEqual([3, 3]);
    const loaded = await MultiHumanDataDict.fromFile(await fileSource(fixture("multi.npz")));
    expect([loaded.dataLen, loaded.instanceNum]).toEqual([5, 9]);
    data.instanceNum = -1;
    expect(data.instanceNum).toBe(-1);
  });

  it("gives single images with their persons", () => {
    const data = crowd();
    expect(data.image(0).get("image_path")).toEqual(["a", "a"]);
    expect([data.image(1).instanceNum, listOf(data.image(1).get("frame_range"))]).toEqual([0, [[0, 0]]]);
    expect(data.image(-1).get("image_path")).toEqual(["c"]);
    expect([data.personRows(-1), data.personRows(1)]).toEqual([
      [2, 3],
      [2, 2],
    ]);
    for (const index of [3, -4, 0.5]) {
      expect(() => data.image(index)).toThrow(RangeError);
      expect(() => data.personRows(index)).toThrow(RangeError);
    }
  });

  it("slices by image, counting frame_range anew (Q49, Q51)", () => {
    const part = crowd().getSlice(1, 3);
    expect([part.dataLen, part.instanceNum, listOf(part.get("frame_range"))]).toEqual([
      2,
      1,
      [
        [0, 0],
        [0, 1],
      ],
    ]);
    expect(part.get("image_path")).toEqual(["c"]);
    const none = crowd().getSlice(0, 0);
    expect([none.dataLen, none.instanceNum, (none.get("bbox_xywh") as NdArray).shape]).toEqual([0, 0, [0, 5]]);
  });

  it("is made of images, empty ones too, and taken apart again", () => {
    const images = [2, 0, 1].map((count, image) =>
      HumanDataDict.new({ bbox_xywh: f4(count, 5), image_path: new Array(count).fill(`${image}.jpg`), config: "c" }),
    );
    const data = MultiHumanDataDict.fromImages(images);
    expect([data.dataLen, data.instanceNum, listOf(data.get("frame_range"))]).toEqual([
      3,
      3,
      [
        [0, 2],
        [2, 2],
        [2, 3],
      ],
    ]);
    expect([data.get("config"), data.get("image_path")]).toEqual(["c", ["0.jpg", "0.jpg", "2.jpg"]]);
    expect([...data.frames()].map((image) => image.get("image_path"))).toEqual([["0.jpg", "0.jpg"], [], ["2.jpg"]]);
    expect(MultiHumanDataDict.fromImages([]).size).toBe(0);
    expect(MultiHumanDataDict.fromImages([{ bbox_xywh: f4(2, 5) }]).dataLen).toBe(1);
  });

  it("moves the ranges of what is joined (Q53)", () => {
    const joined = MultiHumanDataDict.concatenate(crowd(), crowd());
    expect([joined.dataLen, joined.instanceNum]).toEqual([6, 6]);
    expect(listOf(joined.get("frame_range"))).toEqual([
      [0, 2],
      [2, 2],
      [2, 3],
      [3, 5],
      [5, 5],
      [5, 6],
    ]);
  });

  it("reads HumanData as images of one person each (Q55)", async () => {
    const data = await MultiHumanDataDict.fromFile(await fileSource(fixture("full.npz")));
    expect([data.dataLen, data.instanceNum]).toEqual([7, 7]);
    expect(listOf(data.image(6).get("frame_range"))).toEqual([[0, 1]]);
    const plain = await HumanDataDict.fromFile(await fileSource(fixture("multi.npz")));
    expect(plain.has("__instance_num__")).toBe(false);
  });

  it("says that it needs frame_range (Q52)", () => {
    expect(() => MultiHumanDataDict.new({ bbox_xywh: f4(3, 5) }).getSlice(1)).toThrow("frame_range");
  });
});
