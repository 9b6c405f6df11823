// Skeleton files of SkelShop, written; the counterpart of python/skelwrite.py.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { NdArray } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { crc } from "./checks.js";
import type { Job, Operation } from "./operations.js";

type SkelShop = typeof import("../../../packages/formats/src/skelshop/index.gen.js");
type Core = typeof import("../../../packages/core/src/index.js");
type CoreNode = typeof import("../../../packages/core/src/node/index.js");

const FRAMES = 20_000;
const PEOPLE = 3;
const KEYPOINTS = 25;

/** Writes three people, each of whom is what 25 keypoints of one person in the file are, frame by frame. */
export const skeletonsPrepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  "skel-write": async (job) => {
    const [core, node, skelshop] = [
      await compiled<Core>(job, "core/dist/index.js"),
      await compiled<CoreNode>(job, "core/dist/node/index.js"),
      await compiled<SkelShop>(job, "formats/dist/skelshop/index.gen.js"),
    ];
    const poses = await posesIn(job.file);
    return async ({ out }) => {
      const sink = await node.fileSink(out, { overwrite: true });
      const writer = new skelshop.UnsegmentedWriter(sink, { mode: "BODY_25", storage: { gzip: 0 } });
      for (const [frame, people] of poses.entries()) {
        for (const [id, keypoints] of people.entries()) await writer.addPose(frame, id, keypoints);
      }
      await writer.close();
      return async () => check(core, await node.fileSource(out));
    };
  },
};

async function compiled<M>({ packages }: Job, module: string): Promise<M> {
  return (await import(pathToFileURL(join(packages, module)).href)) as M;
}

/** Keypoints of people by frame, x, y and confidence in a row. */
async function posesIn(file: string): Promise<readonly (readonly Float64Array[])[]> {
  const source = await fileSource(file);
  const data = await humandata.open(source);
  const points = (await data.keypoints2d()) as NdArray;
  await data.close();
  await source.close?.();
  const frames = Math.min(FRAMES, points.shape[0] as number);
  return Array.from({ length: frames }, (_, frame) =>
    Array.from({ length: PEOPLE }, (_, person) => {
      const first = person * KEYPOINTS;
      const pose = points.slice(frame, [first, first + KEYPOINTS]);
      return Float64Array.from(pose as Iterable<number>);
    }),
  );
}

async function check(core: Core, source: Awaited<ReturnType<CoreNode["fileSource"]>>): Promise<unknown> {
  const root = await core.hdf5.open(source);
  const timeline = root.kind === "group" ? await root.child("timeline") : undefined;
  const found: unknown[] = [];
  for (let id = 0; id < PEOPLE; id++) {
    const pose = timeline?.kind === "group" ? await timeline.child(`pose${id}`) : undefined;
    for (const name of ["data", "indices", "indptr"]) {
      const part = pose?.kind === "group" ? await pose.child(name) : undefined;
      if (part?.kind !== "array") throw new Error(`there is no ${name}`);
      found.push([part.shape, crc((await part.load()) as unknown as NdArray)]);
    }
  }
  await source.close?.();
  return found;
}
