/** Dicts that check what is put into them by a layout. */

export { CheckedDict } from "./checked-dict.js";
export type { ItemDict } from "./item-dict.js";
export {
  consoleLogger,
  forgetWarnedKeys,
  type LogEntry,
  type Logger,
  type LogLevel,
  setLogger,
  silentLogger,
} from "./logger.js";
export { type DictMessages, plainMessages, type Refusal } from "./messages.js";
export type {
  DictOptions,
  DictTraits,
  Form,
  GetOptions,
  LoadDictOptions,
  ShapeOptions,
  ValueUnder,
} from "./options.js";
export { rangesOfCounts, trivialRanges } from "./ranges.js";
