// Clips of an annotation file by their names; the counterpart of the clips_… functions of python/reference.py.
import { crc32 } from "node:zlib";
import type { NdArray } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import { type Annotation, ClipSet } from "@somakit/formats/pyskl";
import { crc } from "./checks.js";
import type { Operation } from "./operations.js";

const SPLIT = "val";

export const clipOperations: Readonly<Record<string, Operation>> = {
  "clips-index": async ({ file }) => {
    const clips = await ClipSet.open(await fileSource(file));
    const names = await clips.names();
    const first = await (await clips.find(names[0] as string))?.read();
    await clips.close();
    return () => [names.length, crc32(Buffer.from(names.join("\n"))), clipCrc(first as Annotation)];
  },

  "clips-split": async ({ file, out }) => {
    const clips = await ClipSet.open(await fileSource(file));
    await (await clips.inSplit(SPLIT)).write(await fileSink(out, { overwrite: true }));
    await clips.close();
    return async () => {
      const part = await ClipSet.open(await fileSource(out));
      let sum = 0;
      for (const clip of part) sum = clipCrc(await clip.read(), sum);
      await part.close();
      return [part.length, sum];
    };
  },
};

function clipCrc({ keypoint, keypoint_score: score }: Annotation, before = 0): number {
  return crc(score as NdArray, crc(keypoint as NdArray, before));
}
