import type { ConventionLookup } from "../conventions/lookup.js";
import { GroupAccessor } from "../engine/accessor.js";
import { Collection } from "../engine/collection/collection.js";
import { type Content, contentOfFile } from "../engine/collection/content.js";
import { type CollectionFacts, collectionFacts } from "../engine/collection/facts.js";
import type { OpenFile } from "../engine/open.js";
import { motionPlan } from "../motion/plan.js";
import { openMotion } from "../motion/read/read.js";
import type { WorkOptions } from "../source/source.js";
import type { RecordStatistics } from "./collection.js";
import { type MotionStatistics, motionStatistics } from "./motion.js";
import { Problems } from "./problems.js";
import { type SharedView, sharedPass } from "./shared-pass.js";
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
 * A stream of records is gone through once. Of any other file values and people are counted one after the other, since they are
 * in other parts of it; what both look at, such as masks and files of a folder, is read for each of the two.
 * What is damaged is left out and listed. Throws `RangeError` for splits of a data set that has none.
 */
export async function fileStatistics(file: OpenFile, options: StatisticsOptions = {}): Promise<Statistics> {
  const problems = new Problems();
  const facts = collectionFacts(file.layout);
  const content = facts && (await recordsAt(file, facts, problems, options));
  if (facts && content) return recordsOf(file, { facts, content }, problems, options);
  if (options.splits) throw new RangeError(`${file.layout.title} is no list of records, so it has no splits`);
  const { depth = "values", signal, onProgress } = options;
  // Files of a folder wait for the disk more than for anything else.
  const concurrency = file.container.codec.openFolder ? AT_ONCE : 1;
  const counts = new TreeCounts(file.layout, { depth, signal, onProgress, concurrency });
  const views = isMoving(file, depth) ? sharedPass(file.root) : undefined;
  if (views) return together(file, views, counts, options);
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

/** Values and people of a stream in one pass: each of its records is read once. */
async function together(
  file: OpenFile,
  [first, second]: readonly [SharedView, SharedView],
  counts: TreeCounts,
  options: StatisticsOptions,
): Promise<Statistics> {
  const problems = new Problems();
  const moved = new Problems();
  const { signal, conventions } = options;
  const [, motion] = await Promise.all([
    counts.add(file.layout.root, first.root).finally(first.done),
    motionStatistics(openMotion({ ...file, root: second.root }), moved, { signal, conventions }).finally(second.done),
  ]);
  problems.take({ problems: counts.problems.listed, problemCount: counts.problems.count });
  problems.take({ problems: moved.listed, problemCount: moved.count });
  return { ...counts.all(), motion, problems: problems.listed, problemCount: problems.count };
}

function isMoving({ layout }: OpenFile, depth: StatisticsDepth): boolean {
  return depth === "values" && motionPlan(layout) !== undefined;
}

async function withMotion(
  file: OpenFile,
  counted: Statistics,
  problems: Problems,
  { depth = "values", ...options }: StatisticsOptions,
): Promise<Statistics> {
  const motion = isMoving(file, depth) ? await motionStatistics(openMotion(file), problems, options) : undefined;
  return { ...counted, ...(motion && { motion }), problems: problems.listed, problemCount: problems.count };
}
