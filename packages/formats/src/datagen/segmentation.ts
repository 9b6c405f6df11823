import type { ColourLabel, NdArray, Segmentation } from "@somakit/core";
import { colourLabels, segment } from "@somakit/core/segmentation";

/** The decimals of tables before April 2022 are cut off after the fifth. */
const TOLERANCE = 0.005;

/** The labels of a `semantic_segmentation_metadata.json`: `human/head/nose/left` and so on. */
export function segmentationLabels(table: object): readonly ColourLabel[] {
  return colourLabels(table);
}

/**
 * What each pixel of a `semantic_segmentation.png` (or `.exr`, before April 2022) shows, by the table beside it: ids, masks of
 * labels and of groups, counts, unknown colours. Throws `FormatError` `mismatch` for an image of 8 bits, which has lost them.
 */
export function segmentationOf(image: NdArray, table: object): Segmentation {
  const labels = segmentationLabels(table);
  const isExact = labels.every(({ colour }) => colour.every(Number.isInteger));
  return segment(image, labels, isExact && !image.dtype.startsWith("float") ? {} : { tolerance: TOLERANCE });
}
