import type { Upgrader } from "@somakit/core";
import { openTar } from "@somakit/core/codec/tar";
import { isFolder } from "@somakit/core/source";

/** Datasets of faces of any layout since January 2022. */
export const datagenUpgrader: Upgrader = {
  datasets: ["datagen"],
  writes: "folder",
  async open(input, options = {}) {
    const { openDataset, planDatasetUpgrade, upgradeDataset } = await import("../datagen.js");
    const { signal, onProgress } = options;
    const folder = isFolder(input) ? input : await openTar(input, { signal, onProgress });
    const dataset = await openDataset(folder, { signal });
    const changes = await planDatasetUpgrade(dataset, options);
    return {
      changes,
      write: async (sink, writing) => {
        await upgradeDataset(sink, dataset, writing);
      },
    };
  },
};
