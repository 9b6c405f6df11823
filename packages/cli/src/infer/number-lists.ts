import type { Seen, SeenArray, SeenList } from "./seen.js";

/**
 * Nested lists of numbers of one shape as the array that they stand for; undefined for any other list, and for a list of
 * single numbers, which is as good as an array.
 */
export function numberArray(list: SeenList, items: readonly Seen[]): SeenArray | undefined {
  const [first] = items;
  if (!first) return undefined;
  const rows = items.map(rowOf);
  const shape = rows[0]?.shape;
  if (!shape || rows.some((row) => !row || String(row.shape) !== String(shape))) return undefined;
  const isWhole = rows.every((row) => row?.isWhole);
  return {
    kind: "array",
    dtypes: [isWhole ? "int64" : "float64"],
    shapes: [[items.length, ...shape]],
    list,
  };
}

interface Row {
  readonly shape: readonly number[];
  readonly isWhole: boolean;
}

/** A list of numbers, or an array of them. */
function rowOf(seen: Seen): Row | undefined {
  if (seen.kind === "array" && seen.list)
    return { shape: seen.shapes[0] ?? [], isWhole: seen.dtypes.every((name) => name === "int64") };
  const { items, lengths } = seen.kind === "list" ? seen : { items: undefined, lengths: [] };
  if (items?.kind !== "scalar" || items.types.some((type) => type !== "integer" && type !== "number")) return undefined;
  return { shape: lengths, isWhole: !items.types.includes("number") };
}
