import type { JobContext, JobReport, RunJob } from "@somakit/core";
import { writeNtuDataset } from "../ntu/dataset.js";
import type { NtuDatasetName } from "../ntu/splits.js";

const REASONS = {
  "missing-list": "on the list of broken clips",
  "not-a-clip": "its name is not that of a clip",
  "no-body": "nobody is in it",
} as const;

export const runNtu: RunJob = async (context: JobContext): Promise<JobReport> => {
  const { folder, sink, options, journal, threads, signal, onProgress } = context;
  let clips = 0;
  const skipped = await writeNtuDataset(sink, folder, {
    dataset: options["dataset"] as NtuDatasetName,
    protocol: Number(options["protocol"]) as 2 | 3 | 4 | 5,
    failures: options["skip-failures"] === true ? "skip" : "throw",
    journal,
    threads,
    signal,
    onProgress(progress) {
      if (progress.stage === "preprocess clips") clips = progress.total;
      onProgress?.(progress);
    },
  });
  const failed = skipped.filter(({ reason }) => reason === "no-body" || reason === "failed").length;
  return {
    facts: [
      ["clips", clips - failed],
      ["left out", skipped.length],
    ],
    skipped: skipped.map(({ file, reason, error }) => ({
      path: file,
      reason: reason === "failed" ? (error?.message ?? "it cannot be read") : REASONS[reason],
    })),
  };
};
