/** Everything that picks items out of one record. */
export { framesWith, selectWith, sliceWith } from "./slice.js";
export { shuffleWith, splitWith } from "./split.js";
