export { type AdjacencyMode, type AdjacencyOptions, adjacencyOf } from "./adjacency.js";
export { type PoseDecodeOptions, poseDecode } from "./decode.js";
export { type FormatGcnInputOptions, formatGcnInput } from "./gcn-input.js";
export {
  graphOf,
  type KeypointPair,
  type LayoutName,
  layoutNames,
  layoutOfSize,
  type SkeletonGraph,
} from "./layouts.js";
export { type PreNormalize2dOptions, preNormalize2d } from "./normalize-2d.js";
export { type PreNormalize3dOptions, type PreNormalized3d, preNormalize3d } from "./normalize-3d.js";
export { type PadToOptions, padTo } from "./pad-to.js";
export {
  jointToBone,
  type SkeletonFeature,
  type SkeletonFeaturesOptions,
  skeletonFeatures,
  toMotion,
} from "./streams.js";
