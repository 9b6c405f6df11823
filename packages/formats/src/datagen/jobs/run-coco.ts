import type { RunJob } from "@somakit/core";
import { write } from "../../coco/coco.gen.js";
import { openDataset } from "../dataset/dataset.js";
import { cocoOf } from "../export/coco.js";

/** What `cocoJob` does. */
export const runCoco: RunJob = async ({ folder, sink, options, signal, onProgress }) => {
  const dataset = await openDataset(folder, { signal });
  const coco = await cocoOf(dataset, {
    signal,
    onProgress,
    keypoints: options["keypoints"] as string,
    segmentation: options["segmentation"] as "labels" | "none",
    outside: options["keep-outside"] ? "keep" : "unlabelled",
  });
  await write(sink, coco, { signal });
  return {
    facts: [
      ["images", coco.images.length],
      ["annotations", coco.annotations?.length ?? 0],
      ["categories", coco.categories?.length ?? 0],
    ],
    skipped: [],
  };
};
