import type { Dim } from "@somakit/core/gen/v1";
import type { Dataset, Field } from "../ir.js";
import { children } from "./walk.js";

/** What is known of the axis symbols in scope: their one size, or undefined when they have several or any. */
export type Sizes = ReadonlyMap<string, number | undefined>;

/** `outer` seen from inside `field`, which may bind symbols anew. */
export function innerSizes(field: Field, outer: Sizes): Sizes {
  if (field.layout.kind !== "object" || !field.layout.dims) return outer;
  return new Map([
    ...outer,
    ...Object.entries(field.layout.dims).map(([symbol, dim]) => [symbol, oneSize(dim)] as const),
  ]);
}

function oneSize(dim: Dim): number | undefined {
  return dim.size?.length === 1 ? dim.size[0] : undefined;
}

/**
 * The symbols each shared part inherits. A part may be used in several places; it keeps what all of them agree on, since
 * its type is written once.
 */
export function definitionSizes(dataset: Dataset): ReadonlyMap<string, Sizes> {
  const known = new Map<string, Sizes>();
  const defs = new Map(dataset.defs.map(({ name, field }) => [name, field]));
  const pending: string[] = [];
  const visit = (field: Field, outer: Sizes): void => {
    if (field.layout.kind === "ref") {
      const { name } = field.layout;
      const before = known.get(name);
      const after = before ? agreed(before, outer) : outer;
      if (after === before) return;
      known.set(name, after);
      pending.push(name);
      return;
    }
    const inner = innerSizes(field, outer);
    for (const child of children(field)) visit(child.field, inner);
  };
  visit(dataset.root, new Map());
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const field = defs.get(name);
    if (field) visit(field, known.get(name) ?? new Map());
  }
  return known;
}

/** What both say; `a` itself when `b` takes nothing away, so that callers see when nothing changes any more. */
function agreed(a: Sizes, b: Sizes): Sizes {
  const same = [...a].filter(([symbol, size]) => b.has(symbol) && b.get(symbol) === size);
  return same.length === a.size ? a : new Map(same);
}
