import type { Layout } from "@somakit/core";
import { writeWith } from "@somakit/core/engine";
import type { DataRecord } from "./dataset.js";
import { type Handling, writeOptions } from "./handling.js";
import { type Target, type Written, writeFiles } from "./output.js";
import type { Context } from "./verbs/verb.js";

/** A record and the file that it shall be in. */
export interface Saving {
  readonly target: Target;
  readonly record: DataRecord;
  /** Whether the record is as a file stores it, or as users hold it: then it is packed by its masks if it says so. */
  readonly form: "stored" | "logical";
}

/** Writes records of one data set: all of them, or none. */
export function saveRecords(
  context: Context,
  handling: Handling,
  layout: Layout,
  savings: readonly Saving[],
): Promise<readonly Written[]> {
  const jobs = savings.map(({ target, record, form }) => {
    const options = { ...writeOptions(context, handling, target.container), form };
    return {
      path: target.path,
      write: (sink: Parameters<typeof writeWith>[1]) => writeWith(layout, sink, record, options),
    };
  });
  return writeFiles(jobs, { force: handling.force, unfinished: context.unfinished });
}

/** Writes one record. */
export async function saveRecord(
  context: Context,
  handling: Handling,
  layout: Layout,
  saving: Saving,
): Promise<Written> {
  const [written] = await saveRecords(context, handling, layout, [saving]);
  return written as Written;
}
