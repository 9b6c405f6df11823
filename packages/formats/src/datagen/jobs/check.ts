import type { Checker } from "@somakit/core";
import { openTar } from "@somakit/core/codec/tar";
import { isFolder } from "@somakit/core/source";

/** Files of a datapoint that have to fit together: camera, key points, images, lights. */
export const datagenChecker: Checker = {
  datasets: ["datagen", "datagen/hic"],
  summary: "Whether cameras, key points, boxes, images and segmentations of a datapoint fit together",
  async check(input, options = {}) {
    const { signal, onProgress } = options;
    const { checkRules } = await import("../check/check.js");
    return checkRules(isFolder(input) ? input : await openTar(input, { signal, onProgress }), { signal, onProgress });
  },
};
