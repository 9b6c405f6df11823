import type { FieldLayout, Layout } from "../layout/layout.js";

const known = new WeakMap<Layout, boolean>();

/** Whether a layout has anything that is not simply a child of its name. */
export function placesAnything(layout: Layout): boolean {
  let places = known.get(layout);
  if (places === undefined) {
    places = [layout.root, ...Object.values(layout.defs)].some(placesBelow);
    known.set(layout, places);
  }
  return places;
}

function placesBelow(field: FieldLayout): boolean {
  if (field.place || field.kind === "sparse") return true;
  if (field.kind === "choice") return field.branches.some(placesBelow);
  if (field.kind === "list")
    return field.numbered !== undefined || [...field.prefix, ...fieldsOf(field.items)].some(placesBelow);
  if (field.kind !== "object") return false;
  const patterns = field.patterns.map((pattern) => pattern.field);
  return [...Object.values(field.properties), ...patterns, ...fieldsOf(field.additional)].some(placesBelow);
}

function fieldsOf(field: FieldLayout | false): readonly FieldLayout[] {
  return field === false ? [] : [field];
}
