export type { AttributeValue, SkeletonAttributes } from "./attributes.js";
export { type FaceNumbers, FaceWriter, type FaceWriterOptions, type NewFace } from "./faces.js";
export { type FrameItem, type FramePoses, type FrameWriter, type WriteFramesOptions, writeFrames } from "./frames.js";
export type { HasKeypoints, PoseLike } from "./pose.js";
export { ShotSegmentedWriter } from "./shot-segmented.js";
export type { CloseOptions, SkeletonWriterOptions } from "./skeleton-file.js";
export type { PoseStorage } from "./storage.js";
export { UnsegmentedWriter, type UnsegmentedWriterOptions } from "./unsegmented.js";
