import type { PlyFormat, RunJob } from "@somakit/core";
import { openDataset } from "../dataset/dataset.js";
import { type PointCloudPlyOptions, writePointCloud } from "../export/ply.js";

/** What `plyJob` does. */
export const runPly: RunJob = async ({ folder, sink, options, signal, onProgress }) => {
  const dataset = await openDataset(folder, { signal });
  const text = options["datapoint"] as string;
  if (!/^-?\d+$/.test(text)) throw new RangeError(`--datapoint ${text}: a whole number is needed`);
  const datapoint = dataset.at(Number(text));
  const points = await writePointCloud(sink, datapoint, {
    signal,
    onProgress,
    frame: options["space"] as "world" | "camera",
    with: options["with"] as PointCloudPlyOptions["with"],
    format: options["format"] as PlyFormat,
  });
  return { facts: [["points", points]], skipped: [] };
};
