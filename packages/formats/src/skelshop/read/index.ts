export { AsIfSingleShot, AsIfTracked } from "./adapters.js";
export { Bundle, type BundleOptions, Pose, RenumberedBundle } from "./bundle.js";
export { type FaceEntry, FaceReader, type FaceRows, type FaceTarget, SparseFaceReader } from "./faces.js";
export { open, type SkelShopReader, type SkelShopReaderOptions } from "./open.js";
export { ImageReader, PreEmbedReader, ReferenceReader } from "./others.js";
export { type FrameRangeOptions, PersonTrack } from "./person-track.js";
export { EmptyShot, ShotReader } from "./shot-reader.js";
export {
  type ReaderOptions,
  ShotSegmentedReader,
  type ShotSegmentedReaderOptions,
  type Shots,
} from "./shot-segmented.js";
export { type IdentifiedPerson, readIdentification, readSelection, type SelectedFace } from "./side-files.js";
export type { SkeletonInfo, SkeletonTimeline } from "./timeline.js";
export { UnsegmentedReader, type UnsegmentedReaderOptions } from "./unsegmented.js";
