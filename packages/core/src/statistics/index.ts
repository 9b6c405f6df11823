/** What files hold, counted. */

export type { CameraStatistics } from "./camera-counts.js";
export type {
  CollectionStatistics,
  CollectionStatisticsOptions,
  RecordStatistics,
  SplitTally,
} from "./collection.js";
export type { LayerStatistics } from "./layer-counts.js";
export type { MotionStatistics } from "./motion.js";
export type { QuantityStatistics } from "./quantity-counts.js";
export type { Spread } from "./spread.js";
export { fileStatistics, type Statistics, type StatisticsOptions } from "./statistics.js";
export type {
  ArrayTally,
  NumberRange,
  SizeTally,
  StatisticsProblem,
  Tally,
  TallyValue,
  ValueTally,
} from "./tallies.js";
export type { StatisticsDepth } from "./tree-counts.js";
