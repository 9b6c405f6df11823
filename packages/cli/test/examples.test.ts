import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { npyContainer, zeros } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allVerbs } from "../src/verbs/index.js";
import { BIN, somakit } from "./run.js";

const verbs = await allVerbs();

// Every example of the help is run as it stands there, in a folder that holds what it names.

const CONFORMANCE = fileURLToPath(new URL("../../../test/conformance/", import.meta.url));
const SCHEMAS = fileURLToPath(new URL("../../../examples/schemas/", import.meta.url));
const listed = verbs.filter(({ hidden }) => hidden !== true);

let base = "";
let server: Server;
let address = "";
const made = (name: string): string => join(base, "made", name);

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "somakit-examples-"));
  mkdirSync(join(base, "made"));
  await writePoses(made("poses.npz"));
  const ntu = `${CONFORMANCE}pyskl/ntu/set60/ntu60_3danno.pkl`;
  await run(["split", ntu, "--into", "train=0.75,val=0.25", "-o", made("clips.pkl")]);
  await run(["decompress", `${CONFORMANCE}bodycompress/basic.xz`, "-o", made("meshes.npz")]);
  await run(["compress", made("poses.npz"), "-o", made("packed.npz")]);
  await run(["slice", made("poses.npz"), ":", "-o", made("poses.pkl")]);
  writeFileSync(made("odd.json"), JSON.stringify({ meta: { "a.b/c": [1, 2] } }));
  await npyContainer.write(await fileSink(made("verts.npy")), zeros("float32", [12, 20, 3]));
  mkdirSync(made("output_json"));
  execFileSync("tar", ["-xf", `${CONFORMANCE}skelshop/openpose_frames.tar.gz`, "-C", made("output_json")]);
  server = createServer((request, response) => {
    const bytes = readFileSync(made("poses.npz"));
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const part = bytes.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    response.writeHead(206, { "Content-Range": range, "Content-Length": part.length }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}/`;
}, 60_000);

afterAll(() => {
  server.close();
  rmSync(base, { recursive: true, force: true });
});

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await somakit(args);
  if (code !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
}

/** Long enough for what examples cut out of it, with keypoints in both planes and space. */
async function writePoses(path: string): Promise<void> {
  const frames = 3000;
  const mask = zeros("uint8", [190]);
  mask.set([0], 1);
  const keypoints = (axes: number): unknown => {
    const array = zeros("float64", [frames, 190, axes]);
    for (let frame = 0; frame < frames; frame++)
      for (let axis = 0; axis < axes; axis++) array.set([frame, 0, axis], 1 + axis);
    return array;
  };
  const data = {
    bbox_xywh: zeros("float64", [frames, 5]),
    keypoints2d: keypoints(3),
    keypoints2d_mask: mask,
    keypoints2d_convention: "human_data",
    keypoints3d: keypoints(4),
    keypoints3d_mask: mask,
    keypoints3d_convention: "human_data",
  };
  await humandata.write(await fileSink(path), data as never, { check: "skip", compression: "fast" });
}

/** What the examples of a command find, by name: where it is copied from. Nothing stands for an empty folder. */
function filesFor(verb: string): Readonly<Record<string, string>> {
  const [human, body, skelshop, datagen] = ["humandata", "bodycompress", "skelshop", "datagen"].map(
    (system) => (name: string) => `${CONFORMANCE}${system}/${name}`,
  ) as [Pick, Pick, Pick, Pick];
  const full = human("full.npz");
  const ntu = `${CONFORMANCE}pyskl/ntu/set60/ntu60_3danno.pkl`;
  const common = {
    "poses.npz": made("poses.npz"),
    "clips.pkl": made("clips.pkl"),
    "ntu.pkl": ntu,
    "shots.h5": SHOTS,
    faces: datagen("faces_v2"),
  };
  const own: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    validate: { "poses.npz": full, "new.npz": full },
    show: { "takes/one.npz": full, "takes/two.npz": full, "odd.json": made("odd.json") },
    stats: { faces_v2: datagen("faces_v2") },
    digest: { "a.npz": full },
    diff: { "old.npz": full, "new.npz": full, "poses.pkl": made("poses.pkl"), "a.h5": SHOTS, "b.h5": SHOTS },
    slice: { "takes/one.npz": full, "takes/deep/two.pkl": human("full.pkl") },
    select: { frames: made("output_json") },
    split: { "takes/one.npz": full, "takes/deep/two.pkl": human("full.pkl") },
    concat: {
      ...{ "poses.npz": full, "day1.npz": full, "day2.npz": full, "own.pkl": ntu },
      ...{ part_1: made("output_json"), part_2: made("output_json") },
    },
    "convention convert": { "old.npz": human("legacy_like.npz") },
    convert: {
      "clips.pkl": COCO,
      "takes/one.pkl": COCO,
      "takes/two.pkl": COCO,
      "joints.xz": body("smpl_like.xz"),
      "kinetics.pkl": `${KINETICS}/k400/k400_hrnet.pkl`,
      data: KINETICS,
    },
    compress: {
      "meshes.npz": made("meshes.npz"),
      "data/meshes.npz": made("meshes.npz"),
      "verts.npy": made("verts.npy"),
    },
    decompress: { "packed.npz": made("packed.npz"), "meshes.xz": body("basic.xz") },
    upgrade: { "old.npz": human("old_temporal_len.npz"), old_faces: datagen("faces_v1") },
    render: { "data/one.npz": full },
    repair: { "cut.xz": body("truncated.xz") },
    ntu: { "nturgb+d_skeletons": `${CONFORMANCE}pyskl/ntu/set60/nturgb+d_skeletons` },
    openpose: {
      "frames.zip": skelshop("openpose_frames.zip"),
      output_json: made("output_json"),
      "scenes.csv": skelshop("scenes.csv"),
    },
    "schema init": {
      "walk.npz": full,
      "day1.pkl": human("full.pkl"),
      "day2.pkl": human("full.pkl"),
      "studio/a.npz": full,
    },
    "schema check": { schemas: SCHEMAS, "walk.json": `${SCHEMAS}pw3d/pw3d.json` },
    "schema diff": { v1: SCHEMAS, v2: SCHEMAS, released: SCHEMAS, schemas: SCHEMAS },
    generate: { schemas: SCHEMAS },
  };
  return { ...common, ...own[verb] };
}

type Pick = (name: string) => string;

const COCO = `${CONFORMANCE}pyskl/coco2d_f16_p2_np1.pkl`;
const KINETICS = `${CONFORMANCE}pyskl/k400/data`;
const SHOTS = `${CONFORMANCE}skelshop/track_body25_13shots.h5`;

/** Commands whose answer may be that something differs, or is wrong, which is no failure. */
const VERDICTS = ["validate", "diff", "upgrade", "generate", "schema check", "schema diff"];

function shellIn(folder: string, line: string): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE: process.execPath, BIN, HOME: folder, FORCE_COLOR: undefined };
    const script = `somakit() { "$NODE" "$BIN" "$@"; }; ${line}`;
    const child = spawn("bash", ["-c", script], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part: Buffer) => {
        said += part.toString();
      });
    child.on("close", (code) => resolve({ code, said: said.slice(0, 2000) }));
  });
}

describe.each(listed.map((verb) => [verb.name, verb] as const))("%s", (name, verb) => {
  test.each(verb.examples.map(([command], index) => [command, index] as const))(
    "%s",
    { timeout: 60_000 },
    async (command, index) => {
      const folder = join(base, name.replace(" ", "-"), String(index));
      mkdirSync(join(folder, ".config/fish/completions"), { recursive: true });
      mkdirSync(join(folder, "schemas"), { recursive: true });
      for (const [file, source] of Object.entries(filesFor(name))) {
        if (!command.includes(file.split("/")[0] as string) && !command.includes("*")) continue;
        if (`${command} `.includes(`-o ${file} `) && !command.includes("--force")) continue;
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        cpSync(source, join(folder, file), { recursive: true });
      }
      const { code, said } = await shellIn(folder, command.replaceAll("https://example.org/", address));
      const allowed: readonly (number | null)[] = VERDICTS.includes(name) ? [0, 1] : [0];
      expect(allowed, said).toContain(code);
    },
  );
});
