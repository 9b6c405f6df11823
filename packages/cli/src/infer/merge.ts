import {
  type Place,
  type Seen,
  type SeenArray,
  type SeenList,
  type SeenObject,
  type SeenScalar,
  unique,
} from "./seen.js";

interface Common {
  readonly as: Seen["as"];
  readonly place: Place | undefined;
}

/** One description of all that were seen, in order. */
export function mergeAll(all: readonly Seen[]): Seen | undefined {
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  if (rest.length === 0) return first;
  if (rest.some(({ place }) => !samePlace(place, first.place))) return { kind: "anything" };
  const common = { as: rest.every(({ as }) => as === first.as) ? first.as : undefined, place: first.place };
  const arrays = ofKind<SeenArray>(all, "array");
  const merged = arrays && mergeArrays(arrays, common);
  if (merged) return merged;
  const plain = all.map(asList);
  const objects = ofKind<SeenObject>(plain, "object");
  if (objects) return mergeObjects(objects, common);
  const lists = ofKind<SeenList>(plain, "list");
  if (lists) return mergeLists(lists, common);
  const scalars = ofKind<SeenScalar>(plain, "scalar");
  if (scalars) return mergeScalars(scalars, common);
  return { kind: "anything", place: first.place };
}

function ofKind<T extends Seen>(all: readonly Seen[], kind: T["kind"]): readonly T[] | undefined {
  return all.every((seen) => seen.kind === kind) ? (all as readonly Seen[] as readonly T[]) : undefined;
}

function samePlace(one: Place | undefined, other: Place | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Nested lists of numbers as such. */
function asList(seen: Seen): Seen {
  return seen.kind === "array" && seen.list ? { ...seen.list, place: seen.place } : seen;
}

/** Undefined for arrays of several ranks, and where only some are lists of numbers. */
function mergeArrays(all: readonly SeenArray[], common: Common): Seen | undefined {
  const rank = all[0]?.shapes[0]?.length;
  const shapes = all.flatMap((seen) => seen.shapes);
  const lists = all.flatMap(({ list }) => list ?? []);
  const isUneven = shapes.some((shape) => shape.length !== rank);
  if (lists.length > 0 && (isUneven || lists.length < all.length)) return undefined;
  if (isUneven) return { kind: "anything", ...common, as: undefined };
  const dtypes = unique(all.flatMap((seen) => seen.dtypes));
  if (lists.length === 0) return { kind: "array", ...common, dtypes, shapes };
  // Of numbers in text some are whole by chance.
  const widest = dtypes.includes("float64") ? ["float64"] : dtypes;
  return { kind: "array", ...common, dtypes: widest, shapes, list: mergeAll(lists) as SeenList };
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
  const columns = unique(all.map((object) => object.columns));
  const patterns = mergePatterns(all);
  return {
    kind: "object",
    ...common,
    count,
    members: new Map(merged),
    ...(patterns.size > 0 && { patterns }),
    columns: columns.length === 1 ? columns[0] : undefined,
  };
}

function mergePatterns(all: readonly SeenObject[]): ReadonlyMap<string, Seen> {
  const found = new Map<string, Seen[]>();
  for (const [pattern, seen] of all.flatMap(({ patterns }) => [...(patterns ?? [])]))
    found.set(pattern, [...(found.get(pattern) ?? []), seen]);
  return new Map([...found].map(([pattern, seen]) => [pattern, mergeAll(seen) as Seen]));
}

function mergeLists(all: readonly SeenList[], common: Common): Seen {
  const [first] = all;
  const items = mergeAll(all.flatMap((list) => list.items ?? []));
  const lengths = all.flatMap((list) => list.lengths);
  const known = all.flatMap((list) => list.numbered ?? []);
  const isMixed = unique(all.map(({ isNamed }) => isNamed)).length > 1;
  if (isMixed || (known.length > 0 && known.length < all.length)) return { kind: "anything", ...common };
  const base = first?.numbered;
  const dtypes = unique(all.map(({ dtype }) => dtype));
  const dtype = dtypes.length === 1 ? dtypes[0] : undefined;
  if (!base) return { kind: "list", ...common, lengths, items, dtype, isNamed: first?.isNamed };
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
