import type { Convention, Limb } from "../conventions/convention.js";
import { flipPairs } from "../conventions/mirror.js";
import { keypointPositions } from "../conventions/names.js";
import { type Colour, distinctColour } from "./colour.js";

/** What colours tell apart. */
export type ColourBy = "side" | "part" | "person";

/** A line between two keypoints, with the colour that it has. */
export interface DrawnLimb {
  readonly from: number;
  readonly to: number;
  readonly colour: Colour;
}

const LEFT: Colour = [0, 114, 178];
const RIGHT: Colour = [213, 94, 0];
const MIDDLE: Colour = [90, 90, 90];

/**
 * The limbs of a convention that states none of its own, after those of another one whose keypoints have the same names: of
 * those given, the one that has most of them, and among these the first. A convention with limbs is left as it is, and so
 * is one that nobody can lend any.
 */
export function borrowLimbs(convention: Convention, lenders: Iterable<Convention>): Convention {
  if (convention.limbs.length > 0) return convention;
  const { current } = keypointPositions(convention);
  let limbs: readonly Limb[] = [];
  for (const lender of lenders) {
    const common = lender.limbs.flatMap((limb) => {
      const edges = limb.edges.filter(([from, to]) => current.has(from) && current.has(to));
      return edges.length === 0 ? [] : [{ ...limb, edges }];
    });
    if (edgeCount(common) > edgeCount(limbs)) limbs = common;
  }
  return limbs.length === 0 ? convention : { ...convention, limbs };
}

function edgeCount(limbs: readonly Limb[]): number {
  return limbs.reduce((count, { edges }) => count + edges.length, 0);
}

/** The lines of a convention in the order of drawing. Limbs that name keypoints which it does not have are left out. */
export function drawnLimbs(convention: Convention | undefined, by: ColourBy, person: number): readonly DrawnLimb[] {
  if (!convention) return [];
  const { current } = keypointPositions(convention);
  const sides = keypointColours(convention, by, person);
  const parts = [...new Set(convention.limbs.map(({ part = "" }) => part))];
  return convention.limbs.flatMap(({ part = "", color, edges }) =>
    edges.flatMap(([first, second]) => {
      const [from, to] = [current.get(first), current.get(second)];
      if (from === undefined || to === undefined) return [];
      const own = sides[from] === MIDDLE ? sides[to] : sides[from];
      const colour = by === "part" ? (color ?? distinctColour(parts.indexOf(part))) : (own as Colour);
      return [{ from, to, colour }];
    }),
  );
}

/** A colour for each keypoint: by the side of the body that it is on, by the first part that it belongs to, or one for all. */
export function keypointColours(convention: Convention, by: ColourBy, person: number): readonly Colour[] {
  const { keypoints } = convention;
  if (by === "person") return keypoints.map(() => distinctColour(person));
  if (by === "part") {
    const first = keypoints.map(({ parts = [] }) => parts[0] ?? "");
    const parts = [...new Set(first)];
    return first.map((part) => distinctColour(parts.indexOf(part)));
  }
  const colours: Colour[] = keypoints.map(() => MIDDLE);
  for (const [left, right] of flipPairs(convention)) {
    colours[left] = LEFT;
    colours[right] = RIGHT;
  }
  return colours;
}
