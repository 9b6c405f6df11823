export { cameraOfMap, mapOfCamera } from "./camera-map.js";
export { BodyCompressor, type BodyCompressorOptions, compressBodies } from "./compressor.js";
export { BodyDecompressor, type BodyDecompressorOptions } from "./decompressor.js";
export type { BodyFrame, BodyFrameInput, BodyFrameOptions, CameraForm } from "./frame.js";
export {
  type BodyArrays,
  type BodyKey,
  floatsOf,
  type PersonArrays,
  peopleIn,
  personIn,
  trianglesOf,
} from "./people.js";
