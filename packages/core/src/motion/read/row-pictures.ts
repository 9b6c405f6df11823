import type { MotionPart } from "../../layout/layout.js";
import type { ImageId, MotionInfo, MotionWindow } from "../motion.js";
import { wholeNumber } from "./place.js";

/** What rows say of their images, each for itself. */
export interface RowPictures {
  readonly paths: readonly (string | undefined)[] | undefined;
  readonly ids: readonly (ImageId | undefined)[] | undefined;
  readonly sizes: readonly MotionInfo["imageSize"][] | undefined;
  /** What nothing could be made of, in words. */
  readonly dropped: readonly string[];
}

/** What rows say of their images, by the columns that play the parts. */
export async function rowPictures(
  column: (part: MotionPart) => Promise<readonly unknown[] | undefined>,
): Promise<RowPictures> {
  const paths = await column("image-path");
  const ids = (await column("image-id"))?.map(imageIdOf);
  const [heights, widths] = [await column("image-height"), await column("image-width")];
  return {
    paths: paths?.map((path) => (typeof path === "string" && path !== "" ? path : undefined)),
    ids,
    sizes: heights && widths && heights.map((height, row) => sizeOf(height, widths[row])),
    dropped: ids?.includes(undefined) ? ["ids of images that are neither numbers nor text"] : [],
  };
}

function sizeOf(height: unknown, width: unknown): MotionInfo["imageSize"] {
  const [rows, columns] = [wholeNumber(height), wholeNumber(width)];
  return rows === undefined || columns === undefined ? undefined : [rows, columns];
}

/** A number or a text that an image is known by; undefined for anything else. */
function imageIdOf(value: unknown): ImageId | undefined {
  return typeof value === "string" && value !== "" ? value : wholeNumber(value);
}

/** Height and width of the images of some rows, where they are the same for all of them. */
export function commonSize(
  { sizes }: RowPictures,
  { start, stop }: { readonly start: number; readonly stop: number },
): MotionInfo["imageSize"] {
  const first = sizes?.[start];
  const isOne = sizes?.slice(start, stop).every((size) => size?.join() === first?.join());
  return isOne ? first : undefined;
}

/** What is said of the images of a window's frames by the rows that are in them. */
export function picturesOf(
  { paths, ids, sizes }: RowPictures,
  frames: number,
  rows: readonly (readonly [row: number, frame: number])[],
): Pick<MotionWindow, "imagePaths" | "imageIds" | "imageSizes"> {
  const column = <T>(values: readonly (T | undefined)[] | undefined): readonly (T | undefined)[] | undefined => {
    if (!values) return undefined;
    const said = new Array<T | undefined>(frames).fill(undefined);
    for (const [row, frame] of rows) said[frame] = values[row];
    return said;
  };
  return { imagePaths: column(paths), imageIds: column(ids), imageSizes: column(sizes) };
}
