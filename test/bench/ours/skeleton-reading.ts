// Skeleton files of SkelShop, read; the counterpart of python/skelread.py.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Job, Operation } from "./operations.js";

type SkelShop = typeof import("../../../packages/formats/src/skelshop/index.gen.js");
type CoreNode = typeof import("../../../packages/core/src/node/index.js");

type Modules = readonly [node: CoreNode, skelshop: SkelShop];

const prepare =
  (operation: (modules: Modules, job: Job) => ReturnType<Operation>) =>
  async (job: Job): Promise<Operation> => {
    const modules: Modules = [
      await compiled<CoreNode>(job, "core/dist/node/index.js"),
      await compiled<SkelShop>(job, "formats/dist/skelshop/index.gen.js"),
    ];
    return (given) => operation(modules, given);
  };

async function compiled<M>({ packages }: Job, module: string): Promise<M> {
  return (await import(pathToFileURL(join(packages, module)).href)) as M;
}

/** What was found: frames, poses, and the confidences of one keypoint of each. */
interface Found {
  frames: number;
  poses: number;
  sum: number;
}

export const skeletonReadingPrepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  /** Every pose of every frame. */
  "skel-frames": prepare(async ([node, skelshop], { file }) => {
    const reader = await skelshop.open(await node.fileSource(file));
    if (reader.kind !== "unseg" && reader.kind !== "trackshots") throw new Error("no skeletons");
    const found: Found = { frames: 0, poses: 0, sum: 0 };
    for await (const bundles of reader.batches()) {
      for (const bundle of bundles) {
        found.frames++;
        for (const [, { keypoints }] of bundle) {
          found.poses++;
          found.sum += keypoints.data[keypoints.offset + 2] as number;
        }
      }
    }
    await reader.close();
    return () => found;
  }),

  /** The keypoints of one person in the frame in the middle. */
  "skel-row": prepare(async ([node, skelshop], { file }) => {
    const reader = await skelshop.UnsegmentedReader.open(await node.fileSource(file));
    const [person] = await reader.tracks();
    const pose = await person?.at(Math.floor(reader.endFrame / 2));
    await reader.close();
    return () => pose?.toList();
  }),
};
