import { FormatError } from "../errors.js";
import type { Value } from "../value/value.js";

/** A class of a segmentation that is told by colour. */
export interface ColourLabel {
  /** Names from the outermost group to the class itself, joined by `/`. */
  readonly path: string;
  /** The parts of its colour, as the image stores them. */
  readonly colour: readonly number[];
}

/** A group of labels is an object or a `Map` of others. */
type Tree = object | Value;

const DEEPEST = 64;

/**
 * The labels of a tree of names, in its order. A leaf is a colour: an object with R, G and B, or a list of numbers. Members
 * that are neither an object nor a list say something about the table, and are left out. Throws `FormatError` `mismatch`, with
 * the label's path, for a colour that is none, `limit` for a tree of more than 64 levels.
 */
export function colourLabels(tree: Tree): readonly ColourLabel[] {
  const labels: ColourLabel[] = [];
  for (const [name, member] of membersOf(tree)) collect(labels, member, name, 1);
  return labels;
}

function collect(labels: ColourLabel[], node: unknown, path: string, depth: number): void {
  if (depth > DEEPEST) throw new FormatError("limit", `more than ${DEEPEST} levels of groups`, { path });
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    labels.push({ path, colour: colourOf(node, path) });
    return;
  }
  const members = new Map(membersOf(node));
  if (["R", "G", "B"].some((part) => members.has(part))) {
    labels.push({ path, colour: colourOf([members.get("R"), members.get("G"), members.get("B")], path) });
    return;
  }
  for (const [name, member] of members) collect(labels, member, `${path}/${name}`, depth + 1);
}

function colourOf(parts: readonly unknown[], path: string): readonly number[] {
  const colour = parts.map((part) => (typeof part === "object" && part !== null ? Number(part) : part));
  if (colour.length === 3 && colour.every((part) => typeof part === "number" && Number.isFinite(part)))
    return colour as readonly number[];
  throw new FormatError("mismatch", "a colour of three numbers is needed", { path });
}

function membersOf(node: unknown): readonly (readonly [string, unknown])[] {
  if (node instanceof Map) return [...node].map(([key, member]) => [String(key), member]);
  return typeof node === "object" && node !== null ? Object.entries(node) : [];
}

/** Groups of labels: every path that has labels below it, outer ones first, with the labels' positions. */
export function labelGroups(labels: readonly ColourLabel[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  labels.forEach(({ path }, index) => {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const group = path.slice(0, end);
      const members = groups.get(group);
      if (members) members.push(index);
      else groups.set(group, [index]);
    }
  });
  return groups;
}

/** Labels that have one colour, which an image cannot tell apart. */
export function sharedColours(
  labels: readonly ColourLabel[],
): readonly { readonly colour: readonly number[]; readonly paths: readonly string[] }[] {
  const byColour = new Map<string, ColourLabel[]>();
  for (const label of labels) {
    const key = label.colour.join();
    byColour.set(key, [...(byColour.get(key) ?? []), label]);
  }
  return [...byColour.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ colour: (same[0] as ColourLabel).colour, paths: same.map(({ path }) => path) }));
}
