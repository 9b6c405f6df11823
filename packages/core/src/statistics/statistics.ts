import type { ConventionLookup } from "../conventions/lookup.js";
import { GroupAccessor } from "../engine/accessor.js";
import { Collection } from "../engine/collection/collection.js";
import { type Content, contentOfFile } from "../engine/collection/content.js";
import { type CollectionFacts, collectionFacts } from "../engine/collection/facts.js";
import type { OpenFile } from "../engine/open.js";
import { dereference } from "../engine/resolve.js";
import type { Layout } from "../layout/layout.js";
import { motionPlan } from "../motion/plan.js";
import { openMotion } from "../motion/read/read.js";
import type { WorkOptions } from "../source/source.js";
import type { RecordStatistics } from "./collection.js";
import { type MotionStatistics, motionStatistics } from "./motion.js";
import { Problems } from "./problems.js";
import type { ArrayTally, SizeTally, StatisticsProblem, ValueTally } from "./tallies.js";
import { type StatisticsDepth, TreeCounts } from "./tree-counts.js";

/** What is in a data set, counted. */
export interface Statistics {
  /** Of a data set that is a list of records; keys of the others are those of the records then. */
  readonly records?: RecordStatistics | undefined;
  readonly sizes: readonly SizeTally[];
  readonly values: readonly ValueTally[];
  readonly arrays: readonly ArrayTally[];
  /** Of a data set whose schema marks people who move; not counted from headers. */
  readonly motion?: MotionStatistics | undefined;
  /** The first hundred values that could not be read, and how many there are. */
  readonly problems: readonly StatisticsProblem[];
  readonly problemCount: number;
}

export interface StatisticsOptions extends WorkOptions {
  /**
   * `values` (the default) goes through all people, lists and short columns; `headers` looks at dtypes, shapes and single values
   * only, and reads no array.
   */
  readonly depth?: StatisticsDepth | undefined;
  /** Of a list of records: only those of these splits. */
  readonly splits?: readonly string[] | undefined;
  /** Finds the names of keypoints. */
  readonly conventions?: ConventionLookup | undefined;
}

/** Files of a folder that are looked into at once. */
const AT_ONCE = 8;

/**
 * Counts what is in an open file, by its schema: sizes, single values, arrays, people. In memory are counts and a window of frames.
 * What is damaged is left out and listed. Throws `RangeError` for splits of a data set that has none.
 */
export async function fileStatistics(file: OpenFile, options: StatisticsOptions = {}): Promise<Statistics> {
  const problems = new Problems();
  const facts = recordFacts(file.layout);
  const content = facts && (await recordsAt(file, facts, problems, options));
  if (facts && content) return recordsOf(file, { facts, content }, problems, options);
  if (options.splits) throw new RangeError(`${file.layout.title} is no list of records, so it has no splits`);
  const { depth = "values", signal, onProgress } = options;
  // Files of a folder wait for the disk more than for anything else.
  const concurrency = file.container.codec.openFolder ? AT_ONCE : 1;
  const counts = new TreeCounts(file.layout, { depth, signal, onProgress, concurrency });
  await counts.add(file.layout.root, file.root);
  problems.take({ problems: counts.problems.listed, problemCount: counts.problems.count });
  return withMotion(file, { ...counts.all(), problems: [], problemCount: 0 }, problems, options);
}

/** The records of a file; undefined, and a problem, where its lists cannot be told: the rest can be counted all the same. */
async function recordsAt(
  file: OpenFile,
  facts: CollectionFacts,
  problems: Problems,
  { signal, splits }: StatisticsOptions,
): Promise<Content | undefined> {
  let content: Content | undefined;
  const open = async (): Promise<void> => {
    content = await contentOfFile(facts, file, { signal });
  };
  if (splits) await open();
  else await problems.noting("", open);
  return content;
}

async function recordsOf(
  file: OpenFile,
  { facts, content }: { readonly facts: CollectionFacts; readonly content: Content },
  problems: Problems,
  options: StatisticsOptions,
): Promise<Statistics> {
  const { depth = "values", signal, onProgress, splits } = options;
  const whole = new Collection({ layout: file.layout, facts, accessor: GroupAccessor }, content);
  const list = splits ? await whole.inSplit(splits) : whole;
  const { items, gaps, splits: tallies, unassigned, ...counted } = await list.statistics({ depth, signal, onProgress });
  const records = { items, gaps, splits: tallies, unassigned };
  problems.take(counted);
  // Entries that are no records move nowhere.
  if (gaps > 0) return { records, ...counted };
  return withMotion({ ...file, root: list.node() }, { records, ...counted }, problems, options);
}

async function withMotion(
  file: OpenFile,
  counted: Statistics,
  problems: Problems,
  { depth = "values", ...options }: StatisticsOptions,
): Promise<Statistics> {
  const isMoving = depth === "values" && motionPlan(file.layout) !== undefined;
  const motion = isMoving ? await motionStatistics(openMotion(file), problems, options) : undefined;
  return { ...counted, ...(motion && { motion }), problems: problems.listed, problemCount: problems.count };
}

/** How a data set is a list of records; undefined where it has several lists, or none. */
function recordFacts(layout: Layout): CollectionFacts | undefined {
  const facts = collectionFacts(layout);
  const root = dereference(layout, layout.root);
  if (!facts || facts.splits !== undefined || root.kind !== "object") return facts;
  const lists = Object.values(root.properties).filter((field) => {
    const list = dereference(layout, field);
    return list.kind === "list" && list.unique !== undefined;
  });
  return lists.length === 1 ? facts : undefined;
}
