export { type GestureClip, type GestureClipOptions, gestureClip } from "./gesture.js";
export { clipsOfSplit, type IdentifiedClip, type SplitDataset } from "./split.js";
