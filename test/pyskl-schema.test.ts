import { readFileSync } from "node:fs";
import { join } from "node:path";
import { detect, type FormatError, type Issue, MemorySink, memorySource, NdArray, type Source } from "@somakit/core";
import * as pyskl from "@somakit/formats/pyskl";
import { lists, loadList, registry } from "@somakit/formats/registry";
import { describe, expect, it } from "vitest";

const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "conformance/pyskl", file)));
const codes = (issues: readonly Issue[]): readonly string[] => issues.map(({ code, path }) => `${code} ${path}`);

/** A clip in 2D, with what is given in place of its own. */
function clip(name: string, more: object = {}): pyskl.Annotation {
  return {
    frame_dir: name,
    label: 0,
    img_shape: [1080, 1920],
    total_frames: 2,
    keypoint: NdArray.from("float16", new Uint16Array(2 * 17 * 2), [1, 2, 17, 2]),
    keypoint_score: NdArray.from("float16", new Uint16Array(2 * 17), [1, 2, 17]),
    ...more,
  };
}

const datasetOf = (annotations: readonly pyskl.Annotation[]): pyskl.PYSKLAnnotations => ({
  split: { train: annotations.map(({ frame_dir }) => frame_dir) },
  annotations: [...annotations],
});

async function written(write: (sink: MemorySink) => Promise<void>): Promise<Uint8Array> {
  const sink = new MemorySink();
  await write(sink);
  return sink.bytes();
}

/** A source that adds up what is read of it, and has no view of its bytes. */
function counting(bytes: Uint8Array): Source & { count: number } {
  const source: Source & { count: number } = {
    byteLength: bytes.byteLength,
    name: "counted.pkl",
    count: 0,
    read: async (start, end) => {
      source.count += end - start;
      return bytes.slice(start, end);
    },
  };
  return source;
}

describe("which data set a file is", () => {
  const idOf = async (file: string) => (await detect(registry, memorySource(bytesOf(file))))[0]?.entry.id;

  it.each([
    ["coco2d_f16_p2_np1.pkl", "pyskl"],
    ["bad/content/annos_alias.pkl", "pyskl"],
    ["legacy_list_p2_np1.pkl", "pyskl/list"],
    ["custom2d/compress_nolabel_p2.pkl", "pyskl/list"],
    ["k400/data/k400/kpfiles/part_0.pkl", "pyskl/kpfile"],
    ["k400/data/k400/k400_hrnet.pkl", "pyskl"],
    ["bad/content/results_file.pkl", undefined],
  ])("%s is %s", async (file, id) => {
    expect(await idOf(file)).toBe(id);
  });

  it("a single annotation is a clip", async () => {
    const bytes = await written((sink) => pyskl.clip.write(sink, clip("a")));
    const [found] = await detect(registry, memorySource(bytes));
    expect(found?.entry.id).toBe("pyskl/clip");
    expect(await pyskl.clip.check(bytes)).toEqual([]);
  });
});

describe("an open data set", () => {
  it("finds clips by name and by split, and leaves the arrays of others in the file", async () => {
    const points = (fill: number) =>
      NdArray.from("float32", new Float32Array(2 * 17 * 3 * 4000).fill(fill), [1, 8000, 17, 3]);
    const clips = Array.from({ length: 12 }, (_, index) => ({
      frame_dir: `clip${index}`,
      label: index % 3,
      total_frames: 8000,
      keypoint: points(index),
    }));
    const bytes = await written((sink) => pyskl.write(sink, datasetOf(clips)));
    const source = counting(bytes);
    const file = await pyskl.open(source);
    expect(await file.annotations.length()).toBe(12);
    const opened = source.count;
    expect(await (await file.annotations.find("frame_dir", "clip7"))?.label()).toBe(1);
    const names: (string | undefined)[] = [];
    for await (const found of file.annotations.where("label", [2])) names.push(await found.frame_dir());
    expect(names).toEqual(["clip2", "clip5", "clip8", "clip11"]);
    expect(source.count).toBe(opened);
    const keypoint = await (await file.annotations.find("frame_dir", "clip7"))?.keypoint();
    expect(keypoint?.get(0, 7999, 16, 2)).toBe(7);
    const one = bytes.byteLength / 12;
    expect(source.count - opened).toBeLessThan(1.1 * one);
    expect(opened).toBeLessThan(bytes.byteLength);
  });

  it("reads what Python 2 wrote, sets and arrays of names, and pictures of hands", async () => {
    const { split } = await pyskl.read(bytesOf("containers_p2_np1.pkl"));
    expect(split).toMatchObject({ val: ["o2"], test: ["共享甲", "o2", "x"], none: [] });
    const hands = await pyskl.read(bytesOf("hand21_p4_np1.pkl"));
    expect(hands.annotations.at(-1)?.keypoint?.shape).toEqual([21, 3]);
    expect((await pyskl.read(bytesOf("bad/content/annos_alias.pkl"))).annotations).toHaveLength(3);
  });

  it("is written in protocol 4", async () => {
    const bytes = await written((sink) => pyskl.write(sink, datasetOf([clip("a")])));
    expect([...bytes.subarray(0, 2)]).toEqual([0x80, 4]);
    expect((await pyskl.read(bytes)).annotations[0]?.img_shape).toEqual([1080, 1920]);
  });

  it("that was cut off says how many clips were complete, and gives them when asked to", async () => {
    const whole = await written((sink) => pyskl.write(sink, datasetOf(["a", "b", "c", "d"].map((name) => clip(name)))));
    const cut = whole.slice(0, whole.length - 40);
    await expect(pyskl.open(cut)).rejects.toThrow(/3 items of annotations were complete/);
    const errors: FormatError[] = [];
    const file = await pyskl.open(cut, { recover: (error) => errors.push(error) });
    expect(errors.map(({ code }) => code)).toEqual(["truncated"]);
    expect(await file.annotations.length()).toBe(3);
    expect((await file.annotations.at(2).read()).frame_dir).toBe("c");
    expect(await file.split.read()).toEqual({ train: ["a", "b", "c", "d"] });
  });
});

