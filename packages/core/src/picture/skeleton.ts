import type { Convention } from "../conventions/convention.js";
import { FormatError } from "../errors.js";
import type { NdArray } from "../ndarray/ndarray.js";
import { type Colour, distinctColour } from "./colour.js";
import { boxOf, type Figure, joinedBox, type Placement, type Points } from "./figure.js";
import { type ColourBy, drawnLimbs, keypointColours } from "./limbs.js";
import { hasPlace, planePoints, type Rows, rowsOf } from "./points.js";
import type { Mark } from "./scene.js";
import { namedView, type View } from "./view.js";

export interface SkeletonOptions {
  /** Names of the keypoints, and the lines between them. Without it there are points only. */
  readonly convention?: Convention | undefined;
  /**
   * How many of the last axis are coordinates; the one behind them is the confidence. Default: 3 where there are four or more, else 2.
   */
  readonly dimensions?: 2 | 3 | undefined;
  /** Confidence of each keypoint, (people, keypoints); that of the last axis when left out. */
  readonly confidence?: NdArray | undefined;
  /** Keypoints are shown that are surer than this. Default 0. */
  readonly threshold?: number | undefined;
  /** From where keypoints in space are seen. Default: from the front, y being down. */
  readonly view?: View | undefined;
  /** Default: `side` for one person, `person` for several. */
  readonly colours?: ColourBy | undefined;
  /** Pixels. Default 2. */
  readonly lineWidth?: number | undefined;
  /** Pixels. Default 2.5; 0 for lines only. */
  readonly pointRadius?: number | undefined;
  /** Whether what is less sure is paler. Default false. */
  readonly fade?: boolean | undefined;
  /** Numbers that give people their colours; their positions when left out. */
  readonly people?: readonly number[] | undefined;
  /** Written above each person. */
  readonly names?: readonly string[] | undefined;
}

/**
 * People as lines and points. `keypoints` is (people, keypoints, coordinates and, maybe, confidence), of one person also without
 * the first axis, of several images or the like with more axes in front. Keypoints that are not there are left out: NaN,
 * infinite, not sure enough; all zeros where that is what a missing one is stored as (those in a plane, and people in space
 * of whom there is nothing else).
 *
 * Throws `FormatError` `mismatch` for arrays of other shapes, and for a convention with another number of keypoints.
 */
export function skeletonFigure(keypoints: NdArray, options: SkeletonOptions = {}): Figure {
  const people = peopleOf(keypoints, options);
  const box = joinedBox(people.map(({ points }) => boxOf(points)));
  const by = options.colours ?? (people.length > 1 ? "person" : "side");
  return { box, marks: (placement) => people.flatMap((person) => personMarks(person, by, placement, options)) };
}

interface Person {
  /** Its number, for colours, and its name. */
  readonly number: number;
  readonly name: string | undefined;
  readonly points: Points;
  /** From 0 to 1, of each keypoint. */
  readonly sure: Float64Array;
}

function peopleOf(keypoints: NdArray, options: SkeletonOptions): readonly Person[] {
  const { ndim, shape } = keypoints;
  const [count = 0, width = 0] = shape.slice(-2);
  const { convention, dimensions = width >= 4 ? 3 : 2 } = options;
  if (ndim < 2 || width < dimensions)
    throw new FormatError("mismatch", `keypoints of ${dimensions} coordinates expected, found (${shape.join(", ")})`);
  if (convention && convention.keypoints.length !== count)
    throw new FormatError("mismatch", `${count} keypoints, but ${convention.name} has ${convention.keypoints.length}`);
  const all = rowsOf(keypoints, "keypoints");
  const sure = surenessOf(all, dimensions, options.confidence);
  const people: Person[] = [];
  for (let start = 0; start < all.count; start += count) {
    const data = all.data.subarray(start * width, (start + count) * width) as Rows["data"];
    const rows: Rows = { data, count, width };
    const own = sure.subarray(start, start + count);
    const seen = seenOf(rows, dimensions, own, options.threshold ?? 0);
    const view = dimensions === 3 ? (options.view ?? namedView("front")) : undefined;
    const [number, name] = [options.people?.[people.length] ?? people.length, options.names?.[people.length]];
    people.push({ number, name, points: planePoints(rows, seen, view), sure: own });
  }
  return people;
}

/** Confidences of all rows; 1 where nobody states one. */
function surenessOf(rows: Rows, dimensions: number, separate: NdArray | undefined): Float64Array {
  const sure = new Float64Array(rows.count).fill(1);
  if (separate) {
    const { data, count, width } = rowsOf(separate, "confidences");
    if (count * width !== rows.count)
      throw new FormatError("mismatch", `${count * width} confidences for ${rows.count} keypoints`);
    sure.set(data);
  } else if (rows.width > dimensions) {
    for (let row = 0; row < rows.count; row++) sure[row] = rows.data[row * rows.width + dimensions] as number;
  }
  return sure;
}

function seenOf(rows: Rows, dimensions: number, sure: Float64Array, threshold: number): Uint8Array {
  const { data, count, width } = rows;
  const seen = new Uint8Array(count);
  const isZero = (row: number): boolean => data.subarray(row * width, row * width + dimensions).every((x) => x === 0);
  const zeros = Array.from(seen, (_, row) => isZero(row));
  const nobody = zeros.every((zero) => zero);
  for (let row = 0; row < count; row++) {
    // In space the origin is a place like any other, such as that of the pelvis.
    const missing = dimensions === 2 ? zeros[row] : nobody;
    if (!missing && (sure[row] as number) > threshold && hasPlace(rows, row, dimensions)) seen[row] = 1;
  }
  return seen;
}

function personMarks(
  { points, sure, number: person, name }: Person,
  by: ColourBy,
  { x, y, scale }: Placement,
  options: SkeletonOptions,
): readonly Mark[] {
  const { convention, lineWidth = 2, pointRadius = 2.5, fade = false } = options;
  const at = (index: number): readonly [number, number] => [
    x + scale * (points.places[2 * index] as number),
    y + scale * (points.places[2 * index + 1] as number),
  ];
  const paleness = (value: number): { readonly opacity?: number } =>
    fade && value < 1 ? { opacity: Math.max(0, Math.round(value * 100) / 100) } : {};
  const lines = drawnLimbs(convention, by, person)
    .filter(({ from, to }) => points.seen[from] === 1 && points.seen[to] === 1)
    .map(({ from, to, colour: stroke }): Mark => {
      const least = Math.min(sure[from] as number, sure[to] as number);
      return { kind: "line", from: at(from), to: at(to), stroke, width: lineWidth, ...paleness(least) };
    });
  const colours = convention ? keypointColours(convention, by, person) : [];
  const discs: Mark[] = [];
  for (let index = 0; index < points.count && pointRadius > 0; index++) {
    if (points.seen[index] === 0) continue;
    const fill = colours[index] ?? distinctColour(person);
    discs.push({
      kind: "circle",
      centre: at(index),
      radius: pointRadius,
      fill,
      ...paleness(sure[index] as number),
    });
  }
  return [...lines, ...discs, ...nameMarks(points, name, distinctColour(person), { x, y, scale })];
}

/** A name above the middle of what is seen. */
function nameMarks(
  points: Points,
  text: string | undefined,
  fill: Colour,
  { x, y, scale }: Placement,
): readonly Mark[] {
  const box = boxOf(points);
  if (text === undefined || !box) return [];
  const middle = x + scale * (box.left / 2 + box.right / 2);
  return [{ kind: "text", at: [middle, y + scale * box.top - 6], text, size: 11, fill, anchor: "middle" }];
}
