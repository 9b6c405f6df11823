import { type Checker, isFolder, openTar } from "@somakit/core";

/** Files of a datapoint that have to fit together: camera, key points, images, lights. */
export const datagenChecker: Checker = {
  datasets: ["datagen", "datagen/hic"],
  summary: "Whether cameras, key points, boxes, images and segmentations of a datapoint fit together",
  async check(input, options = {}) {
    const { signal } = options;
    const { checkRules } = await import("../check/check.js");
    return checkRules(isFolder(input) ? input : await openTar(input, { signal }), { signal });
  },
};
