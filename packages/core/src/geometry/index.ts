/** Geometry of images that were made with a known camera: depths, normals, directions. */

export { type DepthRange, depthRange, foregroundMask } from "./depth.js";
export {
  angleBetween,
  arrowInImage,
  directionsToCamera,
  directionsToWorld,
  meetingPoint,
  pointOnRay,
  type Ray,
} from "./directions.js";
export { decodeNormals, type NormalCoding, type ViewDirection } from "./normals.js";
export { type DepthPointsOptions, type PointCloud, pointCloud, pointMap, samplesAt } from "./point-cloud.js";
