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

/** Whether sizes agree with the shape of a field, and with those that its symbols have in this form. */
export function fitsForm(
  { shape: rule, where }: Pick<ArrayLayout, "shape" | "where">,
  shape: readonly number[],
): boolean {
  if (!fitsShape(rule, shape)) return false;
  if (!where) return true;
  const axes = alignAxes(rule, shape) ?? [];
  return axes.every(({ rule: size, actual }) => sizesIn(where, size)?.includes(actual) ?? true);
}

function sizesIn(where: NonNullable<ArrayLayout["where"]>, size: AxisSize): readonly number[] | undefined {
  const sizes = typeof size === "string" && Object.hasOwn(where, size) ? where[size] : undefined;
  return typeof sizes === "number" ? [sizes] : sizes;
}

/** The shape of a field with the sizes that symbols have in this form: `(M, T, V, C = 2)`. */
export function formLabel({ shape, where = {} }: Pick<ArrayLayout, "shape" | "where">): string {
  return shapeLabel(
    shape.map((size) => {
      const sizes = sizesIn(where, size);
      return sizes ? `${size} = ${sizes.join(" or ")}` : size;
    }),
  );
}

/** How messages print what an array must be. */
export function arrayLabel(field: ArrayLayout): string {
  return `${field.dtype.join(" or ")} ${formLabel(field)}`;
}
