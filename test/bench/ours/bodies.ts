// Estimated bodies; the counterpart of python/body.py.
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { NdArray, Threads } from "@somakit/core";
import { crc } from "./checks.js";
import type { Job, Operation } from "./operations.js";

type Bodies = typeof import("../../../packages/formats/src/bodycompress/index.gen.js");
type Core = typeof import("../../../packages/core/src/index.js");
type CoreNode = typeof import("../../../packages/core/src/node/index.js");
type Frame = { readonly vertices?: NdArray | undefined; readonly joints?: NdArray | undefined };

const THREADS = 2;

/** Operations on a file of bodies; those that begin with `raw` are on arrays of them. */
export const bodiesPrepared: Readonly<Record<string, (job: Job) => Promise<Operation>>> = {
  "body-decode": async (job) => {
    const { bodies, node } = await compiled(job);
    return async ({ file }) => {
      const threads = node.nodeThreads({ count: THREADS });
      const source = await bodies.BodyDecompressor.open(await node.fileSource(file), { threads });
      let [count, last] = [0, undefined as Frame | undefined];
      for await (const frame of source) {
        last = frame;
        count++;
      }
      await source.close();
      await threads.close();
      return () => [count, ...frameChecks([last as Frame])];
    };
  },

  "body-first": async (job) => {
    const { bodies, node } = await compiled(job);
    return async ({ file }) => {
      const source = await bodies.BodyDecompressor.open(await node.fileSource(file));
      let first: Frame | undefined;
      for await (const frame of source) {
        first = frame;
        break;
      }
      await source.close();
      return () => frameChecks([first as Frame]);
    };
  },

  "body-seek": async (job) => {
    const { bodies, node } = await compiled(job);
    return async ({ file }) => {
      const source = await bodies.BodyDecompressor.open(await node.fileSource(file));
      const frame = await source.frame(Math.floor(((source.length as number) * 5) / 8));
      await source.close();
      return () => frameChecks([frame]);
    };
  },

  "body-encode": async (job) => {
    const own = await compiled(job);
    const { bodies, node } = own;
    const frames = await framesOf(own, job.file);
    return async ({ out }) => {
      const threads = node.nodeThreads({ count: THREADS });
      await bodies.compressBodies(await node.fileSink(out, { overwrite: true }), frames, { threads });
      await threads.close();
      return async () => {
        const written = await bodies.BodyDecompressor.open(await node.fileSource(out));
        const read: Frame[] = [];
        for await (const frame of written) read.push(frame);
        await written.close();
        return frameChecks(read);
      };
    };
  },
};

interface Compiled {
  readonly bodies: Bodies;
  readonly core: Core;
  readonly node: CoreNode;
}

/** Not bundled with the benchmark: threads load modules from where the package has them. */
async function compiled({ packages }: Pick<Job, "packages">): Promise<Compiled> {
  const modules = ["formats/dist/bodycompress/index.gen.js", "core/dist/index.js", "core/dist/node/index.js"];
  const [bodies, core, node] = await Promise.all(
    modules.map((path) => import(pathToFileURL(join(packages, path)).href) as Promise<unknown>),
  );
  return { bodies: bodies as Bodies, core: core as Core, node: node as CoreNode };
}

type Floats = NdArray<"float32">;

async function framesOf(
  { core, node }: Compiled,
  file: string,
): Promise<{ readonly vertices: Floats; readonly joints: Floats }[]> {
  const source = await node.fileSource(file);
  const root = await core.npz.open(source);
  const load = async (key: string): Promise<NdArray> => {
    const found = root.kind === "group" ? await root.child(key) : undefined;
    if (found?.kind !== "array") throw new Error(`there is no array ${key}`);
    return found.load();
  };
  const [vertices, joints] = [await load("vertices"), await load("joints")];
  await source.close?.();
  return Array.from({ length: vertices.shape[0] as number }, (_, index) => ({
    vertices: vertices.slice(index) as Floats,
    joints: joints.slice(index) as Floats,
  }));
}

function frameChecks(frames: readonly Frame[]): readonly [frames: number, crc: number] {
  let sum = 0;
  for (const { vertices, joints } of frames) sum = crc(joints as NdArray, crc(vertices as NdArray, sum));
  return [frames.length, sum];
}

/** Writes `bodies`, frame by frame, to a file in which frames are found quickly. */
export async function makeSeekable(bodies: string, seekable: string, packages: string): Promise<void> {
  if (existsSync(seekable)) return;
  const { bodies: api, node } = await compiled({ packages });
  const threads: Threads = node.nodeThreads({ count: THREADS });
  const source = await api.BodyDecompressor.open(await node.fileSource(bodies), { threads });
  await api.compressBodies(await node.fileSink(`${seekable}.part`, { overwrite: true }), source, { threads });
  await source.close();
  await threads.close();
  renameSync(`${seekable}.part`, seekable);
}
