import type { LayerStatistics, MotionStatistics, SizeTally, Spread, Tally } from "@somakit/core";
import type { CameraStatistics, QuantityStatistics } from "@somakit/core/statistics";
import { countLabel } from "./amount.js";
import { barOf, printTable, printTally, summaryOf } from "./histogram.js";
import { type Printer, styled } from "./printer.js";

/** Keypoints that are listed because few people have them. */
const LEAST_SEEN = 8;
const AXES = ["x", "y", "z"];

/** People who move: how many, where, and which of their keypoints are there. Lengths are not said again that are `shown`. */
export function printMotion(printer: Printer, motion: MotionStatistics, shown: readonly SizeTally[]): void {
  printer.line("");
  for (const [label, text] of factsOf(motion)) printer.line(styled("dim", label.padEnd(10)), text);
  if (motion.people.size > 1) printTally(printer, "people in a frame", "frames", motion.people);
  const areShown = shown.some(({ role, counts }) => role === "frame" && isSame(counts, motion.lengths));
  if (motion.lengths.size > 1 && !areShown) printTally(printer, "frames of a sequence", "sequences", motion.lengths);
  for (const layer of motion.layers) printLayer(printer, layer);
  printQuantities(printer, motion.quantities);
  printCameras(printer, motion.cameras);
}

function isSame(one: Tally, other: Tally): boolean {
  return one.size === other.size && [...one].every(([number, count]) => other.get(number) === count);
}

function factsOf({ sequences, frames, people, tracks, fps }: MotionStatistics): readonly (readonly [string, string])[] {
  const nobody = people.get(0) ?? 0;
  const { total } = summaryOf(people);
  const many = [...tracks.values()].reduce((sum, count) => sum + count, 0);
  return [
    ["motion", `${countLabel(sequences, "sequence")}, ${countLabel(frames, "frame")}`],
    ["people", `${total} over all frames${nobody === 0 ? "" : `, ${countLabel(nobody, "frame")} without anybody`}`],
    ...(many === 0 ? [] : [["tracks", `${many}, each there in ${extentText(tracks)}`] as const]),
    ...(fps.size === 0 ? [] : [["fps", [...fps].map(([rate, count]) => `${rate} (${count})`).join(", ")] as const]),
  ];
}

function extentText(counts: Tally): string {
  const { smallest, largest, middle } = summaryOf(counts);
  return counts.size === 1 ? countLabel(smallest, "frame") : `${smallest} to ${largest} frames, median ${middle}`;
}

function printLayer(printer: Printer, layer: LayerStatistics): void {
  const { key, what, points, convention, axes, unit, space, people, confidence, seen, notFinite, dtypes } = layer;
  const where = space === "unknown" ? "" : ` in ${space} coordinates`;
  const extent = layer.extent.flatMap((range, axis) =>
    range ? [`${AXES[axis]} ${numberText(range[0])} to ${numberText(range[1])}`] : [],
  );
  const facts: readonly (readonly [string, string])[] = [
    ["layer", `${key}: ${points} ${what}${convention === undefined ? "" : ` of ${convention}`}, ${dtypes.join(", ")}`],
    ["people", String(people)],
    ...(extent.length === 0 ? [] : [["extent", `${extent.join(", ")}${unit ? ` ${unit}` : ""}${where}`] as const]),
    ...(confidence ? [["sure", spreadText(confidence)] as const] : []),
    ...(seen && people > 0 ? [["seen", seenText(seen, people)] as const] : []),
    ...(notFinite > 0
      ? [["damage", `${countLabel(notFinite, "point")} of ${axes} numbers that are not finite`] as const]
      : []),
  ];
  printer.line("");
  for (const [label, text] of facts) printer.line(styled("dim", label.padEnd(10)), text);
  if (seen && people > 0) printLeastSeen(printer, layer, seen);
}

/** Boxes, parameters of body models and the like: who has them, and how large their numbers are. */
function printQuantities(printer: Printer, quantities: readonly QuantityStatistics[]): void {
  const rows = quantities.map(({ key, what, which, model, shape, unit, people, range, notFinite }) => [
    key,
    `${what === "parameters" ? (model ?? "") : what} ${which}`.trim(),
    `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`,
    String(people),
    range ? `${numberText(range.smallest)} to ${numberText(range.largest)}${unit === undefined ? "" : ` ${unit}`}` : "",
    range ? numberText(range.mean) : "",
    notFinite === 0 ? "" : String(notFinite),
  ]);
  if (rows.length > 0)
    printTable(printer, ["of a person", "what", "shape", "people", "extent", "mean", "not finite"], rows);
}

function printCameras(printer: Printer, cameras: readonly CameraStatistics[]): void {
  const rows = cameras.map(({ parts, sequences, frames, changes, lengths }) => [
    parts.join(", "),
    lengths ?? "",
    String(sequences),
    String(frames),
    String(changes),
  ]);
  if (rows.length > 0) printTable(printer, ["cameras with", "unit", "sequences", "frames", "changes"], rows);
}

function seenText(seen: readonly number[], people: number): string {
  const all = seen.reduce((sum, count) => sum + count, 0);
  const never = seen.filter((count) => count === 0).length;
  const always = seen.filter((count) => count === people).length;
  const share = percent(all / (people * Math.max(1, seen.length)));
  return `${share} of all keypoints; ${always} always, ${never} never`;
}

/** Of the keypoints that some have and others have not, those that the fewest have. */
function printLeastSeen(printer: Printer, { people, names, key }: LayerStatistics, seen: readonly number[]): void {
  const partly = [...seen.entries()].filter(([, count]) => count > 0 && count < people);
  if (partly.length === 0) return;
  const least = partly.sort(([, a], [, b]) => a - b).slice(0, LEAST_SEEN);
  const rows = least.map(([point, count]) => [
    names?.[point] ?? `${point}`,
    String(count),
    percent(count / people),
    barOf(count / people),
  ]);
  printTable(printer, [`least seen of ${key}`, "people", "", ""], rows);
}

function spreadText({ smallest, largest, mean, median }: Spread): string {
  const [from, to, middle, average] = [smallest, largest, median, mean].map(numberText);
  return `confidence ${from} to ${to}, median ${middle}, mean ${average}`;
}

function percent(share: number): string {
  const text = (share * 100).toFixed(1);
  // Not quite all is not all.
  return `${text === "100.0" && share < 1 ? "99.9" : text.replace(/\.0$/, "")} %`;
}

/** Four digits are enough to see where numbers lie. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4)));
}
