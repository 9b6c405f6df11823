import type { NdArray } from "../ndarray/ndarray.js";
import type { DisplayOptions } from "./display.js";
import { type Figure, placementFor } from "./figure.js";
import { backgroundOf, cellMarks, type FrameOptions, inkFor, type PictureSize, titleOf } from "./frame.js";
import { gridOf, TITLE_HEIGHT, titleMark } from "./grid.js";
import { checkSize, type Mark, type Picture } from "./scene.js";

/** One picture of several. */
export interface SheetPanel {
  readonly title?: string | undefined;
  readonly image: NdArray;
  /** How its numbers become colours. */
  readonly imageOptions?: DisplayOptions | undefined;
  /** What lies over it, in its pixels. */
  readonly figures?: readonly Figure[] | undefined;
}

export interface SheetOptions extends Pick<FrameOptions, "background" | "title"> {
  /** Pixels of one panel, which images fit into without being stretched. Default 240 by 240. */
  readonly size?: PictureSize | undefined;
  /** Panels in a row. Default: as many as there are rows. */
  readonly columns?: number | undefined;
}

/**
 * Images of any kind beside each other, each with its title. Throws `RangeError` for a size that a picture cannot have,
 * `FormatError` `mismatch` for an array that is no image.
 */
export function contactSheet(panels: readonly SheetPanel[], options: SheetOptions = {}): Picture {
  const size = options.size ?? { width: 240, height: 240 };
  const columns = options.columns ?? Math.max(1, Math.ceil(Math.sqrt(panels.length)));
  const grid = gridOf(panels.length, { width: size.width, height: size.height + TITLE_HEIGHT }, columns);
  checkSize(grid.size.width, grid.size.height);
  const marks = panels.map(({ title, image, imageOptions, figures = [] }, at): Mark => {
    const [lines = 1, columnCount = 1] = image.shape;
    const placement = placementFor({ left: 0, top: 0, right: columnCount, bottom: lines }, size, 0);
    const inside = cellMarks({ placement }, figures, { image, imageOptions });
    const panel: Mark = { kind: "group", at: [0, TITLE_HEIGHT], clip: [size.width, size.height], marks: inside };
    return { kind: "group", at: grid.at(at), marks: [...titleMark(title, size.width, inkFor(options)), panel] };
  });
  return { ...grid.size, ...backgroundOf(options), ...titleOf(options), marks };
}
