import type { Siblings } from "../../engine/encoding.js";
import type { OpenFile } from "../../engine/open.js";
import type { SymbolScope } from "../../engine/scope.js";
import type { Dim, ObjectLayout } from "../../layout/layout.js";

/** Where a walk through a file is. */
export interface DrawablePlace {
  readonly file: OpenFile;
  /** Its path, with `[]` for all items of a list. */
  readonly path: string;
  /** The same with the item that is looked at. */
  readonly exact: string;
  /** Axis symbols that mean something here, and what the innermost objects that bind them say. */
  readonly scope: SymbolScope | undefined;
  readonly dims: ReadonlyMap<string, Dim>;
  /** The object around it. */
  readonly object: ObjectLayout | undefined;
  readonly siblings: Siblings;
}

/** The first axis whose symbol has a role. */
export function axisWithRole(
  axes: readonly { readonly axis: number; readonly rule: number | string }[],
  { dims }: Pick<DrawablePlace, "dims">,
  role: NonNullable<Dim["role"]>,
): number | undefined {
  return axes.find(({ rule }) => typeof rule === "string" && dims.get(rule)?.role === role)?.axis;
}
