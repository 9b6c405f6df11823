import type { Dim, ObjectLayout } from "../layout/layout.js";

/** The key of the array that shares out rows among images, and the symbol of the rows. */
export function rangesKey(object: ObjectLayout): { readonly key: string; readonly rows: string } | undefined {
  for (const [key, field] of Object.entries(object.properties))
    if (field.kind === "array" && field.ranges !== undefined) return { key, rows: field.ranges };
  return undefined;
}

/** Symbols as those who go through rows see them: rows that are shared out among images are what frames are elsewhere. */
export function rowDims(object: ObjectLayout): ObjectLayout["dims"] {
  const ranges = rangesKey(object);
  if (!ranges || !object.dims) return object.dims;
  const entries = Object.entries(object.dims).map(([symbol, dim]): [string, Dim] => {
    const { role, ...rest } = dim;
    if (symbol === ranges.rows) return [symbol, { ...rest, role: "frame" }];
    return [symbol, role === "frame" ? rest : dim];
  });
  return Object.fromEntries(entries);
}
