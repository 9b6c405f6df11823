import type { BoundingBox } from "./datagen.types.gen.js";
import { mismatch } from "./failure.js";
import type { KeypointSet } from "./keypoints.js";

/** First and last rows (x) and columns (y). */
export type Extent = Pick<BoundingBox, "min_x" | "min_y" | "max_x" | "max_y">;

/** A box as boxes usually are. Pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The box of a `face_bounding_box.json`, whose x are ROWS and y COLUMNS. Throws `FormatError` `mismatch` for a box whose end is before its start. */
export function boxOf({ min_x, min_y, max_x, max_y }: Extent): Box {
  const box = { left: min_y, top: min_x, width: max_y - min_y, height: max_x - min_x };
  if (box.width >= 0 && box.height >= 0) return box;
  throw mismatch(`rows ${min_x} to ${max_x} and columns ${min_y} to ${max_y} are no box`, "");
}

/** The bounding box that the files have: the rounded extent of the 468 dense points of the face. */
export function boundingBoxOf({ rowColumn }: KeypointSet): Extent {
  const rows: number[] = [];
  const columns: number[] = [];
  const places = [...rowColumn];
  for (let i = 0; i < places.length; i += 2) {
    rows.push(Math.round(places[i] as number));
    columns.push(Math.round(places[i + 1] as number));
  }
  return {
    min_x: Math.min(...rows),
    min_y: Math.min(...columns),
    max_x: Math.max(...rows),
    max_y: Math.max(...columns),
  };
}
