/** Keypoints by name: mappings between conventions, and conversion of arrays and records. */

export type { KeypointAxisOptions } from "./axis.js";
export type { Convention, ConventionEntry, ConventionKeypoint, Limb } from "./convention.js";
export {
  type ConvertedKeypoints,
  type ConvertKeypointsOptions,
  convertKeypoints,
  type MapKeypointsOptions,
  mapKeypoints,
  mapMask,
} from "./convert.js";
export {
  type ConvertConventionOptions,
  type ConvertedMember,
  type ConvertedRecord,
  convertConvention,
} from "./convert-record.js";
export type { FloatOf } from "./floats.js";
export { type ConventionLookup, conventionLookup } from "./lookup.js";
export {
  type KeypointMapping,
  type KeypointMappingOptions,
  type KeypointPair,
  keypointMapping,
} from "./mapping.js";
export type { KeypointMask } from "./mask.js";
export { type FlipKeypointsOptions, flipKeypoints, flipPairs, mirrorIndices } from "./mirror.js";
export { type KeypointIndexOptions, keypointIndex } from "./names.js";
export { type EdgeIndicesOptions, edgeIndices, partIndices, partsOf } from "./parts.js";
export { packKeypoints, selectKeypoints } from "./select.js";
