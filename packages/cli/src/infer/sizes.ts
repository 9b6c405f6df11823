import type { SeenObject } from "./seen.js";

/** Sizes of the arrays directly inside an object: a number, a symbol, or `*`. */
export interface Sizes {
  readonly shapes: ReadonlyMap<string, readonly (number | string)[]>;
  /** Symbols with the arrays that have them along some axis. */
  readonly symbols: ReadonlyMap<string, Symbol_>;
}

export interface Symbol_ {
  readonly role: "frame" | undefined;
  readonly keys: readonly string[];
}

interface Axis {
  readonly key: string;
  readonly axis: number;
  /** Size by the number of the object that the array was seen in. */
  readonly sizes: ReadonlyMap<number, number>;
}

const NAMES = ["N", "M", "P", "Q", "R"];
/** Keys whose arrays have one element for each frame, in whatever data set. */
const FRAMES = /^(?:img_)?frames?(?:_?(?:ids?|idx|index|indices|numbers?))?$|^timestamps?$/i;
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
  const named = groups.filter(isSymbol).slice(0, NAMES.length);
  const nameOf = new Map(named.flatMap((group, index) => group.map((axis) => [axis, NAMES[index] as string] as const)));
  const shapes = new Map<string, (number | string)[]>();
  for (const axis of axes) {
    const shape = shapes.get(axis.key) ?? [];
    shapes.set(axis.key, shape);
    shape[axis.axis] = nameOf.get(axis) ?? plainSize(axis);
  }
  const symbols = named.map((group, index) => {
    const keys = [...new Set(group.map(({ key }) => key))];
    const role = keys.some((key) => FRAMES.test(key) && shapes.get(key)?.length === 1) ? ("frame" as const) : undefined;
    return [NAMES[index] as string, { role, keys }] as const;
  });
  return { shapes, symbols: new Map(symbols) };
}

function axesOf(members: SeenObject["members"]): readonly Axis[] {
  return [...members].flatMap(([key, { seen, where }]) => {
    // Without a number for each shape they cannot be told apart.
    if (seen.kind !== "array" || seen.shapes.length !== where.length) return [];
    const rank = seen.shapes[0]?.length ?? 0;
    return Array.from({ length: rank }, (_, axis): Axis => {
      const sizes = new Map(seen.shapes.map((shape, index) => [where[index] as number, shape[axis] as number]));
      return { key, axis, sizes };
    });
  });
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
  return keys.size > 1 && (isNamed || largest > 4 || group.some((axis) => !isConstant(axis)));
}

function plainSize(axis: Axis): number | string {
  const [size = 0] = axis.sizes.values();
  return isConstant(axis) && size <= LARGEST ? size : "*";
}
