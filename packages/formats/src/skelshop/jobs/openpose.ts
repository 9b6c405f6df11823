import type { Job } from "@somakit/core";
import { skeletons } from "../skeleton.js";

const [first = "BODY_25", ...others] = new Set(skeletons.map(({ mode }) => mode));

/** SkelShop's `conv` as a job. */
export const openPoseJob: Job = {
  name: "openpose",
  summary: "Make a SkelShop file of the JSON files that OpenPose wrote for the frames of a video",
  details: [
    "Frames run from 0 without holes; where they are, their numbers in the names say. Hands and face that a person has not are zeros in their columns. With cuts the file has shots, without it is one run of frames.",
    "Of ten .tar.bz2 in a tar what is whole is taken, and what is lost is counted.",
  ],
  folder: "a folder of <name>_<12 digits>_keypoints.json",
  file: "a .zip, .tar, .tar.gz or .tar.bz2 of them, or a .tar of ten .tar.bz2",
  makes: ["skelshop/unseg", "skelshop/trackshots"],
  output: { description: "the skeleton file to write", extensions: [".h5"] },
  options: [
    {
      name: "mode",
      description: "the keypoints to take over",
      choices: [first, ...others],
      default: "BODY_25_ALL",
    },
    { name: "legacy", description: "hands without their root, as SkelShop wrote them until October 2020" },
    { name: "base", description: "the video whose frames are meant, where there are several", value: "name" },
    {
      name: "cuts",
      description: "where shots begin: a list of scenes from PySceneDetect, or a file of one frame number a line",
      value: "file",
      opens: true,
    },
    {
      name: "ids",
      description: "what people are numbered by: their place in the list of a frame, or OpenPose's person_id",
      choices: ["position", "person_id"],
      default: "position",
    },
  ],
  resumable: false,
  threaded: false,
  examples: [
    ["frames.zip -o talk.h5", "all keypoints of the frames in an archive"],
    ["output_json -o talk.h5 --mode BODY_25 --cuts scenes.csv", "bodies only, shot by shot"],
  ],
  load: async () => (await import("./run-openpose.js")).runOpenPose,
};
