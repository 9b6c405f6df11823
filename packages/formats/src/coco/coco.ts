export { type CocoPoints, type CocoPointsOptions, type CocoPointsPart, cocoKeypoints } from "./keypoints.js";
export {
  areaOfRuns,
  boxOfRuns,
  countsOfRuns,
  type MaskOfRunsOptions,
  maskOfRuns,
  type RunsOfMaskOptions,
  runsOfMask,
} from "./runs.js";
