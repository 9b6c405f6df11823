import type { Colour } from "../colour.js";
import type { Canvas, Region } from "./canvas.js";

/** A line with round ends; a disc where both ends are one. */
export interface Capsule {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly radius: number;
}

/**
 * Fills a capsule with smooth edges: a pixel is covered by how far its centre is inside of the edge. Thinner than a pixel,
 * it fades instead of falling apart. Takes time by the pixels that it covers within the region, however far it goes.
 */
export function fillCapsule(canvas: Canvas, region: Region, shape: Capsule, fill: Colour, opacity: number): void {
  const { radius } = shape;
  const drawn = Math.max(radius, 0.5);
  const strength = opacity * Math.min(1, radius / 0.5);
  const reach = drawn + 0.5;
  const axis = clippedAxis(shape, region, reach);
  if (!axis || !(strength > 0)) return;
  const [x1, y1, x2, y2] = axis;
  const [dx, dy] = [x2 - x1, y2 - y1];
  const square = dx * dx + dy * dy;
  const [red, green, blue] = fill;
  const top = Math.max(region.top, Math.floor(Math.min(y1, y2) - reach));
  const bottom = Math.min(region.bottom, Math.ceil(Math.max(y1, y2) + reach));
  for (let y = top; y < bottom; y++) {
    const cy = y + 0.5;
    // The part of the axis that is near enough to this line.
    const first = dy === 0 ? 0 : (cy - reach - y1) / dy;
    const last = dy === 0 ? 1 : (cy + reach - y1) / dy;
    const xa = x1 + dx * unit(Math.min(first, last));
    const xb = x1 + dx * unit(Math.max(first, last));
    const left = Math.max(region.left, Math.floor(Math.min(xa, xb) - reach));
    const right = Math.min(region.right, Math.ceil(Math.max(xa, xb) + reach));
    for (let x = left; x < right; x++) {
      const cx = x + 0.5;
      const along = square === 0 ? 0 : unit(((cx - x1) * dx + (cy - y1) * dy) / square);
      const distance = Math.hypot(cx - x1 - along * dx, cy - y1 - along * dy);
      const share = Math.min(1, drawn + 0.5 - distance);
      if (share > 0) canvas.blend(x, y, red, green, blue, share * strength);
    }
  }
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/**
 * The part of the axis that can show in a region (Liang and Barsky), so that far coordinates cost neither time nor
 * precision; undefined when nothing can.
 */
function clippedAxis(
  { from, to }: Capsule,
  { left, top, right, bottom }: Region,
  reach: number,
): readonly [x1: number, y1: number, x2: number, y2: number] | undefined {
  const [x, y] = from;
  const [dx, dy] = [to[0] - x, to[1] - y];
  if (![x, y, dx, dy, reach].every(Number.isFinite)) return undefined;
  let [start, end] = [0, 1];
  const edges = [
    [-dx, x - (left - reach)],
    [dx, right + reach - x],
    [-dy, y - (top - reach)],
    [dy, bottom + reach - y],
  ] as const;
  for (const [speed, room] of edges) {
    if (speed === 0) {
      if (room < 0) return undefined;
    } else if (speed < 0) start = Math.max(start, room / speed);
    else end = Math.min(end, room / speed);
  }
  return start > end ? undefined : [x + start * dx, y + start * dy, x + end * dx, y + end * dy];
}
