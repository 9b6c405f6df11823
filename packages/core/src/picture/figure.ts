import type { Mark } from "./scene.js";

/** A rectangle in the plane of a picture, in the unit of the data. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the plane is on the pixels: `at + scale * (x, y)`. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Something to be drawn whose place on the pixels is still open. */
export interface Figure {
  /** What it takes of the plane; undefined when there is nothing to see. */
  readonly box: Box | undefined;
  marks(placement: Placement): readonly Mark[];
}

/** Points in the plane. */
export interface Points {
  readonly count: number;
  /** x and y of each. */
  readonly places: Float64Array;
  /** How far each is away from the viewer; undefined in a plane. */
  readonly depths: Float64Array | undefined;
  /** 1 for each that is there. */
  readonly seen: Uint8Array;
}

/** So many times as far from the middle as half of the points are, a point is an accident and not part of a body. */
const ACCIDENT = 100;

/** The smallest rectangle around all points that are there, but for those that lie beyond all others. */
export function boxOf(points: Points): Box | undefined {
  const { places, seen } = points;
  const shown: number[] = [];
  for (let at = 0; at < points.count; at++) if (seen[at] === 1) shown.push(at);
  const middle = [0, 1].map((axis) => median(shown.map((at) => places[2 * at + axis] as number)));
  const [x = 0, y = 0] = middle;
  const distances = shown.map((at) =>
    Math.max(Math.abs((places[2 * at] as number) - x), Math.abs((places[2 * at + 1] as number) - y)),
  );
  const usual = median(distances);
  const kept = shown.filter((_, at) => usual === 0 || (distances[at] as number) <= ACCIDENT * usual);
  return joinedBox(
    kept.map((at) => {
      const [left, top] = [places[2 * at] as number, places[2 * at + 1] as number];
      return { left, top, right: left, bottom: top };
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

/** The smallest rectangle around several. */
export function joinedBox(boxes: readonly (Box | undefined)[]): Box | undefined {
  const drawn = boxes.filter((box) => box !== undefined);
  if (drawn.length === 0) return undefined;
  return drawn.reduce((all, box) => ({
    left: Math.min(all.left, box.left),
    top: Math.min(all.top, box.top),
    right: Math.max(all.right, box.right),
    bottom: Math.max(all.bottom, box.bottom),
  }));
}

/** Puts the middle of a rectangle of the plane into the middle of so many pixels, as large as it fits. */
export function placementFor(
  box: Box | undefined,
  size: { readonly width: number; readonly height: number },
  margin: number,
): Placement {
  const [width, height] = [Math.max(1, size.width - 2 * margin), Math.max(1, size.height - 2 * margin)];
  if (!box) return { x: size.width / 2, y: size.height / 2, scale: 1 };
  // Halves, as the difference of two numbers may be larger than any.
  const across = box.right / 2 - box.left / 2;
  const down = box.bottom / 2 - box.top / 2;
  const fitting = Math.min(width / 2 / across, height / 2 / down);
  const scale = Number.isFinite(fitting) && fitting > 0 ? fitting : across + down > 0 ? Number.MIN_VALUE : 1;
  const middle = { x: box.left + across, y: box.top + down };
  return { x: size.width / 2 - scale * middle.x, y: size.height / 2 - scale * middle.y, scale };
}
