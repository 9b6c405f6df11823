import type { Layout, ObjectLayout } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, Node } from "../tree/node.js";
import { foundSize, symbolSize } from "./measure.js";
import { concrete } from "./resolve.js";
import { oneSize } from "./select/axes.js";

const known = new WeakMap<GroupNode, SymbolScope>();

/** The axis symbols that a place in a file can use, with their sizes, each found in the file when first asked for. */
export class SymbolScope {
  /** The object that binds the innermost symbols. */
  readonly group: GroupNode;
  readonly #layout: Layout;
  readonly #field: ObjectLayout;
  readonly #outer: SymbolScope | undefined;
  readonly #sizes = new Map<string, Promise<number | undefined>>();

  private constructor(layout: Layout, field: ObjectLayout, group: GroupNode, outer: SymbolScope | undefined) {
    this.#layout = layout;
    this.#field = field;
    this.group = group;
    this.#outer = outer;
  }

  /** The scope inside of an object; the outer one itself when the object binds nothing. One for each group. */
  static inside(layout: Layout, field: ObjectLayout, group: GroupNode, outer?: SymbolScope): SymbolScope | undefined {
    if (field.dims === undefined) return outer;
    let scope = known.get(group);
    if (!scope) {
      scope = new SymbolScope(layout, field, group, outer);
      known.set(group, scope);
    }
    return scope;
  }

  /** The scope of a whole file; undefined when its root binds no symbols. */
  static of(layout: Layout, root: Node): SymbolScope | undefined {
    const field = concrete(layout, layout.root, root);
    return field.kind === "object" && root.kind === "group" ? SymbolScope.inside(layout, field, root) : undefined;
  }

  /** The scope inside of an object that is itself in this one. */
  inside(layout: Layout, field: ObjectLayout, group: GroupNode): SymbolScope {
    return SymbolScope.inside(layout, field, group, this) ?? this;
  }

  /** All symbols that have a meaning here, those of the innermost object first. */
  get symbols(): readonly string[] {
    const own = Object.keys(this.#field.dims ?? {});
    return [...own, ...(this.#outer?.symbols ?? []).filter((symbol) => !own.includes(symbol))];
  }

  /** Whether the innermost object binds `symbol` itself. */
  binds(symbol: string): boolean {
    return Object.hasOwn(this.#field.dims ?? {}, symbol);
  }

  /** Symbols whose sizes the same value states are one: the first of them stands for all. */
  canonical(symbol: string): string {
    if (!this.binds(symbol)) return this.#outer?.canonical(symbol) ?? symbol;
    return oneSize(this.#field.dims ?? {}, symbol);
  }

  /** The size that the file states, else shows; undefined when it tells nothing, and for symbols unknown here. */
  size(symbol: string, options: WorkOptions = {}): Promise<number | undefined> {
    if (!this.binds(symbol)) return this.#outer?.size(symbol, options) ?? Promise.resolve(undefined);
    let size = this.#sizes.get(symbol);
    if (!size) {
      size = symbolSize({ layout: this.#layout, options }, this.#field, this.group, symbol);
      this.#sizes.set(symbol, size);
      // A failure may be the caller's own doing (abort).
      size.catch(() => this.#sizes.delete(symbol));
    }
    return size;
  }

  /** The size that values show, whatever the file states. */
  shownSize(symbol: string, options: WorkOptions = {}): Promise<number | undefined> {
    if (!this.binds(symbol)) return this.#outer?.shownSize(symbol, options) ?? Promise.resolve(undefined);
    return foundSize({ layout: this.#layout, options }, this.#field, this.group, this.canonical(symbol));
  }
}
