import type { Repairer } from "@somakit/core";
import { planRecordRepair, repairRecords } from "@somakit/core/jobs";

/** Ends files that were cut off, or whose writer was. */
export const bodyCompressRepairer: Repairer = {
  dataset: "bodycompress",
  summary: "Ends files that were cut off, or whose writer was, after the last whole frame, and counts the frames",
  async plan(source, options) {
    const { layout } = await import("../bodycompress.layout.gen.js");
    return planRecordRepair(layout, source, options);
  },
  async run(source, sink, options) {
    const { layout } = await import("../bodycompress.layout.gen.js");
    return repairRecords(layout, source, sink, options);
  },
};
