export {
  type CompressedAnnotation,
  compressedAnnotation,
  type EstimatedVideo,
  type PlainAnnotation,
  plainAnnotation,
} from "./annotation.js";
export { type SplitDataset, withSplits } from "./dataset.js";
export { type KeepOptions, keepDetections } from "./detections.js";
export { frameDirOf, parseVideoList, type VideoEntry } from "./video-list.js";
