// Faces of Datagen; the counterpart of python/faces.py and of three.ts.
import { openExr } from "@somakit/core";
import { fileFolder, fileSource } from "@somakit/core/node";
import { openDataset } from "@somakit/formats/datagen";
import { crc } from "./checks.js";
import type { Operation } from "./operations.js";

export const faceOperations: Readonly<Record<string, Operation>> = {
  "faces-list": async ({ file }) => {
    const dataset = await openDataset(await fileFolder(file));
    return () => [dataset.length, dataset.at(0).imagePath, dataset.at(-1).imagePath];
  },

  "faces-points": async ({ file }) => {
    const dataset = await openDataset(await fileFolder(file), { cacheBytes: 0 });
    const found = await dataset.map(async (datapoint) => {
      const sets = [...((await datapoint.keypoints())?.values() ?? [])];
      const numbers = sets.map(({ coords3d, rowColumn, visible }) => {
        return coords3d.get(-1, 2) + rowColumn.get(0, 1) + Number(visible?.get(0));
      });
      return [sets.length, numbers.reduce((sum, number) => sum + number, 0)] as const;
    });
    return () => [found.length, found[0]?.[0], found.reduce((sum, [, one]) => sum + one, 0).toFixed(3)];
  },

  "depth-read": async ({ file }) => {
    const source = await fileSource(file);
    const image = await (await openExr(source)).readInterleaved({ channels: ["R", "G", "B"] });
    await source.close?.();
    return () => [image.shape, crc(image as never)];
  },
};
