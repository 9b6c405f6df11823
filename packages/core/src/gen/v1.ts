/**
 * The contract between generated files and core, version 1. Generated code imports from here and nowhere else, so that
 * output made by an older generator keeps working while the public API moves.
 */

export { exr } from "../codec/exr/codec.js";
export { hdf5 } from "../codec/hdf5/codec.js";
export { json, strictJson } from "../codec/json/codec.js";
export { msgpackStream } from "../codec/msgpack/container.js";
export { npyContainer as npy } from "../codec/npy/index.js";
export { npz } from "../codec/npz/index.js";
export { pickle } from "../codec/pickle/codec.js";
export { png } from "../codec/png/codec.js";
export { inGzip, inXz } from "../codec/wrap/wrapped.js";
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
export { folder } from "../engine/folder/codec.js";
export { ListFileAccessor } from "../engine/list-file.js";
export type { OpenOptions } from "../engine/open.js";
export { RecordFileAccessor } from "../engine/records/file.js";
export type { RecordLead, RecordReader, RecordWriter, RecordWriterOptions } from "../engine/records/types.js";
export { createWriterWith } from "../engine/records/writer.js";
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
export type { FolderInput, Input } from "../source/input.js";
export type { FolderSink, Sink, Source } from "../source/source.js";
export type { Value } from "../value/value.js";
