import { Code, type Literal, type LiteralObject } from "../print/literal.js";

/** A table of keypoint counts that several fields of a layout hold. */
export interface SharedCounts {
  readonly name: string;
  readonly value: LiteralObject;
}

/** Smaller tables read better where they are used. */
const LARGE = 4;

/**
 * The same layout with each large table of keypoint counts that occurs more than once replaced by the name of a constant.
 * Fields whose convention a sibling names all hold the counts of every convention.
 */
export function shareCounts(layout: LiteralObject): {
  readonly layout: LiteralObject;
  readonly shared: readonly SharedCounts[];
} {
  const uses = new Map<string, number>();
  visit(layout, (counts) => {
    const text = JSON.stringify(counts);
    uses.set(text, (uses.get(text) ?? 0) + 1);
    return counts;
  });
  const names = new Map<string, SharedCounts>();
  const replaced = visit(layout, (counts) => {
    const text = JSON.stringify(counts);
    if ((uses.get(text) ?? 0) < 2 || Object.keys(counts).length < LARGE) return counts;
    const name = `keypointCounts${names.size === 0 || names.has(text) ? "" : names.size + 1}`;
    const shared = names.get(text) ?? { name, value: counts };
    names.set(text, shared);
    return new Code(shared.name);
  });
  return { layout: replaced as LiteralObject, shared: [...names.values()] };
}

/** Copies a literal, giving each keypoint axis the counts that `change` makes of its own. */
function visit(value: Literal, change: (counts: LiteralObject) => Literal): Literal {
  if (typeof value !== "object" || value === null || value instanceof Code) return value;
  if (Array.isArray(value)) return value.map((item: Literal) => visit(item, change));
  return Object.fromEntries(
    Object.entries(value as LiteralObject).map(([key, member]) => [
      key,
      key === "keypoints" && isKeypointAxis(member)
        ? { ...member, counts: change(member.counts) }
        : member && visit(member, change),
    ]),
  );
}

/** A field named `keypoints` has a kind; a keypoint axis has counts. */
function isKeypointAxis(value: Literal | undefined): value is LiteralObject & { readonly counts: LiteralObject } {
  return typeof value === "object" && value !== null && "counts" in value && "axis" in value && !("kind" in value);
}
