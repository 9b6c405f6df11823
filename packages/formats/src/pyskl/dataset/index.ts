export { ClipSet, type WriteClipsOptions } from "./clip-set.js";
export type { RelabelOptions } from "./relabel.js";
export { type SampleByClassOptions, sampleByClass } from "./sample.js";
export type { UpgradedClips } from "./upgrade.js";
