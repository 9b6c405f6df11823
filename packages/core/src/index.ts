/** The engine of somakit: arrays, exact values, sources and sinks, containers, and work driven by a schema's layout. */

export { type BackProjectOptions, Camera, type ProjectOptions, type VisibleOptions } from "./camera/camera.js";
export { type Distortion, distortionOf } from "./camera/distortion.js";
export {
  type CropOptions,
  centerCamera,
  cropCamera,
  flipCamera,
  padCamera,
  scaleCamera,
  squareCamera,
  undistortCamera,
  zoomCamera,
} from "./camera/edit-image.js";
export {
  aimCamera,
  levelCamera,
  type OrbitOptions,
  orbitCamera,
  rotationOfLook,
  type TurnOptions,
  turnCamera,
} from "./camera/edit-pose.js";
export { type FieldOfViewOptions, fieldOfView, intrinsicsOfFieldOfView } from "./camera/lens.js";
export type { Matrix3, MatrixLike, Vector2, Vector3, VectorLike } from "./camera/linear.js";
export type { CameraOptions, ImageSize, PixelOrigin } from "./camera/parameters.js";
export type { PointArray, PointDepth } from "./camera/points.js";
export { rotationOfVector, vectorOfRotation } from "./camera/rotation.js";
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
export { json, strictJson } from "./codec/json/index.js";
export { type ReadJsonOptions, readJson } from "./codec/json/plain.js";
export { msgpackStream } from "./codec/msgpack/container.js";
export {
  type MsgpackDecodeOptions,
  type MsgpackItem,
  type MsgpackKeysOption,
  type MsgpackLimits,
  type MsgpackSpan,
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
  readPickle,
  readPickleFrom,
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
export { inGzip, inXz } from "./codec/wrap/wrapped.js";
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
export { openZip, type ZipArchive, type ZipOptions } from "./codec/zip/archive.js";
export type { ZipEntry } from "./codec/zip/entry.js";
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
export type { KeypointAxisOptions } from "./conventions/axis.js";
export type { Convention, ConventionEntry, ConventionKeypoint, Limb } from "./conventions/convention.js";
export {
  type ConvertedKeypoints,
  type ConvertKeypointsOptions,
  convertKeypoints,
  type MapKeypointsOptions,
  mapKeypoints,
  mapMask,
} from "./conventions/convert.js";
export {
  type ConvertConventionOptions,
  type ConvertedMember,
  type ConvertedRecord,
  convertConvention,
} from "./conventions/convert-record.js";
export type { FloatOf } from "./conventions/floats.js";
export { type ConventionLookup, conventionLookup } from "./conventions/lookup.js";
export {
  type KeypointMapping,
  type KeypointMappingOptions,
  type KeypointPair,
  keypointMapping,
} from "./conventions/mapping.js";
export type { KeypointMask } from "./conventions/mask.js";
export { type FlipKeypointsOptions, flipKeypoints, flipPairs, mirrorIndices } from "./conventions/mirror.js";
export { type KeypointIndexOptions, keypointIndex } from "./conventions/names.js";
export { type EdgeIndicesOptions, edgeIndices, partIndices, partsOf } from "./conventions/parts.js";
export { packKeypoints, selectKeypoints } from "./conventions/select.js";
export { CheckedDict } from "./dict/checked-dict.js";
export type { ItemDict } from "./dict/item-dict.js";
export {
  consoleLogger,
  forgetWarnedKeys,
  type LogEntry,
  type Logger,
  type LogLevel,
  setLogger,
  silentLogger,
} from "./dict/logger.js";
export { type DictMessages, plainMessages, type Refusal } from "./dict/messages.js";
export type {
  DictOptions,
  DictTraits,
  Form,
  GetOptions,
  LoadDictOptions,
  ShapeOptions,
  ValueUnder,
} from "./dict/options.js";
export { rangesOfCounts, trivialRanges } from "./dict/ranges.js";
export { type AccessorClass, FileAccessor, GroupAccessor, ListAccessor, type LoadOptions } from "./engine/accessor.js";
export { type CheckOptions, checkFile } from "./engine/check/check.js";
export { rangeRows } from "./engine/check/ranges.js";
export type { LabelNames } from "./engine/check/state.js";
export type { FloatName, Overflow } from "./engine/collection/cast.js";
export {
  Collection,
  type CollectionKind,
  type ConcatCollectionsOptions,
  type DivideByOptions,
  type RecastOptions,
} from "./engine/collection/collection.js";
export type { Duplicates } from "./engine/collection/concat.js";
export { type Content, contentOfFile, contentOfValue, openContent } from "./engine/collection/content.js";
export { type DivideOptions, dividedIndices } from "./engine/collection/divide.js";
export { type CollectionFacts, collectionFacts } from "./engine/collection/facts.js";
export type { Item, MemberEdits } from "./engine/collection/item.js";
export type { Splits } from "./engine/collection/names.js";
export type {
  ArrayTally,
  CollectionStatistics,
  SizeTally,
  SplitTally,
  Tally,
  ValueTally,
} from "./engine/collection/statistics.js";
export { type UpgradedCollection, type UpgradeItem, upgradeCollection } from "./engine/collection/upgrade.js";
export type { ContainerCodec, OpenContainerOptions, WriteContainerOptions } from "./engine/container.js";
export type { DecodeOptions, Window } from "./engine/decode.js";
export { type Detection, detect } from "./engine/detect.js";
export { exactValue } from "./engine/exact.js";
export type { FileFramesOptions, FileSliceOptions } from "./engine/file-part.js";
export { folder } from "./engine/folder/codec.js";
export { FolderNode, fileOf } from "./engine/folder/raw.js";
export { ListFileAccessor } from "./engine/list-file.js";
export type { IndexKey, ListIndex } from "./engine/list-index.js";
export { type Measure, measure, symbolSizes } from "./engine/measure.js";
export {
  type NumberedChild,
  type NumberedList,
  type NumberedNames,
  nameOf as numberedName,
  numberedList,
  numberedNames,
  numberOf,
} from "./engine/numbered.js";
export { type OpenedFile, type OpenFile, type OpenOptions, openFile } from "./engine/open.js";
export { PlacedGroup, placedTree } from "./engine/placed.js";
export { RecordFileAccessor } from "./engine/records/file.js";
export type {
  RecordCount,
  RecordFacts,
  RecordInput,
  RecordLead,
  RecordReader,
  RecordReadOptions,
  RecordSummary,
  RecordWriter,
  RecordWriterOptions,
} from "./engine/records/types.js";
export { createWriterWith, type LeadValues } from "./engine/records/writer.js";
export { checkWith, openWith, type ReadFileOptions, readWith } from "./engine/run.js";
export { plainScalar } from "./engine/scalar.js";
export { frameSymbol } from "./engine/select/axes.js";
export { concatWith } from "./engine/select/concat.js";
export type {
  ConcatOptions,
  FrameRange,
  FramesOptions,
  SelectOptions,
  ShuffleOptions,
  SplitOptions,
} from "./engine/select/options.js";
export { framesWith, selectWith, shuffleWith, sliceWith, splitWith } from "./engine/select/select.js";
export { sizeAlong } from "./engine/select/sizes.js";
export { CsrAppender, type CsrAppenderOptions, type DenseRow } from "./engine/sparse/appender.js";
export { type CsrRows, type FromDenseOptions, fromDense, type Positions, toDense } from "./engine/sparse/csr.js";
export { CsrMatrix, type CsrParts } from "./engine/sparse/matrix.js";
export { SparseNode } from "./engine/sparse/node.js";
export { type Change, type Upgraded, type UpgradeOptions, upgradeWith } from "./engine/upgrade.js";
export { type WriteOptions, writeWith } from "./engine/write.js";
export { FormatError, type FormatErrorCode, IssueError, isFormatError } from "./errors.js";
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
export type { Checker, CheckerOptions } from "./jobs/check.js";
export type { Job, JobContext, JobOption, JobReport, RunJob } from "./jobs/job.js";
export type { RepairChange, Repairer, RepairOptions, RepairReport } from "./jobs/repair.js";
export { planRecordRepair, repairRecords } from "./jobs/repair-records.js";
export type { UpgradedFile, Upgrader } from "./jobs/upgrade.js";
export { Journal, type JournalEntry, type OpenJournalOptions } from "./journal/journal.js";
export { memoryJournalStore } from "./journal/memory-store.js";
export type { JournalStore } from "./journal/store.js";
export type * from "./layout/layout.js";
export type { RegistryEntry } from "./layout/registry.js";
export { type ListEntry, type ListLookup, listLookup, type NamedList } from "./lists/list.js";
export { type DumpedMotion, type DumpMotionOptions, dumpMotion } from "./motion/dump.js";
export type {
  MotionInfo,
  MotionLayer,
  MotionPoints,
  MotionSequence,
  MotionSource,
  MotionWindow,
  MotionWindowOptions,
  UnusedValues,
} from "./motion/motion.js";
export { motionPlan } from "./motion/plan.js";
export { openMotion } from "./motion/read.js";
export { MotionError, type MotionNote, type MotionQuestion } from "./motion/report.js";
export { convertMotion, type MotionConversion, type MotionReport, type WriteMotionOptions } from "./motion/write.js";
export { astype } from "./ndarray/astype.js";
export { concatenate } from "./ndarray/concat.js";
export { cropOrPad } from "./ndarray/crop-or-pad.js";
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
export { decodeHalves, encodeHalves, fromHalf, toHalf } from "./ndarray/float16.js";
export { NdArray, type Shape, zeros } from "./ndarray/ndarray.js";
export { pad } from "./ndarray/pad.js";
export type { AxisRange } from "./ndarray/range.js";
export { resultType } from "./ndarray/result-type.js";
export { take } from "./ndarray/take.js";
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
export { blobSource } from "./source/blob.js";
export { mapConcurrently } from "./source/concurrent.js";
export { droppedFolder, entryFolder, filesFolder } from "./source/folder-files.js";
export { handleFolder } from "./source/folder-handle.js";
export { memoryFolder } from "./source/folder-memory.js";
export { MemoryFolderSink } from "./source/folder-sink.js";
export { type FolderInput, type Input, isFolder, isInput, toFolder, toSource } from "./source/input.js";
export { memorySource } from "./source/memory.js";
export { readThrough } from "./source/read-through.js";
export { section } from "./source/section.js";
export { MemorySink } from "./source/sink-memory.js";
export { fileHandleSink, streamSink } from "./source/sink-stream.js";
export type {
  Folder,
  FolderEntry,
  FolderSink,
  Progress,
  ReadOptions,
  Sink,
  Source,
  WorkOptions,
} from "./source/source.js";
export { type UrlSourceOptions, urlSource } from "./source/url.js";
export type { ThreadResult, Threads, ThreadTask } from "./threads/threads.js";
export { type WebThreadsOptions, webThreads } from "./threads/web-threads.js";
export { type DiffOptions, diffTrees } from "./tree/diff/diff.js";
export type { ElementDifference, NodeWords, Side, TreeDifference } from "./tree/diff/difference.js";
export { type DigestOptions, digest } from "./tree/digest.js";
export { findNode, unboxed } from "./tree/find.js";
export { loadRanges } from "./tree/load-ranges.js";
export type { ArrayNode, Attributed, GroupNode, ListNode, Node, ScalarNode } from "./tree/node.js";
export { nodeOfValue } from "./tree/value-node.js";
export { type ArrayStorage, AttributedTree, type AttributedTreeOptions, type WriteTree } from "./tree/write.js";
export { datetimeText, timedeltaText } from "./value/datetime-text.js";
export { elementPath, memberPath, parsePath } from "./value/path.js";
export { type PlainValue, plain } from "./value/plain.js";
export { bytesText, complexText, floatText, stringText } from "./value/python-text.js";
export {
  ByteArray,
  Complex,
  DefaultDict,
  DTypeValue,
  ExtValue,
  Float,
  FrozenSet,
  float,
  Instance,
  NanFloat,
  NumpyScalar,
  OrderedDict,
  Range,
  Slice,
  Timestamp,
  Tuple,
  type Value,
} from "./value/value.js";
