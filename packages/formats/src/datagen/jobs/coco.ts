import type { Job } from "@somakit/core";

/** A Datagen dataset as COCO annotations. */
export const cocoJob: Job = {
  name: "coco",
  summary: "Make COCO annotations of a dataset of Datagen",
  details: [
    "One image for each datapoint; the box and the keypoints of its face; its segmentation as runs of pixels, one annotation for each label. Files of images are named as they are in the folder.",
    "Keypoints are x and y, counted from the corner of the image; 2 is visible, 1 hidden by the actor, 0 outside of the image.",
  ],
  folder: "the folder of a dataset: datapoint_00001 and so on",
  takes: ["datagen"],
  makes: ["coco"],
  output: { description: "the annotation file to write", extensions: [".json"] },
  options: [
    {
      name: "keypoints",
      description: "which set of keypoints",
      choices: ["face.standard", "face.dense", "body", "none"],
      default: "face.standard",
    },
    {
      name: "segmentation",
      description: "annotations for each label of the segmentation, or none",
      choices: ["labels", "none"],
      default: "labels",
    },
    { name: "keep-outside", description: "keep keypoints outside of the image, as hidden" },
  ],
  resumable: false,
  threaded: false,
  examples: [
    ["faces -o faces.json", "boxes, 68 keypoints and segmentation"],
    ["faces -o faces.json --keypoints face.dense --segmentation none", "468 keypoints, nothing else"],
  ],
  load: async () => (await import("./run-coco.js")).runCoco,
};
