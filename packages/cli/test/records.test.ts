import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MemorySink, NdArray, npyContainer, npz, type Value, type WriteTree } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { BodyDecompressor } from "@somakit/formats/bodycompress";
import { beforeAll, describe, expect, test } from "vitest";
import { shell, somakit } from "./run.js";
import { json, succeed, workFolder } from "./work-folder.js";

const work = workFolder();
const body = (name: string): string =>
  fileURLToPath(new URL(`../../../test/conformance/bodycompress/${name}.xz`, import.meta.url));

const FRAMES = 70;

function floats(shape: readonly number[], step: number): NdArray<"float32"> {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return NdArray.from(
    "float32",
    Float32Array.from({ length: size }, (_, at) => step * at),
    shape,
  );
}

async function archive(name: string, members: Readonly<Record<string, WriteTree>>): Promise<string> {
  const sink = new MemorySink();
  await npz.write(sink, new Map<Value, WriteTree>(Object.entries(members)));
  writeFileSync(work.path(name), sink.bytes());
  return work.path(name);
}

const arrays: Readonly<Record<string, WriteTree>> = {
  vertices: floats([FRAMES, 5, 3], 0.5),
  joints: floats([FRAMES, 2, 3], 1),
  "camera.loc": floats([FRAMES, 3], 0.125),
  name: Array.from({ length: FRAMES }, (_, index) => `${index}.png`),
  faces: NdArray.from("int32", new Int32Array([0, 1, 2, 2, 3, 4]), [2, 3]),
  "metadata.fps": 25,
};

let meshes = "";
beforeAll(async () => {
  meshes = await archive("meshes.npz", arrays);
});

async function frames(path: string): Promise<Record<string, unknown>[]> {
  const bodies = await BodyDecompressor.open(await fileSource(path));
  const all: Record<string, unknown>[] = [];
  for await (const one of bodies) all.push(one);
  await bodies.close();
  return all;
}

/** Elements of an array in one frame. */
async function elements(path: string, index: number, key: "vertices" | "joints"): Promise<unknown> {
  const bodies = await BodyDecompressor.open(await fileSource(path));
  const frame = await bodies.frame(index);
  await bodies.close();
  return frame[key]?.toList();
}

describe("compress to a stream of records", () => {
  test("makes a record of each row, and keeps what belongs to all", async () => {
    const out = work.path("meshes.xz");
    const { stdout } = await succeed(["compress", meshes, "-o", out]);
    expect(stdout).toMatch(/^written .*meshes\.xz, .* KiB: 70 frames, \d+\.\d\d times smaller than the .* of .*\n$/);
    const bodies = await BodyDecompressor.open(await fileSource(out));
    expect([bodies.length, bodies.framesPerBlock, bodies.finished]).toEqual([FRAMES, 30, true]);
    const metadata = bodies.metadata as Map<string, unknown>;
    expect([...metadata.keys()]).toEqual(["faces", "fps"]);
    const frame = await bodies.frame(42);
    expect(frame.vertices?.toList()).toEqual((arrays["vertices"] as NdArray).slice(42).toList());
    expect(frame["name"]).toBe("42.png");
    expect((frame.camera as Map<string, NdArray>).get("loc")?.toList()).toEqual([15.75, 15.875, 16]);
    await bodies.close();
  });

  test("takes what the writer takes: steps, blocks, effort, threads", async () => {
    const out = work.path("fine.xz");
    const options = ["--steps", "quantizationMm=0.25", "--per-block", "10", "--preset", "1", "-j", "1"];
    const report = await json(["compress", meshes, "-o", out, ...options]);
    expect(report).toMatchObject({ dataset: "bodycompress", records: FRAMES, leftOut: [], output: { path: out } });
    const bodies = await BodyDecompressor.open(await fileSource(out));
    expect(bodies.framesPerBlock).toBe(10);
    await bodies.close();
    await succeed(["compress", meshes, "-o", work.path("one.xz"), "--per-block", "none"]);
    expect(await json(["info", work.path("one.xz")])).toMatchObject({ records: { perBlock: null } });
  });

  test("takes arrays under other names, or one array alone", async () => {
    const renamed = await archive("renamed.npz", { verts: floats([3, 5, 3], 1), j3d: floats([3, 2, 3], 1) });
    await succeed(["compress", renamed, "-o", work.path("renamed.xz"), "--members", "vertices=verts,joints=j3d"]);
    expect(Object.keys((await frames(work.path("renamed.xz")))[0] as object)).toEqual(["vertices", "joints"]);
    const sink = new MemorySink();
    await npyContainer.write(sink, floats([3, 5, 3], 1));
    writeFileSync(work.path("verts.npy"), sink.bytes());
    const refused = await somakit(["compress", work.path("verts.npy"), "-o", work.path("verts.xz")]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("frames[0]")]);
    await succeed(["compress", work.path("verts.npy"), "-o", work.path("verts.xz"), "--mismatches", "keep"]);
    expect(await frames(work.path("verts.xz"))).toHaveLength(3);
  });

  test("writes another stream anew", async () => {
    const out = work.path("anew.xz");
    await succeed(["compress", body("multi_person"), "-o", out, "--per-block", "4"]);
    expect((await frames(out)).length).toBe((await frames(body("multi_person"))).length);
    expect(await elements(out, 1, "vertices")).toEqual(await elements(body("multi_person"), 1, "vertices"));
  });

  test("leaves no file behind when something cannot be stored", async () => {
    const broken = await archive("nan.npz", { vertices: floats([2, 5, 3], Number.NaN), joints: floats([2, 2, 3], 1) });
    const { code, stderr } = await somakit(["compress", broken, "-o", work.path("nan.xz")]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("frames[0].vertices")]);
    expect(existsSync(work.path("nan.xz"))).toBe(false);
  });

  test.each([
    [["--per-block", "0"], "--per-block 0: a number from 1 on is needed, or none"],
    [["--steps", "quantizationMm"], "--steps quantizationMm: pairs NAME=VALUE separated by commas are needed"],
    [["--steps", "quantizationMm=-1"], "--steps quantizationMm=-1: a number above 0 is needed"],
    [["--members", "vertices=nothing"], "nothing: there is no array for vertices"],
    [["-j", "x"], "-j x: a number from 1 to 256 is needed"],
  ])("refuses %j", async (options, message) => {
    const { code, stderr } = await somakit(["compress", meshes, "-o", work.path("refused.xz"), ...options]);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(message);
    expect(existsSync(work.path("refused.xz"))).toBe(false);
  });

  test("packs keypoints where the output is no stream", async () => {
    const { code, stderr } = await somakit(["compress", body("basic"), "-o", work.path("packed.npz")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("BodyCompress has no packed form")]);
  });
});

