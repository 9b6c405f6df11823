import type { Repairer, RepairReport } from "@somakit/core";
import type { FilePlan } from "./file-plan.js";

/** What SkelShop's fix-up script does: files of hands are put in order. */
const preEmbeds: Repairer = {
  dataset: "skelshop/pre_embeds",
  summary: "Puts frames that are in the order of their names into that of their numbers",
  plan: async (source, options = {}) => (await import("./pre-embeds.js")).planPreEmbeds(source, options),
  run: async (source, sink, options = {}) => (await import("./pre-embeds.js")).writePreEmbeds(source, sink, options),
};

/** Repairers of SkelShop's files: skeletons without shots, those with, and hands. */
export const skelshopRepairers: readonly Repairer[] = [
  skeletonRepairer("skelshop/unseg", "Mends row starts, frame numbers and attributes that contradict each other"),
  skeletonRepairer(
    "skelshop/trackshots",
    "Puts shots that are in the order of their names into that of their numbers; mends row starts, frame numbers and attributes that contradict each other",
  ),
  preEmbeds,
];

function skeletonRepairer(dataset: string, summary: string): Repairer {
  return {
    dataset,
    summary,
    async plan(source, options = {}) {
      const { planFile } = await import("./file-plan.js");
      return reportOf(await planFile(source, options));
    },
    async run(source, sink, options = {}) {
      const [{ planFile }, { writePlan }] = await Promise.all([import("./file-plan.js"), import("./write-plan.js")]);
      const plan = await planFile(source, options);
      await writePlan(sink, plan, options);
      return reportOf(plan);
    },
  };
}

function reportOf({ root, shots, changes }: FilePlan): RepairReport {
  const poses = shots.reduce((sum, shot) => sum + shot.poses.length, 0);
  const frames = shots.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
  const facts: RepairReport["facts"] = [
    ["frames", frames],
    ...(root.type === "unseg" ? [] : [["shots", shots.length] as const]),
    ["poses", poses],
  ];
  return { changes: changes.list, facts };
}
