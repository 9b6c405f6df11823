import type { NdArray } from "../ndarray/ndarray.js";
import type { Figure } from "./figure.js";
import { backgroundOf, cellMarks, type FrameOptions, frameOf, inkFor, titleOf } from "./frame.js";
import { gridOf, TITLE_HEIGHT, titleMark } from "./grid.js";
import type { Mark, Picture } from "./scene.js";

/** One moment. */
export interface StripCell {
  readonly figures: readonly Figure[];
  /** Written above, where moments are side by side. */
  readonly title?: string | undefined;
  readonly image?: NdArray | undefined;
}

export interface StripOptions extends Omit<FrameOptions, "image" | "size"> {
  /** Moments side by side (the default), or all in one place, the early ones pale. */
  readonly arrangement?: "row" | "onion" | undefined;
  /** Pixels of one moment. Default: as of a single picture, with no side longer than 240 where there are several. */
  readonly size?: FrameOptions["size"];
  /** Moments in a row before the next row begins. Default: all, up to 8. */
  readonly columns?: number | undefined;
}

/**
 * Several moments as one picture, all of them to one scale and seen from one place, so that they can be compared. Throws
 * `RangeError` for no moment, and for a size that a picture cannot have.
 */
export function stripPicture(cells: readonly StripCell[], options: StripOptions = {}): Picture {
  const [first] = cells;
  if (!first) throw new RangeError("a strip without any moment");
  const all = cells.flatMap(({ figures }) => figures);
  const common = { ...options, image: first.image };
  if (options.arrangement === "onion") {
    const frame = frameOf(all, common);
    return {
      ...frame.size,
      ...backgroundOf(options),
      ...titleOf(options),
      marks: cells.flatMap(({ figures }, at) => {
        const image = at === 0 ? first.image : undefined;
        const marks = cellMarks(frame, figures, { image, imageOptions: options.imageOptions });
        const strength = cells.length === 1 ? 1 : 0.2 + (0.8 * at) / (cells.length - 1);
        return marks.map((mark) => (mark.kind === "image" ? mark : paler(mark, strength)));
      }),
    };
  }
  const frame = frameOf(all, { ...common, size: options.size ?? smaller(frameOf(all, common).size, cells.length) });
  const titled = cells.some(({ title }) => title !== undefined);
  const { width, height } = frame.size;
  const grid = gridOf(cells.length, { width, height: height + (titled ? TITLE_HEIGHT : 0) }, options.columns ?? 8);
  const marks = cells.map(({ figures, title, image }, at): Mark => {
    const inside = cellMarks(frame, figures, { image, imageOptions: options.imageOptions });
    const picture: Mark = { kind: "group", at: [0, titled ? TITLE_HEIGHT : 0], clip: [width, height], marks: inside };
    return { kind: "group", at: grid.at(at), marks: [picture, ...titleMark(title, width, inkFor(options))] };
  });
  return { ...grid.size, ...backgroundOf(options), ...titleOf(options), marks };
}

function smaller(size: { readonly width: number; readonly height: number }, cells: number): typeof size {
  const scale = cells === 1 ? 1 : Math.min(1, 240 / Math.max(size.width, size.height));
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}

function paler(mark: Mark, strength: number): Mark {
  if (mark.kind === "group") return { ...mark, marks: mark.marks.map((inner) => paler(inner, strength)) };
  return { ...mark, opacity: Math.round((mark.opacity ?? 1) * strength * 100) / 100 };
}
