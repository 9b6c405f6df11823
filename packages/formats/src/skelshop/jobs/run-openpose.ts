import type { JobContext, JobReport, RunJob } from "@somakit/core";
import type { Mode } from "../model.js";
import { convertOpenPose, type OpenPoseReport } from "../openpose/convert.js";
import { readCuts } from "../openpose/cuts.js";

export const runOpenPose: RunJob = async (context: JobContext): Promise<JobReport> => {
  const { folder, file, sink, options, signal, onProgress } = context;
  const report = await convertOpenPose(sink, file ?? folder, {
    mode: options["mode"] as Mode,
    variant: options["legacy"] === true ? "legacy" : "current",
    base: options["base"] as string | undefined,
    cuts: await cutsOf(context),
    ids: options["ids"] as "position" | "person_id",
    signal,
    onProgress,
  });
  return { facts: factsOf(report), skipped: report.skipped };
};

async function cutsOf({ files, signal }: JobContext): Promise<readonly number[] | undefined> {
  const source = files?.["cuts"];
  if (!source) return undefined;
  return readCuts(new TextDecoder().decode(await source.read(0, source.byteLength, { signal })), source.name);
}

function factsOf(report: OpenPoseReport): JobReport["facts"] {
  const { frames, poses, shots, framesWithoutPeople, missing, corruptFrames, lostFrames, corruptShards } = report;
  const damage = [
    ["poses without a left hand", missing.left_hand],
    ["poses without a right hand", missing.right_hand],
    ["poses without a face", missing.face],
    ["poses without a body", missing.body],
    ["damaged frames", corruptFrames],
    ["lost frames", lostFrames],
    ["damaged shards", corruptShards],
  ] as const;
  return [
    ["frames", frames],
    ["poses", poses],
    ["shots", shots],
    ["frames without people", framesWithoutPeople],
    ...damage.filter(([, count]) => count > 0),
  ];
}
