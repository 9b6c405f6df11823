import type { ArrayLayout, AxisSize } from "../layout/layout.js";

/** Whether sizes agree with a rule, symbols and `*` standing for any size, `...` for any number of axes. */
export function fitsShape(rule: readonly AxisSize[], shape: readonly number[]): boolean {
  const axes = alignAxes(rule, shape);
  return axes?.every(({ rule: size, actual }) => typeof size !== "number" || size === actual) ?? false;
}

export interface AlignedAxis {
  readonly axis: number;
  /** A fixed size, a symbol, or `*`. */
  readonly rule: AxisSize;
  readonly actual: number;
}

/** Pairs each axis with its rule; axes under `...` get `*`. Undefined when the number of axes does not fit. */
export function alignAxes(rule: readonly AxisSize[], shape: readonly number[]): readonly AlignedAxis[] | undefined {
  const open = rule.indexOf("...");
  const fixed = open < 0 ? rule.length : rule.length - 1;
  if (open < 0 ? shape.length !== fixed : shape.length < fixed) return undefined;
  const extra = shape.length - fixed;
  const sizes =
    open < 0 ? rule : [...rule.slice(0, open), ...new Array<AxisSize>(extra).fill("*"), ...rule.slice(open + 1)];
  return sizes.map((size, axis) => ({ axis, rule: size, actual: shape[axis] as number }));
}

/** How messages print a rule: `(N, 190, 3)`. */
export function shapeLabel(shape: readonly AxisSize[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

/** How messages print what an array must be. */
export function arrayLabel(field: ArrayLayout): string {
  return `${field.dtype.join(" or ")} ${shapeLabel(field.shape)}`;
}
