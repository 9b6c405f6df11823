import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type NdArray, readPng } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture as humandataFile, json, read, workFolder } from "./work-folder.js";

const folder = workFolder();
const sample = (name: string): string => fileURLToPath(new URL(`../../../test/conformance/${name}`, import.meta.url));

const FULL = humandataFile("full.npz");
const NTU = sample("pyskl/ntu3d_f16_p2_np1.pkl");
const COCO = sample("pyskl/coco2d_f16_p2_np1.pkl");

let count = 0;
/** Runs the command, which must succeed, and gives what it wrote and said. */
async function render(
  file: string,
  options: readonly string[] = [],
  ending = "svg",
): Promise<{ text: string; bytes: Uint8Array; said: string; written: string }> {
  const output = folder.path(`${count++}.${ending}`);
  const { code, stdout, stderr } = await somakit(["render", file, "-o", output, ...options]);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const bytes = readFileSync(output);
  return {
    text: ending === "svg" ? bytes.toString("utf8") : "",
    bytes,
    said: stderr,
    written: stdout.replace(output, "OUT"),
  };
}

async function refused(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await somakit(["render", ...args, "-o", folder.path("never.svg")]);
  expect([code, stdout]).toEqual([2, ""]);
  return stderr;
}

interface Said {
  readonly members: readonly string[];
  readonly frames: readonly number[];
  readonly convention: string | null;
  readonly width: number;
  readonly height: number;
  readonly empty: boolean;
  readonly others: readonly string[];
}

/** What the command says of a picture for programs. */
function said(file: string, options: readonly string[] = []): Promise<Said> {
  return json<Said>(["render", file, "-o", folder.path(`${count++}.svg`), ...options]);
}

const circles = (text: string): number => text.split("<circle ").length - 1;

