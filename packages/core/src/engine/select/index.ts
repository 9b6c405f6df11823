/** Frames, parts and joins of what a layout describes. */

export { frameSymbol } from "./axes.js";
export { concatWith } from "./concat.js";
export type {
  ConcatOptions,
  FrameRange,
  FramesOptions,
  SelectOptions,
  ShuffleOptions,
  SplitOptions,
} from "./options.js";
export { rangeIndices } from "./pick.js";
export { framesWith, selectWith, shuffleWith, sliceWith, splitWith } from "./select.js";
export { sizeAlong } from "./sizes.js";
