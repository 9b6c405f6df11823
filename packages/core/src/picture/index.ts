/** Pictures of people, points and images, as SVG and as pixels, wherever JavaScript runs. */

export { type Colour, parseColour } from "./colour.js";
export { contactSheet, type SheetOptions, type SheetPanel } from "./contact-sheet.js";
export { type DisplayOptions, displayImage, type ImageMeaning, type Pixels } from "./display.js";
export type { Drawable, FrameSpan, Moment, StatedConvention } from "./drawable/drawable.js";
export { type FindDrawablesOptions, type FoundDrawables, findDrawables } from "./drawable/find.js";
export { type Drawn, type DrawOptions, drawDrawable } from "./drawable/picture.js";
export type { Box, Figure, Placement } from "./figure.js";
export { type FrameOptions, figurePicture, type PictureSize } from "./frame.js";
export { borrowLimbs, type ColourBy } from "./limbs.js";
export { type PointCloudOptions, pointCloudFigure } from "./point-cloud.js";
export { picturePixels } from "./raster/picture.js";
export type {
  CircleMark,
  DotsMark,
  GroupMark,
  ImageMark,
  LineMark,
  Mark,
  Picture,
  PolygonMark,
  TextMark,
} from "./scene.js";
export { type SkeletonOptions, skeletonFigure } from "./skeleton.js";
export { type StripCell, type StripOptions, stripPicture } from "./strip.js";
export { pictureSvg } from "./svg.js";
export { type NamedViewOptions, namedView, type SignedAxis, type View, type ViewName } from "./view.js";
export { type WritePictureOptions, writePicture } from "./write.js";