describe("render", () => {
  test("draws the first frame of keypoints in an image, and says what else there is", async () => {
    const { text, said: notes, written } = await render(FULL);
    expect(written).toMatch(/^written OUT, \d+ B: keypoints2d \(human_data\), frame 0\n$/);
    expect(notes).toBe("--member draws something else: keypoints3d\n");
    expect(text).toMatch(
      /^<svg [^>]*width="480" height="480"[^>]*>\n<title>keypoints2d<\/title>\n<rect [^>]*fill="#fff"\/>\n/,
    );
    const { keypoints2d } = await read(FULL);
    const first = (keypoints2d as NdArray).slice(0).toList() as number[][];
    expect(circles(text)).toBe(first.filter(([, , sure = 0]) => sure > 0).length);
  });

  test("writes PNG of the same picture", async () => {
    const { bytes } = await render(FULL, ["--size", "64x48", "--background", "#102030"], "png");
    const { width, height, array } = await readPng(bytes);
    expect([width, height, array.slice(0, 0).toList()]).toEqual([64, 48, [16, 32, 48, 255]]);
    const colours = new Set((array.toList() as number[][][]).flat().map(String));
    expect(colours.size).toBeGreaterThan(2);
    const clear = await readPng((await render(FULL, ["--background", "none"], "png")).bytes);
    expect(clear.array.get(0, 0, 3)).toBe(0);
  });

  test("draws several frames side by side, counted as Python counts", async () => {
    expect(await said(FULL, ["--frames", "1:6:2"])).toMatchObject({ frames: [1, 3, 5], width: 728, height: 258 });
    expect(await said(FULL, ["--frames", "-2:"])).toMatchObject({ frames: [5, 6] });
    expect(await said(FULL, ["--frames", "::-3"])).toMatchObject({ frames: [6, 3, 0] });
    expect(await said(FULL, ["--frames", "4:100", "--columns", "2"])).toMatchObject({ frames: [4, 5, 6], width: 484 });
    expect(await said(FULL, ["--frame", "-1"])).toMatchObject({ frames: [6] });
    expect(await said(FULL, ["--frames", ":", "--onion"])).toMatchObject({ width: 480, height: 480 });
  });

  test("draws keypoints in space from where it is told", async () => {
    const pictures = new Set<string>();
    for (const view of ["front", "right", "back", "left", "top", "corner"])
      pictures.add((await render(FULL, ["--member", "keypoints3d", "--view", view])).text);
    pictures.add((await render(FULL, ["--member", "keypoints3d", "--up", "-z"])).text);
    expect(pictures.size).toBe(7);
  });

  test("draws a clip by position or name, with the convention that its number of keypoints tells", async () => {
    expect(await said(NTU)).toMatchObject({
      members: ["annotations[0].keypoint"],
      convention: "pyskl_nturgbd",
      frames: [0],
    });
    const { said: notes } = await render(NTU);
    expect(notes).toBe("item annotations[0]; --item takes another one\n");
    const second = await json<{ value: string }>(["show", NTU, "annotations[1].frame_dir"]);
    for (const item of [second.value, "1"])
      expect(await said(NTU, ["--item", item])).toMatchObject({ members: ["annotations[1].keypoint"] });
    expect(await said(NTU, ["--member", "annotations[2].keypoint"])).toMatchObject({
      members: ["annotations[2].keypoint"],
    });
    expect(await said(COCO, ["--frame", "2"])).toMatchObject({ convention: "pyskl_coco", frames: [2] });
  });

  test("takes another convention when it is told, which must fit", async () => {
    // It says nothing about lines; those with the same names do.
    const { text } = await render(COCO, ["--source-convention", "coco"]);
    expect(text).toContain("<path ");
    expect(await refused([COCO, "--source-convention", "smplx"])).toContain(
      "--source-convention smplx: it has 144 keypoints, the file 17",
    );
    expect(await refused([COCO, "--source-convention", "nothing"])).toContain('there is no convention "nothing"');
  });

  test("has the people of an image in one picture", async () => {
    const file = humandataFile("multi.npz");
    const { text } = await render(file, ["--frame", "2"]);
    const data = await humandata.multi.read(await (await import("@somakit/core/node")).fileSource(file));
    const [start, stop] = ((data.frame_range as NdArray).toList() as bigint[][])[2]?.map(Number) ?? [];
    const rows = (data.keypoints2d as NdArray).slice([start as number, stop as number]);
    const drawn = (rows.toList() as number[][][]).flat().filter(([, , sure = 0]) => sure > 0);
    expect(circles(text)).toBe(drawn.length);
  });

  test("leaves out what is no place, and draws nothing where nobody is", async () => {
    const { keypoints2d, ...rest } = await read(FULL);
    const points = (keypoints2d as NdArray<"float64">).copy();
    for (let at = 0; at < points.size; at++)
      points.data[at] = [Number.NaN, Number.POSITIVE_INFINITY, 1e300][at % 3] as number;
    const file = folder.path("hostile.npz");
    await humandata.write(await fileSink(file), { ...rest, keypoints2d: points } as humandata.HumanData);
    const { text, said: notes } = await render(file, ["--member", "keypoints2d"]);
    expect([circles(text), notes]).toEqual([0, expect.stringContaining("there is nothing to be seen in it")]);
    expect(await said(humandataFile("zero_frames.npz"))).toMatchObject({ frames: [], empty: true });
  });

  test("says what is wrong with what it was asked for", async () => {
    expect(await refused([FULL, "--member", "smpl"])).toContain("hint: there is keypoints2d, keypoints3d");
    expect(await refused([FULL, "--frame", "7"])).toContain("--frame 7: keypoints2d has frames 0 to 6");
    expect(await refused([FULL, "--frames", "9:"])).toContain("nothing is in that range");
    expect(await refused([FULL, "--frame", "0", "--frames", ":"])).toContain("either --frame or --frames");
    expect(await refused([FULL, "--frame", "x"])).toContain("a whole number is needed");
    expect(await refused([FULL, "--size", "0x9"])).toContain("width and height up to 8192");
    expect(await refused([FULL, "--background", "blue"])).toContain("no such colour");
    expect(await refused([FULL, "--threshold", "much"])).toContain("a number is needed");
    expect(await refused([FULL, "--columns", "0"])).toContain("a number from 1 to 999");
    expect(await refused([FULL, "--over", "nothing"])).toContain("--over nothing: nothing that can be drawn is there");
    expect(await refused([FULL, "--item", "3"])).toContain('there is no item "3"');
    expect(await refused([NTU, "--item", "nobody"])).toContain('there is no item "nobody" in annotations, which has 5');
  });

  test("writes pictures only, and none that is there already", async () => {
    const wrong = await somakit(["render", FULL, "-o", folder.path("a.jpg")]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(".svg, .png")]);
    const taken = folder.path("taken.svg");
    expect((await somakit(["render", FULL, "-o", taken])).code).toBe(0);
    const again = await somakit(["render", FULL, "-o", taken]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("--force replaces it")]);
    expect((await somakit(["render", FULL, "-o", taken, "--force"])).code).toBe(0);
  });
});

