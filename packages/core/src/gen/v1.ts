/**
 * The contract between generated files and core, version 1. Generated code imports from here and nowhere else, so that
 * output made by an older generator keeps working while the public API moves.
 */

export { json } from "../codec/json/index.js";
export { npyContainer as npy } from "../codec/npy/index.js";
export { npz } from "../codec/npz/index.js";
export { pickle } from "../codec/pickle/index.js";
export type { Convention } from "../conventions/convention.js";
export {
  type AccessorClass,
  FileAccessor,
  GroupAccessor,
  ListAccessor,
  type LoadOptions,
  type Location,
} from "../engine/accessor.js";
export type { CheckOptions } from "../engine/check/check.js";
export type { OpenOptions } from "../engine/open.js";
export { checkWith, openWith, type ReadFileOptions, readWith } from "../engine/run.js";
export { type WriteOptions, writeWith } from "../engine/write.js";
export type { Issue, IssueCode, Severity } from "../issues.js";
export type * from "../layout/layout.js";
export type { RegistryEntry } from "../layout/registry.js";
export type { DTypeName } from "../ndarray/dtype.js";
export type { NdArray, Shape } from "../ndarray/ndarray.js";
export type { Input } from "../source/input.js";
export type { Sink, Source } from "../source/source.js";
export type { Value } from "../value/value.js";
export { equal, ucs2length } from "./validator-runtime.js";
