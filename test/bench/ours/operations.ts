import { readFile } from "node:fs/promises";
import { digest, type NdArray, npz, pickle, readPickle, readPickleFrom, type Value } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { bodiesPrepared } from "./bodies.js";
import { arraysCheck, clipsCheck, crc } from "./checks.js";
import { clipOperations } from "./clips.js";
import { cocoOperations } from "./coco.js";
import { conversionOperations } from "./conversion.js";
import { faceOperations } from "./faces.js";
import { humanDataOperations, humanDataPrepared } from "./humandata.js";
import { ntuPrepared } from "./ntu.js";
import { skeletonReadingPrepared } from "./skeleton-reading.js";
import { skeletonsPrepared } from "./skeletons.js";

/** What one run does; the same document goes to the Python side. */
export interface Job {
  readonly operation: string;
  readonly file: string;
  /** What a saving operation writes. */
  readonly out: string;
  /** Where the packages are. */
  readonly packages: string;
  /** `concurrency` of the load; the default where left out. */
  readonly threads?: number | undefined;
  /** Seconds of each step, which operations of several fill in. */
  steps?: Record<string, number>;
}

/** Does the work; what it resolves to says afterwards, off the clock, what was read. */
export type Operation = (job: Job) => Promise<() => Promise<unknown> | unknown>;

/** The frames of "frames": this many from the middle. */
const FRAMES = 100;
/** The clips of "touch", spread over the file. */
const TOUCHED = 10;

export const operations: Readonly<Record<string, Operation>> = {
  ...clipOperations,

  ...cocoOperations,

  ...conversionOperations,

  ...faceOperations,

  ...humanDataOperations,

  "open-key": async ({ file }) => {
    const data = await humandata.open(await fileSource(file));
    const value = await data.config();
    await data.close();
    return () => value;
  },

  keys: async ({ file }) => {
    const data = await humandata.open(await fileSource(file));
    const root = await data.node();
    const found: [string, readonly number[]][] = [];
    for (const key of root?.keys ?? []) {
      const node = await root?.child(key);
      if (node?.kind === "array") found.push([key, node.shape]);
    }
    await data.close();
    return () => found.filter(([, shape]) => shape.length > 0);
  },

  frames: async ({ file }) => {
    const data = await humandata.open(await fileSource(file));
    const whole = (await data.keypoints2d()) as NdArray;
    const start = Math.floor((whole.shape[0] as number) / 2);
    const part = whole.slice([start, start + FRAMES]);
    await data.close();
    return () => [part.shape, crc(part)];
  },

  load: async ({ file, threads }) => {
    const data = await read(file, threads);
    return () => arraysCheck(data);
  },

  save: async ({ file, out }) => {
    const data = await humandata.open(await fileSource(file));
    await humandata.write(await fileSink(out, { overwrite: true }), data);
    await data.close();
    return async () => arraysCheck(await read(out));
  },

  digest: async ({ file }) => {
    const source = await fileSource(file);
    const { npz: found } = await digest(await npz.open(source));
    await source.close?.();
    const members = Object.entries(found as Record<string, { readonly sha256?: string }>);
    return () => members.filter(([, { sha256 }]) => sha256).map(([key, { sha256 }]) => [key, sha256]);
  },

  unpickle: async ({ file }) => {
    const source = await fileSource(file);
    const value = await readPickleFrom(source);
    await source.close?.();
    return () => clipsCheck(annotationsOf(value));
  },

  touch: async ({ file }) => {
    const source = await fileSource(file);
    const root = await pickle.open(source);
    const clips = root.kind === "group" ? await root.child("annotations") : undefined;
    if (clips?.kind !== "list") throw new Error("the file has no list of annotations");
    const touched: Value[] = [];
    for (let index = 0; index < TOUCHED; index++) {
      const clip = await clips.child(Math.floor((index * clips.length) / TOUCHED));
      if (clip.kind === "group" && clip.load) touched.push(await clip.load());
    }
    await source.close?.();
    return () => clipsCheck(touched as ReadonlyMap<string, Value>[]);
  },
};

/** Operations for which something is made ready before the clock starts. */
export const prepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  ...humanDataPrepared,
  ...ntuPrepared,
  ...bodiesPrepared,
  ...skeletonReadingPrepared,
  ...skeletonsPrepared,

  "unpickle-memory": async ({ file }) => {
    const bytes = await readFile(file);
    return async () => {
      const value = readPickle(bytes);
      return () => clipsCheck(annotationsOf(value));
    };
  },
};

function annotationsOf(value: Value): readonly ReadonlyMap<string, Value>[] {
  return (value as ReadonlyMap<string, unknown>).get("annotations") as readonly ReadonlyMap<string, Value>[];
}

async function read(file: string, concurrency?: number): Promise<humandata.HumanData> {
  const source = await fileSource(file);
  const data = await humandata.read(source, { concurrency });
  await source.close?.();
  return data;
}
