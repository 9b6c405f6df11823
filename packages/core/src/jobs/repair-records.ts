import { openFile } from "../engine/open.js";
import { recordsOf } from "../engine/records/tree.js";
import { createWriterWith } from "../engine/records/writer.js";
import { FormatError } from "../errors.js";
import type { Layout } from "../layout/layout.js";
import type { Sink, Source } from "../source/source.js";
import type { RepairChange, RepairOptions, RepairReport } from "./repair.js";

/**
 * What {@link repairRecords} would do. Goes through the whole file. Throws `FormatError` where not even the records before those
 * that repeat can be read.
 */
export async function planRecordRepair(
  layout: Layout,
  source: Source,
  options: RepairOptions = {},
): Promise<RepairReport> {
  const { signal, threads } = options;
  const stream = recordsOf((await openFile(layout, source, { signal, threads })).tree);
  const { path, stated, isFinished } = stream;
  const { count, damage } = await stream.count(options);
  const changes: RepairChange[] = [];
  if (!isFinished)
    changes.push({
      path,
      message: `the writer did not come to its end; the file is ended after ${count}`,
      loss: false,
    });
  if (damage) changes.push(changeOf(damage, path));
  if (isFinished && stated !== undefined && stated !== count)
    changes.push({ path, message: `${stated} are stated, ${count} are whole: becomes ${count}`, loss: false });
  return { changes, facts: [[path, count]] };
}

function changeOf(damage: Error, list: string): RepairChange {
  const { path, reason } = damage instanceof FormatError ? damage : { path: list, reason: damage.message };
  return { path, message: `${reason}; this and what comes then is left out`, loss: true };
}

/**
 * Writes a file of records anew up to its last whole one, as new files are: finished, counted, in blocks that can be read alone.
 * Blocks are copied as they are where that is possible.
 */
export async function repairRecords(
  layout: Layout,
  source: Source,
  sink: Sink,
  options: RepairOptions = {},
): Promise<RepairReport> {
  const report = await planRecordRepair(layout, source, options);
  const { signal, threads } = options;
  const writer = await createWriterWith(layout, sink, {}, { after: source, recover: true, signal, threads });
  await writer.close();
  return report;
}
