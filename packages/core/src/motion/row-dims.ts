import type { Dim, ObjectLayout } from "../layout/layout.js";

/** The key of the array that shares out rows among images, and the symbol of the rows. */
export function rangesKey(object: ObjectLayout): { readonly key: string; readonly rows: string } | undefined {
  for (const [key, field] of Object.entries(object.properties))
    if (field.kind === "array" && field.ranges !== undefined) return { key, rows: field.ranges };
  return undefined;
}

/** The symbol of rows of points whose frames another array tells, row by row. */
export function framedRows(object: ObjectLayout): { readonly key: string; readonly rows: string } | undefined {
  for (const [key, field] of Object.entries(object.properties)) {
    const [rows] = field.kind === "array" && field.motion?.part === "of-frame" ? field.shape : [];
    if (typeof rows === "string") return { key, rows };
  }
  return undefined;
}

/** Symbols as those who go through rows see them: rows that are shared out among images are what frames are elsewhere. */
export function rowDims(object: ObjectLayout): ObjectLayout["dims"] {
  const framed = framedRows(object);
  const own = framed && object.dims?.[framed.rows];
  if (framed && own) return { ...object.dims, [framed.rows]: { ...own, role: "frame" } };
  const ranges = rangesKey(object);
  if (!ranges || !object.dims) return object.dims;
  const entries = Object.entries(object.dims).map(([symbol, dim]): [string, Dim] => {
    const { role, ...rest } = dim;
    if (symbol === ranges.rows) return [symbol, { ...rest, role: "frame" }];
    return [symbol, role === "frame" ? rest : dim];
  });
  return Object.fromEntries(entries);
}
