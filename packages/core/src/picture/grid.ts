import type { Colour } from "./colour.js";
import type { PictureSize } from "./frame.js";
import type { Mark } from "./scene.js";

/** Pixels between cells, and what a title above one takes. */
const GAP = 4;
export const TITLE_HEIGHT = 18;
const TITLE_SIZE = 11;

/** Cells of one size in rows. */
export interface Grid {
  readonly size: PictureSize;
  at(index: number): readonly [x: number, y: number];
}

export function gridOf(count: number, cell: PictureSize, columns: number): Grid {
  if (!(Number.isInteger(columns) && columns > 0)) throw new RangeError(`${columns} columns`);
  const across = Math.max(1, Math.min(count, columns));
  const down = Math.max(1, Math.ceil(count / across));
  return {
    size: { width: across * (cell.width + GAP) - GAP, height: down * (cell.height + GAP) - GAP },
    at: (index) => [(index % across) * (cell.width + GAP), Math.floor(index / across) * (cell.height + GAP)],
  };
}

/** The title of a cell, cut off where it would reach into the next one. */
export function titleMark(title: string | undefined, width: number, fill: Colour): readonly Mark[] {
  if (title === undefined) return [];
  const letters = [...title];
  const most = Math.max(1, Math.floor((width - 8) / (0.6 * TITLE_SIZE)));
  const text = letters.length <= most ? title : `${letters.slice(0, Math.max(0, most - 2)).join("")}..`;
  return [{ kind: "text", at: [4, 13], text, size: TITLE_SIZE, fill }];
}
