/**
 * The engine of somakit: arrays, exact values, sources and sinks, containers, and work driven by a schema's layout. What stands
 * in the index of a folder is also to be had from there (`@somakit/core/ndarray`), without all the rest.
 */

export * from "./camera/index.js";
export { bunzip2, isBzip2 } from "./codec/bzip2/index.js";
export {
  type ExrAttribute,
  type ExrChannel,
  type ExrCompression,
  type ExrDType,
  ExrFile,
  type ExrHeader,
  type ExrLineOrder,
  type ExrPlane,
  type ExrValue,
  type ExrWindow,
  exr,
  exrAttribute,
  exrValue,
  type OpenExrOptions,
  openExr,
  type ReadExrOptions,
  type WriteExrOptions,
  writeExr,
} from "./codec/exr/index.js";
export {
  type AppenderOptions,
  addHdf5Filter,
  createHdf5,
  type GroupOptions,
  type Hdf5Appender,
  type Hdf5DatasetWriter,
  type Hdf5FilterName,
  type Hdf5GroupWriter,
  type Hdf5Writer,
  type Hdf5WriterOptions,
  hdf5,
} from "./codec/hdf5/index.js";
export { json, type ReadJsonOptions, readJson, strictJson } from "./codec/json/index.js";
export {
  type MsgpackDecodeOptions,
  type MsgpackItem,
  type MsgpackKeysOption,
  type MsgpackLimits,
  type MsgpackSpan,
  msgpackStream,
  type ReadMsgpackOptions,
  type ReadMsgpackStreamOptions,
  readMsgpack,
  readMsgpackStream,
  type SplitMsgpackOptions,
  splitMsgpack,
  type WriteMsgpackOptions,
  writeMsgpack,
} from "./codec/msgpack/index.js";
export { npyContainer } from "./codec/npy/index.js";
export { npz } from "./codec/npz/index.js";
export {
  type OpenPickleOptions,
  openPickle,
  pickle,
  type ReadPickleFromOptions,
  type ReadPickleOptions,
  readPickle,
  readPickleFrom,
  type TextMode,
  type WritePickleOptions,
  writePickle,
} from "./codec/pickle/index.js";
export { type PlyDType, type PlyElement, type PlyFormat, type WritePlyOptions, writePly } from "./codec/ply/index.js";
export {
  type PngBitDepth,
  type PngColour,
  type PngHeader,
  type PngImage,
  png,
  type ReadPngOptions,
  readPng,
  readPngHeader,
  type WritePngOptions,
  writePng,
} from "./codec/png/index.js";
export {
  type OpenTarOptions,
  openTar,
  type ReadTarOptions,
  readTar,
  type TarEntry,
  type TarLimits,
  type TarSinkOptions,
  tarSink,
} from "./codec/tar/index.js";
export { inGzip, inXz } from "./codec/wrap/index.js";
export {
  type DecodeXzOptions,
  decodeXz,
  type EndBlockOptions,
  encodeXz,
  type OpenXzOptions,
  openXz,
  readXz,
  type XzBlock,
  type XzCheck,
  type XzEngine,
  type XzFile,
  type XzPreset,
  type XzReadOptions,
  type XzStream,
  type XzSummary,
  type XzTuning,
  type XzWriteOptions,
  XzWriter,
} from "./codec/xz/index.js";
export type { ZipEntry } from "./codec/zip/index.js";
export { openZip, type ZipArchive, type ZipOptions } from "./codec/zip/index.js";
export {
  type ArraysOptions,
  arraysOfRecords,
  arraysOfValue,
  type Columns,
  type ColumnsOptions,
  columnsOf,
  type RecordArrays,
  type Records,
  type RowRecord,
} from "./columns/index.js";
export * from "./conventions/index.js";
export * from "./dict/index.js";
export * from "./engine/check/index.js";
export * from "./engine/collection/index.js";
export * from "./engine/folder/index.js";
export * from "./engine/index.js";
export * from "./engine/records/index.js";
export * from "./engine/select/index.js";
export * from "./engine/sparse/index.js";
export { FormatError, type FormatErrorCode, type FormatErrorOptions, IssueError, isFormatError } from "./errors.js";
export {
  angleBetween,
  arrowInImage,
  type DepthPointsOptions,
  type DepthRange,
  decodeNormals,
  depthRange,
  directionsToCamera,
  directionsToWorld,
  foregroundMask,
  meetingPoint,
  type NormalCoding,
  type PointCloud,
  pointCloud,
  pointMap,
  pointOnRay,
  type Ray,
  samplesAt,
  type ViewDirection,
} from "./geometry/index.js";
export type { Issue, IssueCode, Profile, Severity } from "./issues.js";
export * from "./jobs/index.js";
export type * from "./layout/layout.js";
export type { RegistryEntry } from "./layout/registry.js";
export * from "./lists/index.js";
export * from "./motion/index.js";
export * from "./ndarray/index.js";
export {
  type ColourLabel,
  colourLabels,
  labelGroups,
  Segmentation,
  type SegmentOptions,
  segment,
  sharedColours,
  UNKNOWN_LABEL,
  type UnknownColour,
} from "./segmentation/index.js";
export * from "./source/index.js";
export * from "./statistics/index.js";
export * from "./threads/index.js";
export * from "./tree/index.js";
export * from "./value/index.js";
