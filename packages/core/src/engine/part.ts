import type { FormatError } from "../errors.js";
import type { AxisSize, FieldLayout, Layout, ObjectLayout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, Node } from "../tree/node.js";
import { isPlainObject } from "../tree/value-node.js";
import { clipped, cutArray, runPick } from "./cut.js";
import type { Window } from "./decode.js";
import { define } from "./defaults.js";
import { concrete, fits } from "./resolve.js";
import type { SymbolScope } from "./scope.js";
import { type Pick, pickList } from "./select/pick.js";

/** The part of a file that is wanted. */
export interface Part {
  /** By axis symbol (see `SymbolScope.canonical`); everything along symbols that are not here. */
  readonly picks: ReadonlyMap<string, Pick>;
  /** What the symbols mean where the next value is. */
  readonly scope: SymbolScope;
  /** Symbols that the value follows. */
  readonly follows?: readonly string[] | undefined;
  /** How many dicts are around it, that which binds the symbols not counted. */
  readonly depth: number;
}

/** Throws `TypeError` for a symbol that has no meaning in `scope`, `RangeError` for a range that is none. */
export function partOfWindow(window: Window, scope: SymbolScope | undefined): Part | undefined {
  const picks = new Map<string, Pick>();
  for (const [symbol, [start, stop]] of Object.entries(window)) {
    if (!(Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop))
      throw new RangeError(`the window of ${symbol} is [${start}, ${stop}], no range of positions`);
    checkSymbol(symbol, scope);
    picks.set(scope?.canonical(symbol) ?? symbol, runPick(start, stop));
  }
  return scope && picks.size > 0 ? { picks, scope, depth: 0 } : undefined;
}

/** Throws `TypeError` that says which symbols there are. */
function checkSymbol(symbol: string, scope: SymbolScope | undefined): void {
  const symbols = scope?.symbols ?? [];
  if (symbols.includes(symbol)) return;
  const known = symbols.length === 0 ? "none" : symbols.join(", ");
  throw new TypeError(`the schema has no axis symbol ${JSON.stringify(symbol)} here; it has ${known}`);
}

/** What is left of a part for the members of an object: symbols that the object binds anew are others. */
export function partInside(part: Part, field: ObjectLayout, group: GroupNode, layout: Layout): Part | undefined {
  // The object that the symbols of the part belong to.
  if (group === part.scope.group) return part;
  const scope = part.scope.inside(layout, field, group);
  if (scope === part.scope) return { ...part, depth: part.depth + 1 };
  const picks = new Map([...part.picks].filter(([symbol]) => !scope.binds(symbol)));
  return picks.size > 0 ? { ...part, picks, scope, depth: part.depth + 1 } : undefined;
}

/**
 * The symbols that the value of a field may follow. What stands beside a reference or a choice goes before what its part
 * or branch says.
 */
export function followsOf(layout: Layout, field: FieldLayout, node: Node): readonly string[] | undefined {
  let current = field;
  // Parts that refer to each other in a circle are found by `concrete`.
  for (let hops = 0; hops < 64 && current.follows === undefined; hops++) {
    let next: FieldLayout | undefined;
    if (current.kind === "ref") next = layout.defs[current.name];
    else if (current.kind === "choice") {
      const { branches } = current;
      next = branches.find((branch) => fits(concrete(layout, branch, node), node)) ?? branches.at(-1);
    }
    if (!next) break;
    current = next;
  }
  return current.follows;
}

/** The first axis of a value, or a list. */
export interface FirstAxis {
  /** What the schema says for it. */
  readonly rule?: AxisSize | undefined;
  readonly size: number;
  /** The error when the rule is a symbol of another size, and the value follows none either. */
  readonly misfit?: (symbol: string, expected: number) => FormatError;
}

/**
 * The wanted items of a first axis: those of the symbol which the schema states for it, if the size is the symbol's; else those of the
 * first symbol with this size which the value follows. Undefined when the axis is wanted whole.
 */
export async function firstPick(part: Part, axis: FirstAxis, options: WorkOptions): Promise<Pick | undefined> {
  const { rule, size, misfit } = axis;
  const stated = typeof rule === "string" && part.scope.symbols.includes(rule) ? rule : undefined;
  const expected = stated === undefined ? undefined : await part.scope.size(stated, options);
  if (stated !== undefined && (expected === undefined || expected === size)) return pickAlong(part, stated);
  for (const symbol of part.follows ?? []) {
    if ((await part.scope.size(symbol, options)) === size) return pickAlong(part, symbol);
  }
  if (stated !== undefined && expected !== undefined && pickAlong(part, stated) && misfit)
    throw misfit(stated, expected);
  return undefined;
}

/** What is wanted along a symbol; undefined when that is everything. */
export function pickAlong(part: Part, symbol: string): Pick | undefined {
  return part.picks.get(part.scope.canonical(symbol));
}

/**
 * What a part leaves of a value that no schema types: arrays and lists along their first axis, a dict in the record itself
 * member by member, deeper dicts and all else as they are. What is cut is a copy.
 */
export async function cutValue(part: Part, value: unknown, options: WorkOptions): Promise<unknown> {
  if (part.depth > 0) return cutItems(part, value, options);
  if (value instanceof Map) {
    const copy = new (value.constructor as MapConstructor)<unknown, unknown>();
    // A defaultdict has a member of its own.
    Object.assign(copy, value);
    for (const [key, member] of value) copy.set(key, await cutItems(part, member, options));
    return copy;
  }
  if (!isPlainObject(value)) return cutItems(part, value, options);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) define(copy, key, await cutItems(part, member, options));
  return copy;
}

async function cutItems(part: Part, value: unknown, options: WorkOptions): Promise<unknown> {
  const isArray = value instanceof NdArray && value.ndim > 0;
  if (!isArray && !Array.isArray(value)) return value;
  const size = isArray ? (value.shape[0] as number) : (value as unknown[]).length;
  const pick = await firstPick(part, { size }, options);
  if (!pick) return value;
  if (isArray) return cutArray(value, [{ axis: 0, pick }]).copy({ byteOrder: "stored" });
  return pickList(value as unknown[], clipped(pick, size));
}
