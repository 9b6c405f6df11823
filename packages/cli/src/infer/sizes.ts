import { KEYPOINTS, VERTICES } from "./hints.js";
import type { Seen, SeenObject } from "./seen.js";

/** Sizes of the arrays directly inside an object: a number, a symbol, or `*`. */
export interface Sizes {
  readonly shapes: ReadonlyMap<string, readonly (number | string)[]>;
  /** Symbols with the arrays that have them along some axis. */
  readonly symbols: ReadonlyMap<string, SymbolSeen>;
}

export interface SymbolSeen {
  readonly role: "frame" | "person" | "keypoint" | "vertex" | undefined;
  readonly keys: readonly string[];
}

interface Axis {
  readonly key: string;
  readonly axis: number;
  readonly rank: number;
  /** Whether it is the length of a list of single values, which counts nothing by itself. */
  readonly isList: boolean;
  /** Whether the array is an image. */
  readonly isImage: boolean;
  /** Size by the number of the object that the array was seen in. */
  readonly sizes: ReadonlyMap<number, number>;
}

const NAMES = ["N", "M", "P", "Q", "R"];
/** Keys whose arrays have one element for each frame, in whatever data set. */
const FRAMES = /^(?:img_)?frames?(?:_?(?:ids?|idx|index|indices|numbers?))?$|^timestamps?$/i;
/** The same for each person. */
const PEOPLE = /^(?:person|people|track|subject|instance)s?(?:_?(?:ids?|idx|index|names?))?$/i;
const LARGEST = 256;

/** Which axes are as long as each other in every object, as far as that cannot be chance. */
export function sizesOf({ members }: Pick<SeenObject, "members">): Sizes {
  const axes = axesOf(members);
  const groups: Axis[][] = [];
  for (const axis of axes) {
    const group = groups.find((candidates) => candidates.every((other) => agree(axis, other)));
    if (group) group.push(axis);
    else groups.push([axis]);
  }
  const named = withNames(groups.filter(isSymbol).slice(0, NAMES.length));
  const nameOf = new Map(named.flatMap(({ name, group }) => group.map((axis) => [axis, name] as const)));
  const shapes = new Map<string, (number | string)[]>();
  for (const axis of axes) {
    const shape = shapes.get(axis.key) ?? [];
    shapes.set(axis.key, shape);
    shape[axis.axis] = nameOf.get(axis) ?? plainSize(axis);
  }
  const symbols = named.map(({ name, role, group }) => {
    return [name, { role, keys: [...new Set(group.map(({ key }) => key))] }] as const;
  });
  return { shapes, symbols: new Map(symbols) };
}

function axesOf(members: SeenObject["members"]): readonly Axis[] {
  return [...members].flatMap(([key, { seen, where }]) => {
    const isList = seen.kind === "list" && seen.items?.kind === "scalar" && !seen.numbered && !seen.isNamed;
    const shapes = seen.kind === "array" ? seen.shapes : isList ? seen.lengths.map((length) => [length]) : [];
    // Without a number for each shape they cannot be told apart.
    if (shapes.length !== where.length) return [];
    const rank = shapes[0]?.length ?? 0;
    return Array.from({ length: rank }, (_, axis): Axis => {
      const sizes = new Map(shapes.map((shape, index) => [where[index] as number, shape[axis] as number]));
      return { key, axis, rank, isList, isImage: isImageFile(seen), sizes };
    });
  });
}

function isImageFile({ place }: Seen): boolean {
  const file = place?.["file"] as { readonly media?: string } | undefined;
  return file?.media?.startsWith("image/") === true;
}

/** Equal wherever both were seen: sizes that change together, or first axes of one length. */
function agree(one: Axis, other: Axis): boolean {
  const both = [...one.sizes.keys()].filter((where) => other.sizes.has(where));
  if (both.length === 0 || both.some((where) => one.sizes.get(where) !== other.sizes.get(where))) return false;
  const varies = new Set(both.map((where) => one.sizes.get(where))).size > 1;
  return varies || (one.axis === 0 && other.axis === 0 && isConstant(one) === isConstant(other));
}

function isConstant({ sizes }: Axis): boolean {
  return new Set(sizes.values()).size === 1;
}

/** More than one array, and more than the 2 or 3 that coordinates have. */
function isSymbol(group: readonly Axis[]): boolean {
  const keys = new Set(group.map(({ key }) => key));
  const largest = Math.max(...group.flatMap(({ sizes }) => [...sizes.values()]));
  const isNamed = group.some(({ key, axis }) => axis === 0 && FRAMES.test(key));
  const isArray = group.some(({ isList }) => !isList);
  return isArray && keys.size > 1 && (isNamed || largest > 4 || group.some((axis) => !isConstant(axis)));
}

interface Named {
  readonly name: string;
  readonly role: SymbolSeen["role"];
  readonly group: readonly Axis[];
}

/** Letters by what the keys say that an axis counts, `N` and the following ones for the others. */
function withNames(groups: readonly (readonly Axis[])[]): readonly Named[] {
  const taken = new Set<string>();
  const named: Named[] = [];
  for (const group of groups) {
    const { role, letter } = meaningOf(group);
    const name = [letter, ...NAMES].find((candidate) => candidate !== undefined && !taken.has(candidate)) as string;
    taken.add(name);
    named.push({ name, role, group });
  }
  return named;
}

function meaningOf(group: readonly Axis[]): { readonly role: SymbolSeen["role"]; readonly letter?: string } {
  const first = group.filter(({ axis, rank }) => axis === 0 && rank === 1);
  if (first.some(({ key }) => FRAMES.test(key))) return { role: "frame" };
  if (first.some(({ key }) => PEOPLE.test(key))) return { role: "person", letter: "M" };
  if (group.every(({ isImage }) => isImage)) return { role: undefined, letter: group[0]?.axis === 0 ? "H" : "W" };
  const isPoints = (axis: Axis, keys: RegExp): boolean =>
    axis.axis > 0 && axis.axis === axis.rank - 2 && keys.test(axis.key);
  if (group.some((axis) => isPoints(axis, VERTICES))) return { role: "vertex", letter: "V" };
  if (group.some((axis) => isPoints(axis, KEYPOINTS))) return { role: "keypoint", letter: "K" };
  return { role: undefined };
}

function plainSize(axis: Axis): number | string {
  const [size = 0] = axis.sizes.values();
  return isConstant(axis) && size <= LARGEST ? size : "*";
}