describe("rules", () => {
  const check = (annotations: readonly pyskl.Annotation[], profile?: string) =>
    pyskl.check(datasetOf(annotations), { profile });

  it("let everything pass that upstream writes", async () => {
    expect(await check([clip("a"), clip("b")])).toEqual([]);
    expect(await check([clip("a"), clip("b")], "strict")).toEqual([]);
    expect(await check([clip("a"), clip("b")], "2d")).toEqual([]);
  });

  it("depend on what is trained with", async () => {
    const { keypoint_score: _, img_shape: __, ...bare } = clip("a");
    expect((await check([bare])).map(({ severity, path }) => `${severity} ${path}`)).toEqual([
      "warning annotations[0].img_shape",
      "warning annotations[0].keypoint_score",
    ]);
    expect((await check([bare], "2d")).map(({ severity }) => severity)).toEqual(["error", "error"]);
    expect(codes(await check([clip("a")], "k400"))).toEqual([
      "missing annotations[0].raw_file",
      "missing annotations[0].frame_inds",
      "missing annotations[0].box_score",
      "missing annotations[0].valid",
    ]);
  });

  it("take the size of a skeleton for what it is", async () => {
    const space = (shape: readonly number[]) =>
      NdArray.from("float32", new Float32Array(shape.reduce((a, b) => a * b)).fill(-5), shape);
    const { img_shape, keypoint_score: _, ...bare } = clip("a");
    expect(await check([{ ...bare, img_shape, keypoint: space([1, 2, 25, 3]) } as pyskl.Annotation], "3d")).toEqual([]);
    expect(codes(await check([{ ...bare, img_shape, keypoint: space([1, 2, 17, 3]) } as pyskl.Annotation]))).toEqual([
      "note annotations[0].keypoint",
      "range annotations[0].keypoint",
    ]);
  });

  it.each([
    [17, 3, ["warning note"]],
    [18, 3, ["warning note"]],
    [21, 3, ["warning note"]],
    [25, 3, []],
    [17, 2, []],
    [133, 3, []],
  ])("say of %i keypoints of %i numbers when the third is a score", async (joints, columns, expected) => {
    const keypoint = NdArray.from("float16", new Uint16Array(2 * joints * columns), [1, 2, joints, columns]);
    const scored = columns === 2 ? clip("a").keypoint_score : undefined;
    const { keypoint_score: _, ...bare } = clip("a");
    const given = { ...bare, keypoint, ...(scored && { keypoint_score: scored }) } as pyskl.Annotation;
    const issues = await check([given], "strict");
    expect(issues.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
    for (const { message, rule } of issues) expect(`${message} ${rule}`).toMatch(/are x, y, score.*\/note$/);
  });

  it.each([
    ["../p.pkl", false],
    ["kpfiles/../../p.pkl", false],
    ["/data/p.pkl", false],
    ["C:\\p.pkl", false],
    ["kpfiles\\..\\p.pkl", false],
    ["data/k400/p..q.pkl", true],
    ["kpfiles/..p.pkl", true],
  ])("say of the keypoint file %s whether it stays inside: %s", async (raw_file, inside) => {
    const frame_inds = NdArray.from("int16", Int16Array.of(1, 1, 2), [3]);
    const table = { frame_dir: "a", label: 0, total_frames: 2, raw_file, frame_inds };
    expect(codes(await check([table]))).toEqual(inside ? [] : ["range annotations[0].raw_file"]);
  });
});

describe("lists", () => {
  it("name the classes of the data sets", async () => {
    const sizes = Object.fromEntries(lists.map(({ name, size }) => [name, size]));
    expect(sizes).toMatchObject({ ntu60_classes: 60, ntu120_classes: 120, gym99_classes: 99, k400_classes: 400 });
    expect((await loadList("NTU60_classes"))?.items[42]).toBe("falling");
    for (const { name, size } of lists) expect((await loadList(name))?.items).toHaveLength(size);
  });
});