describe("render of other containers", () => {
  test("draws all people of a frame of a video, by its number in the video", async () => {
    const file = sample("skelshop/track_start50_gap.h5");
    expect(await said(file)).toMatchObject({
      members: ["timeline.shots[].poses[].keypoints"],
      frames: [50],
      convention: "openpose_25",
    });
    expect(await refused([file, "--frame", "3"])).toContain("has frames 50 to ");
    // A place at the end that is not used belongs to no keypoint.
    expect(await said(sample("skelshop/track_body25all.h5"))).toMatchObject({ convention: "openpose_25_all" });
    expect(await said(sample("skelshop/images_multipose.h5"))).toMatchObject({ convention: "openpose_25" });
  });

  test("draws vertices of a stream as points, joints when they are asked for", async () => {
    const file = sample("bodycompress/multi_person.xz");
    expect(await said(file)).toMatchObject({
      members: ["frames[].vertices"],
      others: ["frames[].joints"],
      frames: [0],
    });
    const { text, said: notes } = await render(file, ["--member", "joints", "--frames", "0:2"]);
    expect(circles(text)).toBeGreaterThan(8);
    expect(notes).toContain("no convention of 8 keypoints is known for them: points without lines");
  });

  test("draws the images of a folder side by side, or one of them", async () => {
    const file = sample("datagen/faces_v1");
    const all = await said(file);
    expect(all.members.map((path) => path.replace(/^.*\./, ""))).toEqual(
      expect.arrayContaining(["depth", "normal_maps"]),
    );
    expect(all).toMatchObject({ width: 484, frames: [], empty: false });
    const { text } = await render(file);
    for (const title of ["depth", "normal_maps", "semantic_segmentation", "visible_spectrum_01.png"])
      expect(text).toContain(`>${title}</text>`);
    expect((await said(file, ["--member", "depth"])).members).toEqual(["scenes[0].cameras[0].depth"]);
  });

  test("draws keypoints that are lists of numbers, by the part that they play in people who move", async () => {
    const person = (image_id: number, x: number): object => ({
      image_id,
      category_id: 1,
      score: 0.5,
      keypoints: Array.from({ length: 17 }, (_, at) => (at % 5 === 4 ? [0, 0, 0] : [x + at, 2 * at + 1, 2])).flat(),
    });
    const results = folder.path("results.json");
    writeFileSync(results, JSON.stringify([person(7, 10), person(7, 50), person(9, 90)]));
    const { text, said: notes } = await render(results);
    expect([circles(text), notes]).toEqual([2 * 14, ""]);
    expect(text).toContain("<path ");
    expect(await said(results, ["--frame", "1"])).toMatchObject({
      members: ["keypoints"],
      convention: "coco",
      frames: [1],
      empty: false,
    });
    const frames = folder.path("frames");
    await json(["convert", sample("skelshop/unseg_body25.h5"), "--to", "openpose", "-o", frames]);
    const [drawn, original] = [await render(frames, ["--frame", "4"]), sample("skelshop/unseg_body25.h5")];
    expect(circles(drawn.text)).toBe(circles((await render(original, ["--frame", "4"])).text));
    expect(await said(frames, ["--item", "0"])).toMatchObject({ convention: "openpose_25", others: [] });
    expect(await refused([frames, "--item", "1"])).toContain("there is no sequence");
    expect(await refused([frames, "--frame", "99"])).toContain("has frames 0 to 24");
  });

  test("draws points of a dict, over an image of the same folder", async () => {
    const file = sample("datagen/scenes");
    const options = ["--member", "standard[].pixel_2d", "--over", "visible_spectrum_01.png"];
    const { text, said: notes } = await render(file, options);
    expect(notes).toContain("no convention of 68 keypoints is known for them: points without lines");
    expect([circles(text), text.split("<image ").length - 1]).toEqual([68, 1]);
    const { face } = JSON.parse(
      readFileSync(sample("datagen/scenes/scene_00001/camera_1/key_points/all_key_points.json"), "utf8"),
    ) as { face: { standard: Record<string, { pixel_2d: { x: number; y: number } }> } };
    const scale = 480 / 24;
    const { x: row = 0, y: column = 0 } = Object.values(face.standard)[0]?.pixel_2d ?? {};
    const places = [...text.matchAll(/<circle cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places.some(([x = 0, y = 0]) => Math.hypot(x - column * scale, y - row * scale) < 0.02)).toBe(true);
    // One scene with two cameras: the item is one of those.
    expect((await said(file, ["--item", "1", "--member", "depth"])).members).toEqual(["scenes[0].cameras[1].depth"]);
  });
});
