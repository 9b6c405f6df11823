export { ntuActionNames } from "./action-names.js";
export { type NtuAnnotation, type NtuAnnotationOptions, ntuAnnotation } from "./annotation.js";
export { motionOf, uprightFrames } from "./choose.js";
export { type ClipName, parseClipName } from "./clip-name.js";
export type { SkippedClip } from "./clips.js";
export {
  type NtuDataset,
  type NtuDatasetOptions,
  type NtuDatasetResult,
  ntuDataset,
  type WriteNtuDatasetOptions,
  writeNtuDataset,
} from "./dataset.js";
export type { ReadSkeletonOptions, SkeletonInput } from "./input.js";
export { ntuMissing } from "./missing.js";
export {
  clippedEdges,
  type Edge,
  jointColumns,
  parseSkeleton,
  type Skeleton,
  type SkeletonBody,
  type SkeletonFrame,
  skeletonFrames,
} from "./skeleton.js";
export { type NtuDatasetName, ntuSplits, ntuTrainingSubjects } from "./splits.js";
export { type BodyTrack, bodyTracks, readBodyTracks } from "./tracks.js";
