import type { Colour } from "../colour.js";
import { type Canvas, overlap, type Region } from "./canvas.js";

type Point = readonly [x: number, y: number];

/**
 * Fills the area within a polygon, each pixel by the share of it that is inside. Each edge adds to every pixel what it
 * shadows to its right, which summed up along a line is the area; so time goes by the lines that the polygon crosses.
 */
export function fillPolygon(
  canvas: Canvas,
  region: Region,
  points: readonly Point[],
  fill: Colour,
  opacity: number,
): void {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  if (points.length < 3 || ![...xs, ...ys].every(Number.isFinite)) return;
  const box = {
    left: Math.floor(xs.reduce((a, b) => Math.min(a, b))),
    top: Math.floor(ys.reduce((a, b) => Math.min(a, b))),
    right: Math.ceil(xs.reduce((a, b) => Math.max(a, b))),
    bottom: Math.ceil(ys.reduce((a, b) => Math.max(a, b))),
  };
  const seen = overlap(region, box);
  const width = seen.right - seen.left;
  if (width <= 0 || seen.bottom <= seen.top) return;
  const [red, green, blue] = fill;
  const shadows = new Float64Array(width + 1);
  for (let y = seen.top; y < seen.bottom; y++) {
    shadows.fill(0);
    for (let at = 0; at < points.length; at++)
      castEdge(shadows, points[at] as Point, points[(at + 1) % points.length] as Point, seen.left, y);
    let inside = 0;
    for (let x = 0; x < width; x++) {
      inside += shadows[x] as number;
      const share = Math.min(1, Math.abs(inside)) * opacity;
      if (share > 1 / 512) canvas.blend(seen.left + x, y, red, green, blue, share);
    }
  }
}

/** What an edge adds to the pixels of line `y`, of which the first is at `left`: all of its height to those right of it. */
function castEdge(shadows: Float64Array, from: Point, to: Point, left: number, y: number): void {
  const sign = to[1] > from[1] ? 1 : -1;
  const [upper, lower] = sign > 0 ? [from, to] : [to, from];
  const start = Math.max(upper[1], y);
  const stop = Math.min(lower[1], y + 1);
  if (stop <= start) return;
  const slope = (lower[0] - upper[0]) / (lower[1] - upper[1]);
  const at = (height: number): number => upper[0] + (height - upper[1]) * slope - left;
  castPiece(shadows, at(start), at(stop), sign * (stop - start));
}

/** The piece of an edge from x = `a` to x = `b`, which goes down `height` of the line. */
function castPiece(shadows: Float64Array, a: number, b: number, height: number): void {
  const last = shadows.length - 1;
  const [near, far] = [Math.min(a, b), Math.max(a, b)];
  // What is right of the region shadows nothing in it, what is left of it all.
  if (near >= last) return;
  if (far <= 0) {
    add(shadows, 0, height);
    return;
  }
  for (const side of [0, last]) {
    if (near >= side || far <= side) continue;
    const share = (side - near) / (far - near);
    castPiece(shadows, near, side, height * share);
    castPiece(shadows, side, far, height * (1 - share));
    return;
  }
  const first = Math.floor(near);
  if (far <= first + 1) {
    const share = height * (first + 1 - (near + far) / 2);
    add(shadows, first, share);
    add(shadows, first + 1, height - share);
    return;
  }
  const perPixel = height / (far - near);
  let summed = 0;
  let before = 0;
  const end = Math.ceil(far);
  for (let x = first; x < end; x++) {
    const [enter, leave] = [Math.max(near, x), Math.min(far, x + 1)];
    const entered = (leave - enter) * perPixel;
    // What came in before covers the whole pixel; what comes in here, the part right of its middle.
    const area = summed + entered * (x + 1 - (enter + leave) / 2);
    add(shadows, x, area - before);
    before = area;
    summed += entered;
  }
  add(shadows, end, summed - before);
}

function add(shadows: Float64Array, at: number, share: number): void {
  if (at < shadows.length) shadows[at] = (shadows[at] as number) + share;
}
