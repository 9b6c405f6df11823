import { FormatError } from "../errors.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { type Colour, distinctColour, mixed, WHITE } from "./colour.js";
import { boxOf, type Figure, type Placement, type Points } from "./figure.js";
import { hasPlace, planePoints, type Rows, rowsOf } from "./points.js";
import type { DotsMark, Mark } from "./scene.js";
import { namedView, type View } from "./view.js";

export interface PointCloudOptions {
  /** From where points in space are seen. Default: from the front, y being down. */
  readonly view?: View | undefined;
  /** Pixels. Default: from 1 to 3, the more the fewer points there are. */
  readonly pointRadius?: number | undefined;
  /** What points fade into that are far away. Default white. */
  readonly haze?: Colour | undefined;
  /** Of more points than this only some are drawn, evenly picked. Default 200 000. */
  readonly most?: number | undefined;
}

/** Steps from near to far that have colours of their own. */
const STEPS = 16;
/** How much of the haze is in the colour of the farthest point. */
const HAZE = 0.75;

/**
 * Points, each person in a colour of its own, the near ones over the far ones and stronger. `vertices` is (…, people, points,
 * coordinates), of one person also (points, coordinates); two coordinates or more, of which three count. Points that are
 * not numbers are left out. Throws `FormatError` `mismatch` for other arrays.
 */
export function pointCloudFigure(vertices: NdArray, options: PointCloudOptions = {}): Figure {
  const { ndim, shape } = vertices;
  const [perPerson = 0, width = 0] = shape.slice(-2);
  if (ndim < 2 || width < 2)
    throw new FormatError("mismatch", `points of two or three coordinates expected, found (${shape.join(", ")})`);
  const dimensions = width >= 3 ? 3 : 2;
  const rows = rowsOf(vertices, "points");
  const view = dimensions === 3 ? (options.view ?? namedView("front")) : undefined;
  const points = planePoints(rows, seenOf(rows, dimensions, options.most ?? 200_000), view);
  const radius = options.pointRadius ?? Math.min(3, Math.max(1, 40 / Math.sqrt(rows.count)));
  const groups = grouped(points, perPerson, options.haze ?? WHITE);
  return { box: boxOf(points), marks: (placement) => marksOf(points, groups, placement, radius) };
}

function seenOf(rows: Rows, dimensions: number, most: number): Uint8Array {
  const step = Math.max(1, Math.ceil(rows.count / Math.max(1, most)));
  const seen = new Uint8Array(rows.count);
  for (let row = 0; row < rows.count; row += step) if (hasPlace(rows, row, dimensions)) seen[row] = 1;
  return seen;
}

/** Points that are drawn alike. */
interface Group {
  readonly fill: Colour;
  readonly indices: readonly number[];
}

/** All points that are seen, the farthest first. */
function grouped({ count, depths, seen }: Points, perPerson: number, haze: Colour): readonly Group[] {
  const [nearest, farthest] = rangeOf(depths, seen);
  const groups = new Map<number, number[]>();
  const people = Math.max(1, Math.ceil(count / Math.max(1, perPerson)));
  for (let at = 0; at < count; at++) {
    if (seen[at] === 0) continue;
    const share = depths && farthest > nearest ? ((depths[at] as number) - nearest) / (farthest - nearest) : 0;
    const step = Math.min(STEPS - 1, Math.floor(share * STEPS));
    const key = (STEPS - 1 - step) * people + Math.floor(at / perPerson);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([key, indices]) => {
      const step = STEPS - 1 - Math.floor(key / people);
      return { fill: mixed(distinctColour(key % people), haze, (HAZE * step) / (STEPS - 1)), indices };
    });
}

function rangeOf(depths: Float64Array | undefined, seen: Uint8Array): readonly [nearest: number, farthest: number] {
  let [nearest, farthest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [at, depth] of depths?.entries() ?? []) {
    if (seen[at] === 0) continue;
    nearest = Math.min(nearest, depth);
    farthest = Math.max(farthest, depth);
  }
  return [nearest, farthest];
}

function marksOf(
  points: Points,
  groups: readonly Group[],
  { x, y, scale }: Placement,
  radius: number,
): readonly Mark[] {
  return groups.map(({ fill, indices }): DotsMark => {
    const places = new Float64Array(2 * indices.length);
    for (const [to, from] of indices.entries()) {
      places[2 * to] = x + scale * (points.places[2 * from] as number);
      places[2 * to + 1] = y + scale * (points.places[2 * from + 1] as number);
    }
    return { kind: "dots", points: places, radius, fill };
  });
}
