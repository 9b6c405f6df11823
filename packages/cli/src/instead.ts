import type { Layout } from "@somakit/core";
import { collectionFacts } from "@somakit/core/engine/collection";

/** What to do with a data set that has no frames of its own, in a hint. */
export function insteadOfFrames(layout: Layout): string {
  if (collectionFacts(layout)) return "select takes items of the list, split cuts it into parts";
  if (layout.records) return "decompress makes arrays of its records";
  return "show FILE PATH --slice prints part of an array; convert makes a data set with frames of one that has people who move";
}

/** What to do with a data set that is no list, in a hint. */
export function insteadOfItems(layout: Layout): string {
  const root = layout.root.kind === "object" ? layout.root : undefined;
  const hasFrames = Object.values(root?.dims ?? {}).some(({ role }) => role === "frame");
  return hasFrames ? "slice takes frames of it" : "show FILE PATH prints what is in it";
}
