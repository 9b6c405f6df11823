/**
 * The contract between generated files and core, version 1. Generated code imports from here and nowhere else, so that
 * output made by an older generator keeps working while the public API moves.
 */

export { hdf5 } from "../codec/hdf5/index.js";
export { json } from "../codec/json/index.js";
export { npyContainer as npy } from "../codec/npy/index.js";
export { npz } from "../codec/npz/index.js";
export { pickle } from "../codec/pickle/index.js";
export type { Convention, ConventionEntry } from "../conventions/convention.js";
export { conventionLookup } from "../conventions/lookup.js";
export {
  type AccessorClass,
  FileAccessor,
  GroupAccessor,
  ListAccessor,
  type LoadOptions,
  type Location,
} from "../engine/accessor.js";
export type { CheckOptions } from "../engine/check/check.js";
export { ListFileAccessor } from "../engine/list-file.js";
export type { OpenOptions } from "../engine/open.js";
export { checkWith, openWith, type ReadFileOptions, readWith } from "../engine/run.js";
export { concatWith } from "../engine/select/concat.js";
export type {
  ConcatOptions,
  FrameRange,
  FramesOptions,
  SelectOptions,
  ShuffleOptions,
  SplitOptions,
} from "../engine/select/options.js";
export { framesWith, selectWith, shuffleWith, sliceWith, splitWith } from "../engine/select/select.js";
export { type Change, type Upgraded, type UpgradeOptions, upgradeWith } from "../engine/upgrade.js";
export { type WriteOptions, writeWith } from "../engine/write.js";
export type { Issue, IssueCode, Severity } from "../issues.js";
export type * from "../layout/layout.js";
export type { RegistryEntry } from "../layout/registry.js";
export { type ListEntry, listLookup, type NamedList } from "../lists/list.js";
export type { DTypeName } from "../ndarray/dtype.js";
export type { NdArray, Shape } from "../ndarray/ndarray.js";
export type { Input } from "../source/input.js";
export type { Sink, Source } from "../source/source.js";
export type { Value } from "../value/value.js";
export { equal, ucs2length } from "./validator-runtime.js";
