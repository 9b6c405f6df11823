/** People that move, whatever holds them. */

export { type DumpArraysOptions, type DumpedArrays, dumpMotionArrays } from "./dump/arrays.js";
export { type DumpedMotion, type DumpMotionOptions, dumpMotion } from "./dump/text.js";
export { type CameraFrame, cameraPart } from "./match/cameras.js";
export type {
  CameraValue,
  CameraValues,
  ImageId,
  MotionCamera,
  MotionInfo,
  MotionLayer,
  MotionNumbers,
  MotionPoints,
  MotionQuantity,
  MotionSequence,
  MotionSource,
  MotionWindow,
  MotionWindowOptions,
  UnusedValues,
} from "./motion.js";
export { motionPlan, takesMotion } from "./plan.js";
export { type OpenMotionOptions, openMotion } from "./read/read.js";
export { MotionError, type MotionNote, type MotionQuestion } from "./report.js";
export { convertMotion, type MotionConversion, type MotionReport, type WriteMotionOptions } from "./write/write.js";