describe("decompress a stream of records", () => {
  test("makes arrays with a row for each record, which compress to the same again", async () => {
    await succeed(["compress", meshes, "-o", work.path("there.xz")]);
    await succeed(["decompress", work.path("there.xz"), "-o", work.path("back.npz")]);
    const root = await npz.open(await fileSource(work.path("back.npz")));
    if (root.kind !== "group") throw new Error("no archive");
    expect([...root.keys].sort()).toEqual([
      "camera.loc",
      "joints",
      "metadata.faces",
      "metadata.fps",
      "name",
      "vertices",
    ]);
    const vertices = await root.child("vertices");
    if (vertices?.kind !== "array") throw new Error("no array");
    expect((await vertices.load()).toList()).toEqual((arrays["vertices"] as NdArray).toList());
    await succeed(["compress", work.path("back.npz"), "-o", work.path("again.xz")]);
    expect(await frames(work.path("again.xz"))).toHaveLength(FRAMES);
    expect(await elements(work.path("again.xz"), 69, "joints")).toEqual(
      await elements(work.path("there.xz"), 69, "joints"),
    );
  });

  test("takes only some members, from standard input too", async () => {
    const out = work.path("some.npz");
    const { code } = await shell(`somakit decompress - -o "$OUT" --keys joints < "$FILE"`, {
      OUT: out,
      FILE: body("basic"),
    });
    expect(code).toBe(0);
    const root = await npz.open(await fileSource(out));
    expect(root.kind === "group" && root.keys.filter((key) => !key.startsWith("metadata"))).toEqual(["joints"]);
  });

  test("says what cannot be an array, and which record is unlike the first", async () => {
    const { stderr } = await somakit(["decompress", body("metadata_types"), "-o", work.path("types.npz")]);
    expect(stderr).toContain("left out metadata.tuple: it makes no array of numbers or text\n");
    const varying = await somakit(["decompress", body("varying_people"), "-o", work.path("varying.npz")]);
    expect(varying.code).toBe(1);
    expect(varying.stderr).toMatch(/frames\[1\]\.vertices: .*\n {2}hint: --keys takes only the members/);
    expect(existsSync(work.path("varying.npz"))).toBe(false);
  });
});

