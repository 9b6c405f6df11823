/** Cameras: world ↔ camera ↔ pixel, lenses, and edits of image and pose. */

export { type BackProjectOptions, Camera, type ProjectOptions, type VisibleOptions } from "./camera.js";
export { type Distortion, distortionOf } from "./distortion.js";
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
} from "./edit-image.js";
export {
  aimCamera,
  levelCamera,
  type OrbitOptions,
  orbitCamera,
  rotationOfLook,
  type TurnOptions,
  turnCamera,
} from "./edit-pose.js";
export { type FieldOfViewOptions, fieldOfView, intrinsicsOfFieldOfView } from "./lens.js";
export type { Matrix3, MatrixLike, Vector2, Vector3, VectorLike } from "./linear.js";
export type { CameraOptions, ImageSize, PixelOrigin } from "./parameters.js";
export type { PointArray, PointDepth } from "./points.js";
export { rotationOfVector, vectorOfRotation } from "./rotation.js";
