import type { Job } from "@somakit/core";

/** A datapoint of a Datagen dataset as a point cloud. */
export const plyJob: Job = {
  name: "ply",
  summary: "Make a point cloud of the depth map of a datapoint of Datagen",
  details: [
    "One point for each pixel that shows the actor, by the distance along the camera's axis: metres, in the world (z up, y away from the default camera) or in the camera's frame (x right, y down, z forward).",
  ],
  folder: "the folder of a dataset: datapoint_00001 and so on",
  takes: ["datagen"],
  output: { description: "the point cloud to write", extensions: [".ply"] },
  options: [
    {
      name: "datapoint",
      description: "which one, from 0 on; negative ones count from the end",
      value: "number",
      default: "0",
    },
    { name: "space", description: "whose axes the points are along", choices: ["world", "camera"], default: "world" },
    {
      name: "with",
      description: "what each point has beside its place",
      choices: ["colours", "normals", "colours-and-normals", "nothing"],
      default: "colours",
    },
    {
      name: "format",
      description: "how numbers are written",
      choices: ["binary-little-endian", "binary-big-endian", "ascii"],
      default: "binary-little-endian",
    },
  ],
  resumable: false,
  threaded: false,
  examples: [
    ["faces -o face.ply", "the first datapoint with the colours of its image"],
    ["faces -o last.ply --datapoint -1 --with normals --format ascii", "the last one with normals, as text"],
  ],
  load: async () => (await import("./run-ply.js")).runPly,
};
