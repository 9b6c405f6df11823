// HumanData in memory, and a few frames of a packed file; the counterpart of python/humandata.py.
import { astype, convertKeypoints, type NdArray } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { coco, humanData } from "@somakit/formats/conventions";
import * as humandata from "@somakit/formats/humandata";
import { crc, dictCheck, sliceCheck } from "./checks.js";
import type { Job, Operation } from "./operations.js";

/** Frames of "human-slice" and "human-middle". */
const SLICED = 10;
/** Frames of "human-convert". */
const CONVERTED = 20_000;

export const humanDataOperations: Readonly<Record<string, Operation>> = {
  "human-load": async ({ file }) => {
    const data = await load(file);
    return () => dictCheck(data);
  },

  "human-slice": ({ file }) => slice(file, 0),
  "human-middle": ({ file }) => slice(file, 0.5),
};

/** What is loaded, packed or unpacked before the clock starts. */
export const humanDataPrepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  "human-padded": async ({ file }) => {
    const data = await load(file);
    return async () => {
      const keypoints = data.get("keypoints2d") as NdArray;
      return () => [keypoints.shape, crc(keypoints)];
    };
  },

  "human-compress": async ({ file }) => {
    const data = await load(file);
    data.decompressKeypoints();
    return async () => {
      data.compressKeypointsByMask();
      return () => dictCheck(data);
    };
  },

  "human-decompress": async ({ file }) => {
    const data = await load(file);
    return async () => {
      data.decompressKeypoints();
      return () => dictCheck(data);
    };
  },

  "human-convert": async ({ file }) => {
    const data = (await load(file)).getSlice(CONVERTED);
    const whole = data.get("keypoints2d") as NdArray;
    return async () => {
      const { keypoints, mask } = convertKeypoints(whole, humanData, coco);
      return () => [keypoints.shape, crc(astype(keypoints, "float64")), crc(mask)];
    };
  },
};

async function load(file: string): Promise<humandata.HumanDataDict> {
  const source = await fileSource(file);
  const data = await humandata.HumanDataDict.fromFile(source);
  await source.close?.();
  return data;
}

/** The frames from a fraction of all on. */
async function slice(file: string, from: number): Promise<() => unknown> {
  const data = await humandata.open(await fileSource(file));
  const start = Math.floor(((await data.__data_len__()) ?? 0) * from);
  const part = await data.slice([start, start + SLICED]);
  await data.close();
  return () => sliceCheck(part);
}
