/** The engine of somakit: arrays, exact values, sources and sinks, containers, and work driven by a schema's layout. */

export { json } from "./codec/json/index.js";
export { npyContainer } from "./codec/npy/index.js";
export { npz } from "./codec/npz/index.js";
export {
  type OpenPickleOptions,
  openPickle,
  pickle,
  readPickle,
  readPickleFrom,
  writePickle,
} from "./codec/pickle/index.js";
export type { Convention } from "./conventions/convention.js";
export { type AccessorClass, FileAccessor, GroupAccessor, ListAccessor, type LoadOptions } from "./engine/accessor.js";
export { type CheckOptions, checkFile } from "./engine/check/check.js";
export type { ContainerCodec, OpenContainerOptions, WriteContainerOptions } from "./engine/container.js";
export { type Detection, detect } from "./engine/detect.js";
export { exactValue } from "./engine/exact.js";
export { type Measure, measure } from "./engine/measure.js";
export { type OpenFile, type OpenOptions, openFile } from "./engine/open.js";
export { checkWith, openWith, type ReadFileOptions, readWith } from "./engine/run.js";
export { type WriteOptions, writeWith } from "./engine/write.js";
export { FormatError, type FormatErrorCode, isFormatError } from "./errors.js";
export type { Issue, IssueCode, Profile, Severity } from "./issues.js";
export type * from "./layout/layout.js";
export type { RegistryEntry } from "./layout/registry.js";
export {
  type ByteOrder,
  type Descr,
  type DType,
  type DTypeName,
  dtype,
  type Field,
  typeLabel,
} from "./ndarray/dtype.js";
export type { DataOf, ElementOf, TypedArray } from "./ndarray/elements.js";
export { decodeHalves, fromHalf, toHalf } from "./ndarray/float16.js";
export { NdArray, type Shape, zeros } from "./ndarray/ndarray.js";
export { pad } from "./ndarray/pad.js";
export type { AxisRange } from "./ndarray/range.js";
export { blobSource } from "./source/blob.js";
export { handleFolder } from "./source/folder-handle.js";
export { memoryFolder } from "./source/folder-memory.js";
export { type Input, isInput, toSource } from "./source/input.js";
export { memorySource } from "./source/memory.js";
export { section } from "./source/section.js";
export { MemorySink } from "./source/sink-memory.js";
export { fileHandleSink, streamSink } from "./source/sink-stream.js";
export type { Folder, FolderEntry, Progress, ReadOptions, Sink, Source, WorkOptions } from "./source/source.js";
export { type UrlSourceOptions, urlSource } from "./source/url.js";
export { type DigestOptions, digest } from "./tree/digest.js";
export { findNode, unboxed } from "./tree/find.js";
export type { ArrayNode, GroupNode, ListNode, Node, ScalarNode } from "./tree/node.js";
export { nodeOfValue } from "./tree/value-node.js";
export type { WriteTree } from "./tree/write.js";
export { datetimeText, timedeltaText } from "./value/datetime-text.js";
export { elementPath, memberPath, parsePath } from "./value/path.js";
export { type PlainValue, plain } from "./value/plain.js";
export { bytesText, complexText, floatText, stringText } from "./value/python-text.js";
export {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  Float,
  FrozenSet,
  float,
  Instance,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Tuple,
  type Value,
} from "./value/value.js";
