export { type Box, boundingBoxOf, boxOf, type Extent } from "./bounding-box.js";
export { type CameraParameters, cameraOf, type DatagenCamera, extrinsicMatrixOf } from "./camera.js";
export { type CheckDatasetOptions, checkDataset } from "./check/check.js";
export * from "./dataset/index.js";
export { type CocoOptions, cocoOf } from "./export/coco.js";
export { type PointCloudPlyOptions, writePointCloud } from "./export/ply.js";
export {
  type EyeCircleName,
  type EyeInImage,
  type EyeInWorld,
  type EyePointName,
  type EyeSide,
  eyeCameras,
  eyesInImage,
  eyesOf,
  gazePoint,
  gazeRay,
} from "./eyes.js";
export {
  type Angles,
  type Axes,
  cameraDirection,
  type HeadMetadata,
  type HeadPose,
  headAxes,
  headDirection,
  headPose,
  headPoses,
  headRay,
  type IdentitiesMetadata,
} from "./head.js";
export { depthBackground, depthExtent, depthForDisplay, depthMask, image8, normalsOfMap } from "./images.js";
export {
  flatKeypointSet,
  joinedSets,
  type KeypointSet,
  type KeypointSets,
  keypointSets,
  readKeypointSets,
} from "./keypoints.js";
export { exchanged, type Pixel, type Point3, pixelOfXy, xyOfPixel } from "./point.js";
export { segmentationLabels, segmentationOf } from "./segmentation.js";
export { type DatasetChange, planDatasetUpgrade, upgradeDataset } from "./upgrade/upgrade.js";
