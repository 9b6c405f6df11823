/** What was seen under one name, in one file or in several: the union of all its forms. */
export type Seen = SeenArray | SeenObject | SeenList | SeenScalar | SeenAnything;

export type Place = "attribute" | "itself" | "number";
export type StoredAs = "scalar-array" | "string-array" | "pickled-scalar" | "tuple";

interface Common {
  /** How it is stored, where that is not the obvious form. */
  readonly as?: StoredAs | undefined;
  readonly place?: Place | undefined;
}

export interface SeenArray extends Common {
  readonly kind: "array";
  readonly dtypes: readonly string[];
  /** The shape of each; sizes are compared between arrays that were seen together. */
  readonly shapes: readonly (readonly number[])[];
}

export interface SeenObject extends Common {
  readonly kind: "object";
  /** How many were seen. */
  readonly count: number;
  readonly members: ReadonlyMap<string, Member>;
}

export interface Member {
  readonly seen: Seen;
  /** In which of the objects, by their number, it was there. */
  readonly where: readonly number[];
}

export interface SeenList extends Common {
  readonly kind: "list";
  readonly lengths: readonly number[];
  /** All items as one; undefined when there was none. */
  readonly items: Seen | undefined;
  /** A list of children with numbers in their names. */
  readonly numbered?: Numbered | undefined;
}

export interface Numbered {
  readonly prefix: string;
  readonly suffix: string;
  readonly from: number;
  readonly pad: number;
  readonly gaps: boolean;
}

export type ScalarName = "string" | "integer" | "number" | "boolean" | "null";

export interface SeenScalar extends Common {
  readonly kind: "scalar";
  readonly types: readonly ScalarName[];
  /** dtype of an array without axes. */
  readonly dtype?: string | undefined;
}

/** What the dialect has no words for, or what differs too much to be described as one. */
export interface SeenAnything extends Common {
  readonly kind: "anything";
}

/** One description of all that were seen, in order. */
export function mergeAll(all: readonly Seen[]): Seen | undefined {
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  const same = <T extends Seen>(kind: T["kind"]): readonly T[] | undefined =>
    all.every((seen) => seen.kind === kind) ? (all as readonly Seen[] as readonly T[]) : undefined;
  const common = {
    as: rest.every(({ as }) => as === first.as) ? first.as : undefined,
    place: first.place,
  };
  if (rest.some(({ place }) => place !== first.place)) return { kind: "anything" };
  const arrays = same<SeenArray>("array");
  if (arrays) return mergeArrays(arrays, common);
  const objects = same<SeenObject>("object");
  if (objects) return mergeObjects(objects, common);
  const lists = same<SeenList>("list");
  if (lists) return mergeLists(lists, common);
  const scalars = same<SeenScalar>("scalar");
  if (scalars) return mergeScalars(scalars, common);
  return { kind: "anything", place: first.place };
}

function mergeArrays(all: readonly SeenArray[], common: Common): Seen {
  const rank = all[0]?.shapes[0]?.length;
  const shapes = all.flatMap((seen) => seen.shapes);
  if (shapes.some((shape) => shape.length !== rank)) return { kind: "anything", ...common, as: undefined };
  return { kind: "array", ...common, dtypes: unique(all.flatMap(({ dtypes }) => dtypes)), shapes };
}

function mergeObjects(all: readonly SeenObject[], common: Common): Seen {
  const members = new Map<string, { seen: Seen[]; where: number[] }>();
  let count = 0;
  for (const object of all) {
    for (const [key, member] of object.members) {
      const found = members.get(key) ?? { seen: [], where: [] };
      members.set(key, found);
      found.seen.push(member.seen);
      for (const where of member.where) found.where.push(where + count);
    }
    count += object.count;
  }
  const merged = [...members].map(([key, { seen, where }]) => [key, { seen: mergeAll(seen) as Seen, where }] as const);
  return { kind: "object", ...common, count, members: new Map(merged) };
}

function mergeLists(all: readonly SeenList[], common: Common): Seen {
  const [first] = all;
  const items = mergeAll(all.flatMap((list) => list.items ?? []));
  const lengths = all.flatMap((list) => list.lengths);
  const known = all.flatMap((list) => list.numbered ?? []);
  if (known.length > 0 && known.length < all.length) return { kind: "anything", ...common };
  const base = first?.numbered;
  if (!base) return { kind: "list", ...common, lengths, items };
  if (known.some(({ prefix, suffix, pad }) => prefix !== base.prefix || suffix !== base.suffix || pad !== base.pad))
    return { kind: "anything", ...common };
  const from = Math.min(...known.map((numbered) => numbered.from));
  const gaps = known.some((numbered) => numbered.gaps || numbered.from !== from);
  return { kind: "list", ...common, lengths, items, numbered: { ...base, from, gaps } };
}

function mergeScalars(all: readonly SeenScalar[], common: Common): Seen {
  const types = unique(all.flatMap((scalar) => scalar.types));
  const dtypes = unique(all.flatMap(({ dtype }) => dtype ?? []));
  const kept = types.includes("number") ? types.filter((type) => type !== "integer") : types;
  return { kind: "scalar", ...common, types: kept, dtype: dtypes.length === 1 ? dtypes[0] : undefined };
}

export function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
