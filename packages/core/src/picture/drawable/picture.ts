import type { Convention } from "../../conventions/convention.js";
import { later } from "../../engine/later.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import { contactSheet } from "../contact-sheet.js";
import type { DisplayOptions } from "../display.js";
import type { Figure } from "../figure.js";
import { type FrameOptions, figurePicture } from "../frame.js";
import { pointCloudFigure } from "../point-cloud.js";
import type { Picture } from "../scene.js";
import { type SkeletonOptions, skeletonFigure } from "../skeleton.js";
import { type StripOptions, stripPicture } from "../strip.js";
import { namedView, type SignedAxis, type ViewName } from "../view.js";
import type { Drawable, Moment } from "./drawable.js";

type SkeletonStyle = Pick<SkeletonOptions, "threshold" | "colours" | "lineWidth" | "pointRadius" | "fade">;

export interface DrawOptions extends WorkOptions, SkeletonStyle, Omit<StripOptions, "imageOptions"> {
  /** Numbers of frames, side by side where they are several. Default: the first in which there is anything, of the first hundred. */
  readonly frames?: readonly number[] | undefined;
  /** The convention of so many keypoints, with the name that the file gives it, if any. Without one there are no lines. */
  readonly convention?: ((keypoints: number, name: string | undefined) => Promise<Convention | undefined>) | undefined;
  /** From where what is in space is seen. Default `front`. */
  readonly view?: ViewName | undefined;
  /** The direction that is up in space. Default: what the schema says, else `-y`. */
  readonly up?: SignedAxis | undefined;
  /** The image below keypoints whose unit is its pixel. */
  readonly image?: NdArray | undefined;
  readonly imageOptions?: DisplayOptions | undefined;
}

/** A picture, and what is in it. */
export interface Drawn {
  readonly picture: Picture;
  readonly frames: readonly number[];
  /** Keypoints of a person, and the convention that gave them lines. */
  readonly keypoints?: number | undefined;
  readonly convention?: string | undefined;
  /** Whether anything is to be seen. */
  readonly empty: boolean;
}

const naming = later(() => import("./motion.js"));

/** How many frames are looked through for one in which there is anything. */
const LOOKED_THROUGH = 100;

/**
 * A picture of frames of a drawable; of an image without frames the image. Throws `FormatError` as reading does, `RangeError` for
 * a frame that there is not.
 */
export async function drawDrawable(drawable: Drawable, options: DrawOptions = {}): Promise<Drawn> {
  const { frames = { first: 0, count: 1 } } = drawable;
  const outside = options.frames?.find((frame) => !(frame >= frames.first && frame < frames.first + frames.count));
  if (outside !== undefined) {
    const last = frames.first + frames.count - 1;
    const there = frames.count > 0 ? `frames ${frames.first} to ${last}` : "no frames";
    throw new RangeError(`there is no frame ${outside}: ${drawable.path} has ${there}`);
  }
  const { wanted, moments } = await momentsOf(drawable, options);
  if (drawable.kind === "image") return drawImages(drawable, moments, wanted, options);
  const [some] = moments.filter((moment) => moment !== undefined);
  const places = drawable.kind === "keypoints" ? some?.values.shape.at(-2) : undefined;
  const stated = places === undefined ? undefined : drawable.convention(places);
  const keypoints = stated?.keypoints ?? places;
  const convention = await conventionFor(drawable, keypoints, stated?.name, options);
  const figures = moments.map((moment) => {
    const used = moment && keypoints !== places ? firstKeypoints(moment, keypoints as number) : moment;
    return used ? [figureOf(drawable, used, convention, options)] : [];
  });
  const common = { ...(drawable.imageSize && { fit: drawable.imageSize }), ...options };
  return {
    picture: pictureOf(figures, wanted, drawable, common),
    frames: drawable.frames ? wanted : [],
    ...(keypoints !== undefined && { keypoints }),
    ...(convention && { convention: convention.name }),
    empty: figures.flat().every(({ box }) => box === undefined),
  };
}

