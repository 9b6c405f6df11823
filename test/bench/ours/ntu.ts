// NTU skeleton texts to clips; the counterpart of python/ntu.py.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Threads } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import { crc } from "./checks.js";
import type { Job, Operation } from "./operations.js";

type Ntu = typeof import("../../../packages/formats/src/pyskl/ntu/index.js");
type CoreNode = typeof import("../../../packages/core/src/node/index.js");

const NTU = "formats/dist/pyskl/ntu/index.js";

/** Operations on a folder of `.skeleton` files. */
export const ntuPrepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  ntu: async (job) => {
    const ntu = await compiled<Ntu>(job, NTU);
    return ({ file }) => preprocess(ntu, file);
  },
  "ntu-threads": async (job) => {
    const [ntu, { nodeThreads }] = [
      await compiled<Ntu>(job, NTU),
      await compiled<CoreNode>(job, "core/dist/node/index.js"),
    ];
    return async ({ file }) => {
      const threads = nodeThreads();
      const check = await preprocess(ntu, file, threads);
      await threads.close();
      return check;
    };
  },
};

/** Not bundled with the benchmark: threads load modules from where the package has them. */
async function compiled<M>({ packages }: Job, module: string): Promise<M> {
  return (await import(pathToFileURL(join(packages, module)).href)) as M;
}

async function preprocess({ ntuDataset }: Ntu, file: string, threads?: Threads): Promise<() => readonly number[]> {
  const folder = await fileFolder(file);
  const { dataset } = await ntuDataset(folder, { dataset: "ntu120", missing: new Set(), threads });
  return () => {
    let [sum, frames] = [0, 0];
    for (const { keypoint, total_frames } of dataset.annotations) {
      sum = crc(keypoint, sum);
      frames += total_frames;
    }
    return [dataset.annotations.length, frames, sum];
  };
}
