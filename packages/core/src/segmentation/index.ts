/** Images in which colours say what each pixel shows. */

export { type ColourLabel, colourLabels, labelGroups, sharedColours } from "./label-table.js";
export { Segmentation, type SegmentOptions, segment, UNKNOWN_LABEL, type UnknownColour } from "./segmentation.js";
