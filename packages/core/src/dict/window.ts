import type { Window } from "../engine/decode.js";
import { concrete, memberField } from "../engine/resolve.js";
import { alignAxes } from "../engine/shape.js";
import type { FieldLayout, Layout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import { isPlainObject, nodeOfValue } from "../tree/value-node.js";
import { Tuple } from "../value/value.js";

/**
 * The part of a value that lies within a window: arrays along their axes (views), lists whose length has a symbol,
 * objects member by member. Anything else, and what has no such axis, is returned as it is.
 */
export function within(layout: Layout, field: FieldLayout, value: unknown, window: Window): unknown {
  const target = concrete(layout, field, nodeOfValue(value));
  if (target.kind === "array" && value instanceof NdArray) {
    const axes = alignAxes(target.shape, value.shape) ?? [];
    return value.slice(...axes.map(({ rule }) => rangeOf(window, rule) ?? null));
  }
  if (target.kind === "list" && Array.isArray(value)) {
    const range = rangeOf(window, target.length);
    if (!range) return value;
    const items = value.slice(...range);
    return value instanceof Tuple ? Tuple.of(...items) : items;
  }
  if (target.kind !== "object" || !isPlainObject(value)) return value;
  const inner = target.dims ? without(window, Object.keys(target.dims)) : window;
  const members = Object.entries(value).map(([key, member]) => {
    const known = memberField(target, key);
    return [key, known ? within(layout, known.field, member, inner) : member] as const;
  });
  return Object.fromEntries(members);
}

function rangeOf(window: Window, symbol: number | string | undefined): readonly [number, number] | undefined {
  return typeof symbol === "string" && Object.hasOwn(window, symbol) ? window[symbol] : undefined;
}

/** The window for an object that gives these symbols a meaning of its own. */
function without(window: Window, symbols: readonly string[]): Window {
  return Object.fromEntries(Object.entries(window).filter(([symbol]) => !symbols.includes(symbol)));
}
