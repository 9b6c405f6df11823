import { join } from "node:path";
import { MemorySink, NdArray } from "@somakit/core";
import { compressBodies } from "@somakit/formats/bodycompress";
import * as humandata from "@somakit/formats/humandata";
import { UnsegmentedWriter } from "@somakit/formats/skelshop";
import { Fixtures } from "../conformance/fixtures.js";
import { bundle } from "./bundle.js";
import { openBrowser } from "./chromium.js";
import {
  BODIES,
  CUT_BODIES,
  DATASET,
  LARGE,
  LARGE_FRAMES,
  LONG_BODIES,
  LONG_BODIES_FRAMES,
  LONG_FRAMES,
  LONG_SKELETON,
  type Result,
  SKELETONS,
} from "./protocol.js";
import { startSite } from "./server.js";
import { type Verdict, verdictOf } from "./verdict.js";

const fixtures = new Fixtures(join(import.meta.dirname, "../conformance/humandata"));
const folders = new Fixtures(join(import.meta.dirname, "../conformance/datagen"));

const meshes = new Fixtures(join(import.meta.dirname, "../conformance/bodycompress"));
const shots = new Fixtures(join(import.meta.dirname, "../conformance/skelshop"));

export interface Session {
  readonly results: readonly Result[];
  /** Files that the browser could read, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that were written in the browser, by name. */
  readonly written: ReadonlyMap<string, Uint8Array>;
}

/** Lets a browser do all that it is to show. Rejects when it has not done after `patience` milliseconds. */
export async function browserSession(command: string, patience: number): Promise<Session> {
  const files = new Map(fixtures.files.map((name) => [name, fixtures.bytes(name)]));
  for (const name of SKELETONS) for (const file of [name, `${name}.expected.json`]) files.set(file, shots.bytes(file));
  files.set(LONG_SKELETON, await longSkeleton());
  for (const name of [BODIES, `${BODIES}.expected.json`, CUT_BODIES]) files.set(name, meshes.bytes(name));
  files.set(LONG_BODIES, await longMeshes());
  files.set(LARGE, await largeFile()).set(DATASET, folders.bytes(DATASET));
  const site = await startSite({
    program: await bundle(),
    files,
    verdicts: JSON.stringify(await verdictsOf(files)),
  });
  const browser = openBrowser(command, site.url);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no results after ${patience} ms:\n${browser.output()}`)), patience);
  });
  try {
    return { results: await Promise.race([site.results, browser.ended, late]), files, written: site.written };
  } finally {
    clearTimeout(timer);
    await browser.close();
    await site.close();
  }
}

/** What Node makes of every fixture. */
async function verdictsOf(files: ReadonlyMap<string, Uint8Array>): Promise<Readonly<Record<string, Verdict>>> {
  const verdicts: Record<string, Verdict> = {};
  for (const [name, bytes] of files)
    if (/\.(npz|pkl)$/.test(name) && name !== LARGE) verdicts[name] = await verdictOf(name, bytes);
  return verdicts;
}

async function largeFile(): Promise<Uint8Array> {
  const shape = [LARGE_FRAMES, 190, 3] as const;
  const size = shape.reduce<number>((product, length) => product * length, 1);
  const keypoints = NdArray.from(
    "float64",
    Float64Array.from({ length: size }, (_, index) => (index * 7) % 1009),
    shape,
  );
  const sink = new MemorySink();
  const value: humandata.HumanData = {
    __data_len__: LARGE_FRAMES,
    keypoints2d: keypoints,
    keypoints2d_mask: NdArray.from("uint8", new Uint8Array(190).fill(1)),
    config: "large",
  };
  await humandata.write(sink, value, { compression: "none" });
  return sink.bytes();
}

async function longSkeleton(): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new UnsegmentedWriter(sink, { mode: "BODY_25", storage: { gzip: 0 } });
  for (let frame = 0; frame < LONG_FRAMES; frame++)
    await writer.addPose(
      frame,
      0,
      Float32Array.from({ length: 75 }, (_, index) => frame + index + 1),
    );
  await writer.close();
  return sink.bytes();
}

/** Numbers that cannot be compressed well, but for the first vertex. */
async function longMeshes(): Promise<Uint8Array> {
  const sink = new MemorySink();
  const mesh = (frame: number): NdArray<"float32"> => {
    const value = (_: unknown, at: number): number =>
      at < 3 ? frame + at : Math.floor(1000 * Math.sin(at * at + frame));
    return NdArray.from("float32", Float32Array.from({ length: 300 }, value), [100, 3]);
  };
  const joints = NdArray.from("float32", new Float32Array(3), [1, 3]);
  const frames = Array.from({ length: LONG_BODIES_FRAMES }, (_, frame) => ({ vertices: mesh(frame), joints }));
  await compressBodies(sink, frames, { preset: 0 });
  return sink.bytes();
}
