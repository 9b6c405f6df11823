import type { ArrayLayout, FieldLayout, MotionMark, SparseLayout } from "@somakit/core/gen/v1";
import type { Dataset } from "../ir.js";
import { didYouMean } from "../load/suggest.js";
import { isWhole } from "./kinds.js";
import type { LintContext } from "./rule.js";
import { inside, memberOf, resolved, type Visit } from "./walk.js";

/** The parts that values play in motion must be such that they can play. */
export function lintMotion(context: LintContext): void {
  for (const visit of context.visits) {
    const { motion } = visit.field.layout;
    if (!motion) continue;
    for (const { fault, way } of [
      ...partFaults(visit.field.layout, motion),
      ...ofFaults(visit, motion, context.dataset),
      ...listFaults(visit, motion, context),
    ])
      context.problems.error(inside(visit.field, "motion", ...way), fault);
  }
}

interface Fault {
  readonly fault: string;
  readonly way: readonly (string | number)[];
}

/** Parts that may name the keypoints that they belong to. */
const OF: ReadonlySet<MotionMark["part"]> = new Set(["confidence", "box", "labelled", "keypoint-count"]);

function partFaults(layout: FieldLayout, { part, channels, space, absent, of, value }: MotionMark): Fault[] {
  const isObject = part === "sequence" || part === "frame" || part === "person" || part === "category";
  const isPoints = part === "keypoints" || part === "vertices";
  const isNumbers = isPoints || part === "confidence";
  const array = layout.kind === "array" || layout.kind === "sparse" ? layout : undefined;
  const faults: Fault[] = [];
  if (isObject && layout.kind !== "object" && layout.kind !== "ref")
    faults.push({ fault: `a ${part} is an object`, way: ["part"] });
  const list = layout.kind === "list" ? layout : undefined;
  if (isNumbers && !array && !list) faults.push({ fault: `${part} are an array, or a list of numbers`, way: ["part"] });
  if (isPoints && !channels) faults.push({ fault: `${part} need "channels"`, way: [] });
  if ((part === "confidence" || part === "labelled") && of === undefined)
    faults.push({ fault: `${part === "labelled" ? '"labelled"' : "a confidence"} needs "of"`, way: ["of"] });
  if (of !== undefined && !OF.has(part))
    faults.push({ fault: '"of" is for a confidence, a box, and what is told by keypoints', way: ["of"] });
  if ((part === "constant") !== (value !== undefined))
    faults.push({
      fault: part === "constant" ? 'a constant needs "value"' : `"value" is for a constant`,
      way: ["value"],
    });
  for (const [name, stated] of Object.entries({ channels, space, absent }))
    if (
      !isPoints &&
      stated !== undefined &&
      !(part === "box" && name === "channels") &&
      !(part === "position" && name === "space")
    )
      faults.push({ fault: `"${name}" is for keypoints and vertices`, way: [name] });
  return [...faults, ...(array && channels && isPoints ? channelFaults(array, channels) : [])];
}

function channelFaults(
  layout: ArrayLayout | SparseLayout,
  channels: NonNullable<MotionMark["channels"]>,
): readonly Fault[] {
  const last = layout.shape.at(-1);
  const sizes = typeof last === "number" ? [last] : layout.kind === "array" && last ? layout.where?.[last] : undefined;
  const coordinates = channels.filter((channel) => channel !== "confidence" && channel !== "visibility").join("");
  const way = ["channels"];
  return [
    ...(sizes !== undefined && ![sizes].flat().includes(channels.length)
      ? [{ fault: `${channels.length} channels, but the last axis has ${[sizes].flat().join(" or ")}`, way }]
      : []),
    ...(coordinates === "xy" || coordinates === "xyz"
      ? []
      : [{ fault: "coordinates are x, y or x, y, z, in this order", way }]),
  ];
}

/** A confidence is that of keypoints beside it. */
function ofFaults({ owner }: Visit, { of }: MotionMark, dataset: Dataset): readonly Fault[] {
  if (of === undefined) return [];
  const found = owner && memberOf(owner.field, of);
  const keys = owner?.field.properties.map(({ key }) => key) ?? [];
  if (!found)
    return [{ fault: `"of" names ${JSON.stringify(of)}, which is not there${didYouMean(of, keys)}`, way: ["of"] }];
  const { layout } = resolved(found, dataset);
  return ["array", "sparse", "choice", "list"].includes(layout.kind)
    ? []
    : [{ fault: `"of" names ${JSON.stringify(of)}, which is no array`, way: ["of"] }];
}

/** What is said of lists of numbers, of names of keypoints and of names of frames, is said of nothing else. */
function listFaults({ field, owner }: Visit, motion: MotionMark, { dataset, counts }: LintContext): readonly Fault[] {
  const { part, after, points, conventions = [], spelled, template } = motion;
  const isSet = part === "points";
  const isList = (field.layout.kind === "list" && (part === "keypoints" || part === "vertices")) || isSet;
  const faults: Fault[] = [];
  for (const [name, stated] of Object.entries({ after, points, conventions: motion.conventions }))
    if (stated !== undefined && !isList)
      faults.push({ fault: `"${name}" is for keypoints that are a list of numbers`, way: [name] });
  if (motion.absent === "left-out" && after === undefined)
    faults.push({ fault: '"left-out" is for a list after another', way: ["absent"] });
  if (!isSet && (after === undefined) !== (points === undefined))
    faults.push({ fault: 'a list after another has "points", and no other list has', way: ["points"] });
  if (spelled !== undefined && part !== "keypoint-names" && !isSet)
    faults.push({ fault: '"spelled" is for names of keypoints, and for points under their names', way: ["spelled"] });
  if (part === "of-frame" && field.layout.kind === "array" && !isRowNumbers(field.layout))
    faults.push({ fault: 'an array "of-frame" has one axis, a symbol, and whole numbers', way: ["part"] });
  if ((template !== undefined) !== (part === "frame-name"))
    faults.push({
      fault: part === "frame-name" ? 'a name of a frame needs "template"' : '"template" is for the name of a frame',
      way: ["template"],
    });
  const names = [
    ...conventions.map((name, index) => ({ name, way: ["conventions", index] })),
    ...Object.keys(spelled ?? {}).map((name) => ({ name, way: ["spelled", name] })),
  ];
  for (const { name, way } of names)
    if (counts.size > 0 && !counts.has(name))
      faults.push({ fault: `convention ${JSON.stringify(name)} is not known${didYouMean(name, counts.keys())}`, way });
  if (after !== undefined && !(owner && memberOf(owner.field, after) && isListIn(owner.field, after, dataset)))
    faults.push({ fault: `"after" names ${JSON.stringify(after)}, which is no list beside`, way: ["after"] });
  return faults;
}

/** Whether an array can hold the number of each row's frame. */
function isRowNumbers({ shape, dtype }: ArrayLayout): boolean {
  const [rows] = shape;
  return shape.length === 1 && typeof rows === "string" && rows !== "*" && rows !== "..." && dtype.every(isWhole);
}

function isListIn(field: Visit["field"], key: string, dataset: Dataset): boolean {
  const found = memberOf(field, key);
  return found !== undefined && resolved(found, dataset).layout.kind === "list";
}