/** The convention of the keypoints: the one that is stated, or of those that they may have the one that fits. */
async function conventionFor(
  { layer }: Drawable,
  keypoints: number | undefined,
  name: string | undefined,
  { convention: find }: DrawOptions,
): Promise<Convention | undefined> {
  if (keypoints === undefined || !find) return undefined;
  if (!layer) return find(keypoints, name);
  const { layerConvention } = await naming();
  return (await layerConvention(layer, (one) => find(keypoints, one))) ?? find(keypoints, undefined);
}

interface Moments {
  readonly wanted: readonly number[];
  readonly moments: readonly (Moment | undefined)[];
}

async function momentsOf(drawable: Drawable, options: DrawOptions): Promise<Moments> {
  const { signal, onProgress } = options;
  const { frames = { first: 0, count: 1 } } = drawable;
  const wanted = options.frames ?? (frames.count > 0 ? [frames.first] : []);
  const moments = await drawable.load(wanted, { signal, onProgress });
  if (options.frames || drawable.kind === "image" || moments.some((moment) => isSeen(drawable, moment)))
    return { wanted, moments };
  const count = Math.min(LOOKED_THROUGH, frames.count) - 1;
  const later = Array.from({ length: Math.max(0, count) }, (_, at) => frames.first + 1 + at);
  const found = await drawable.load(later, { signal, onProgress });
  const at = found.findIndex((moment) => isSeen(drawable, moment));
  return at < 0 ? { wanted, moments } : { wanted: [later[at] as number], moments: [found[at]] };
}

function isSeen(drawable: Drawable, moment: Moment | undefined): boolean {
  return moment !== undefined && figureOf(drawable, moment, undefined, {}).box !== undefined;
}

/** Without places at the end that the convention does not use. */
function firstKeypoints({ values, confidence, people }: Moment, count: number): Moment {
  const before = (array: NdArray, axes: number): null[] => new Array<null>(array.ndim - axes).fill(null);
  return {
    people,
    values: values.slice(...before(values, 2), [0, count]),
    ...(confidence && { confidence: confidence.slice(...before(confidence, 1), [0, count]) }),
  };
}

function figureOf(
  drawable: Drawable,
  { values, confidence, people }: Moment,
  convention: Convention | undefined,
  options: DrawOptions,
): Figure {
  const { up = drawable.up } = options;
  const forward = options.up === undefined ? drawable.forward : undefined;
  const view = namedView(options.view ?? "front", { up, forward });
  if (drawable.kind === "points") {
    const { pointRadius, background } = options;
    return pointCloudFigure(values, { view, pointRadius, haze: background === "none" ? undefined : background });
  }
  const { threshold, colours, lineWidth, pointRadius, fade } = options;
  const style = { threshold, colours, lineWidth, pointRadius, fade };
  return skeletonFigure(values, {
    ...style,
    view,
    convention,
    confidence,
    people,
    dimensions: drawable.dimensions,
  });
}

function pictureOf(
  figures: readonly (readonly Figure[])[],
  frames: readonly number[],
  drawable: Drawable,
  options: DrawOptions,
): Picture {
  const { image } = options;
  if (figures.length <= 1) return figurePicture(figures[0] ?? [], frameOptions(options));
  const cells = figures.map((drawn, at) => ({
    figures: drawn,
    image,
    ...(drawable.frames && { title: `${frames[at]}` }),
  }));
  return stripPicture(cells, options);
}

function frameOptions(options: DrawOptions): FrameOptions {
  const { size, fit, margin, background, image, imageOptions, title } = options;
  return { size, fit, margin, background, image, imageOptions, title };
}

function drawImages(
  drawable: Drawable,
  moments: readonly (Moment | undefined)[],
  frames: readonly number[],
  options: DrawOptions,
): Drawn {
  const images = moments.flatMap((moment, at) => (moment ? [{ image: moment.values, frame: frames[at] }] : []));
  const imageOptions = { as: drawable.meaning };
  const { size, background, title, columns } = options;
  const [only] = images;
  const picture =
    images.length === 1 && only
      ? figurePicture([], { size, background, title, image: only.image, imageOptions })
      : contactSheet(
          images.map(({ image, frame }) => ({ image, imageOptions, title: `${frame}` })),
          { size, background, title, columns },
        );
  return { picture, frames: drawable.frames ? frames : [], empty: images.length === 0 };
}
