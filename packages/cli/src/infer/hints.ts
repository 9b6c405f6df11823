import type { Conventions } from "../verbs/verb.js";
import type { SeenArray } from "./seen.js";

/** Keys of arrays that hold where keypoints are, in whatever data set. */
export const KEYPOINTS: RegExp = /key_?points?|joints?|landmarks?|pose(?:s_?)?[23]d|^kps?[0-9]*d?$|skeleton|markers?/i;
export const VERTICES: RegExp = /vert(?:s|ex|ices)/i;

/** Fewer points than that are anything. */
const FEWEST = 5;
/** So many conventions of one size are named; of the others it is said how many there are. */
const MOST_NAMED = 4;

/**
 * What an array may be to people who move, as a comment for whoever edits the schema: a guess that only they can confirm.
 * Undefined for arrays that do not look like keypoints.
 */
export function keypointHint(
  { shapes }: SeenArray,
  key: string,
  conventions: Conventions["entries"],
): string | undefined {
  const [shape = []] = shapes;
  const axis = shape.length - 2;
  const [count, columns] = [shape[axis] ?? 0, shape[axis + 1] ?? 0];
  const isPoints = axis >= 0 && count >= FEWEST && columns >= 2 && columns <= 4;
  const isFixed = shapes.every((other) => other[axis] === count && other[axis + 1] === columns);
  if (!isPoints || !isFixed || !KEYPOINTS.test(key)) return undefined;
  const names = conventions.filter(({ size }) => size === count).map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return `perhaps ${count} keypoints of a convention of your own`;
  const mark = { part: "keypoints", channels: channelsOf(columns, key), ...(columns === 2 && { space: "image" }) };
  const others = names.slice(1, MOST_NAMED).join(", ");
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  const also = others === "" ? "" : ` (or ${others}${more}, which have ${count} too)`;
  const keypoints = JSON.stringify({ axis, convention: first });
  return `perhaps "keypoints": ${keypoints}${also}, "motion": ${JSON.stringify(mark)}`;
}

function channelsOf(columns: number, key: string): readonly string[] {
  if (columns === 2) return ["x", "y"];
  if (columns === 4) return ["x", "y", "z", "confidence"];
  return /2d|openpose|detection/i.test(key) ? ["x", "y", "confidence"] : ["x", "y", "z"];
}

/** What three arrays of an object may be together. */
export const SPARSE_HINT =
  'perhaps a matrix of which only what is not zero is stored: see "sparse"; nothing beside the three says how many columns it has';