describe("info of a stream of records", () => {
  test("says how many there are, how large, and what the file is made of", async () => {
    await succeed(["compress", meshes, "-o", work.path("info.xz")]);
    const { stdout } = await succeed(["info", work.path("info.xz"), "--verbose"]);
    expect(stdout).toMatch(/frames {4}70 stated\n/);
    expect(stdout).toMatch(/size {6}\d+\.\d\d times smaller than arrays, \d+\.\d\d bits a number\n/);
    expect(stdout).toContain("blocks    5 in 3 streams, 30 frames each: any of them is found at once\n");
    expect(stdout).toMatch(/vertices +float32 +\(5, 3\) +60 B\n/);
    expect(stdout).toMatch(/\nblock +stream +at byte +bytes +content\n/);
    const { records } = await json<{ records: Record<string, unknown> }>(["info", work.path("info.xz")]);
    expect(records).toMatchObject({ path: "frames", stated: 70, finished: true, perBlock: 30, problem: null });
    expect(records["streams"]).toHaveLength(3);
    expect(records["blocks"]).toHaveLength(5);
  });

  test("of a damaged or unfinished file says so, and what there is", async () => {
    const cut = await somakit(["info", body("truncated")]);
    expect([cut.code, cut.stdout]).toEqual([3, expect.stringMatching(/damage .*it is cut off.*\(300, 3\)/s)]);
    const unfinished = await succeed(["info", body("unfinished")]);
    expect(unfinished.stdout).toContain("the writer did not come to its end: somakit repair ends the file");
  });
});

describe("validate of a stream of records", () => {
  test("goes through all of it, or looks at headers and indexes alone", async () => {
    const late = body("crc_mismatch");
    expect((await somakit(["validate", late])).code).toBe(3);
    expect((await somakit(["validate", late, "--depth", "headers"])).code).toBe(0);
    const cut = await somakit(["validate", body("truncated"), "--depth", "headers"]);
    expect([cut.code, cut.stdout]).toEqual([3, expect.stringContaining("it is cut off")]);
  });
});

describe("repair", () => {
  test("says what it would do, and writes nothing", async () => {
    const { stdout } = await succeed(["repair", body("truncated"), "--dry-run"]);
    expect(stdout).toMatch(
      /^lost {2}frames\[12\].*: the data ends inside a block; this and what comes then is left out\n/,
    );
    expect(stdout).toMatch(/frames: 20 are stated, 12 are whole: becomes 12\n2 changes would be made: 12 frames\n$/);
  });

  test("ends a file after its last whole record", async () => {
    const out = work.path("repaired.xz");
    const report = await json(["repair", body("truncated"), "-o", out]);
    expect(report).toMatchObject({ dataset: "bodycompress", frames: 12, output: { path: out } });
    expect(await frames(out)).toHaveLength(12);
    const bodies = await BodyDecompressor.open(await fileSource(out));
    expect([bodies.finished, bodies.length, bodies.framesPerBlock]).toEqual([true, 12, 30]);
    await bodies.close();
    await succeed(["validate", out]);
    expect((await succeed(["repair", out, "--dry-run"])).stdout).toBe("nothing to repair: 12 frames\n");
  });

  test("of an unfinished file loses nothing", async () => {
    const { stdout } = await succeed(["repair", body("unfinished"), "-o", work.path("ended.xz")]);
    expect(stdout).toMatch(/^frames: the writer did not come to its end; the file is ended after 5\nwritten /);
    expect(await frames(work.path("ended.xz"))).toHaveLength(5);
  });

  test("replaces the file itself only when told to", async () => {
    const path = work.path("in-place.xz");
    writeFileSync(path, readFileSync(body("unfinished")));
    const refused = await somakit(["repair", path]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--force replaces it")]);
    expect(readFileSync(path)).toEqual(readFileSync(body("unfinished")));
    await succeed(["repair", path, "--force"]);
    expect(await json(["info", path])).toMatchObject({ records: { finished: true, stated: 5 } });
  });

  test("writes nothing when nothing is wrong", async () => {
    const { stdout } = await succeed(["repair", body("basic"), "-o", work.path("untouched.xz")]);
    expect(stdout).toMatch(/^nothing to repair: \d+ frames\n$/);
    expect(existsSync(work.path("untouched.xz"))).toBe(false);
  });

  test.each([
    [["garbage"], 3, "the content is none of"],
    [["empty"], 3, "the file is empty"],
    [["basic", "--as", "nothing"], 2, 'files of "nothing" cannot be repaired'],
    [["basic", "-o", "https://example.org/x.xz"], 2, "only files can be written"],
  ])("refuses %j", async ([name = "", ...options], exit, message) => {
    const output = options.includes("-o") ? [] : ["--dry-run"];
    const { code, stderr } = await somakit(["repair", body(name), ...options, ...output]);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
  });
});
