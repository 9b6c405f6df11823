import type { ArrayLayout, AxisSize, SparseLayout } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { isSymbol } from "./symbols.js";
import { inside, type Scope, type Visit } from "./walk.js";

/** Axes must lie within shapes, and sizes agree with conventions. */
export function lintArrays(context: LintContext): void {
  for (const visit of context.visits) {
    const { field } = visit;
    if (field.layout.kind !== "array" && field.layout.kind !== "sparse") continue;
    lintShapes(field, field.layout, context);
    lintEncoding(field, field.layout, context);
    lintKeypoints(visit, field.layout, context);
  }
}

function lintShapes(field: Field, layout: ArrayLayout | SparseLayout, { problems }: LintContext): void {
  const old = layout.kind === "array" ? (layout.legacy ?? []) : [];
  const shapes = [
    { shape: layout.shape, place: inside(field, layout.kind === "array" ? "ndarray" : "sparse", "shape") },
    ...old.map(({ shape = [] }, index) => ({ shape, place: inside(field, "legacy", index, "shape") })),
  ];
  for (const { shape, place } of shapes) {
    const open = shape.flatMap((size, index) => (size === "..." ? [index] : []));
    if (open.length > 1) problems.error(place, `"..." stands in ${show(shape)} more than once`);
    else if (open.some((index) => index > 0 && index < shape.length - 1)) {
      problems.error(place, `"..." stands inside ${show(shape)}; it may be the first or the last size`);
    }
  }
}

function lintEncoding(field: Field, layout: ArrayLayout | SparseLayout, { problems }: LintContext): void {
  for (const [index, step] of (layout.kind === "array" ? (layout.encoding ?? []) : []).entries()) {
    if (!("axis" in step)) continue;
    const fault = axisFault(layout.shape, step.axis);
    if (fault !== undefined) problems.error(inside(field, "encoding", index, "axis"), fault);
  }
}

function lintKeypoints({ field, scope }: Visit, layout: ArrayLayout | SparseLayout, context: LintContext): void {
  const { keypoints, shape } = layout;
  if (!keypoints) return;
  const { problems, counts } = context;
  const fault = axisFault(shape, keypoints.axis);
  if (fault !== undefined) problems.error(inside(field, "keypoints", "axis"), fault);
  const named = keypoints.convention ?? keypoints.default;
  if (named === undefined || context.unreadConventions.has(named)) return;
  const place = inside(field, "keypoints", "convention", ...(keypoints.convention === undefined ? ["default"] : []));
  const count = counts.get(named);
  if (count === undefined && counts.size === 0) {
    problems.warning(place, `convention ${JSON.stringify(named)} is not known: the folder has no conventions`);
  } else if (count === undefined) {
    problems.error(place, `convention ${JSON.stringify(named)} is not known${didYouMean(named, counts.keys())}`);
  } else if (fault === undefined) {
    const sizes = sizesOf(shape.at(axisIndex(shape, keypoints.axis)) ?? "*", scope);
    if (sizes === undefined || sizes.includes(count)) return;
    problems.error(
      place,
      `axis ${keypoints.axis} has size ${sizes.join(" or ")}, but ${JSON.stringify(named)} has ${count} keypoints`,
    );
  }
}

function sizesOf(size: AxisSize, scope: Scope): readonly number[] | undefined {
  if (typeof size === "number") return [size];
  return isSymbol(size) ? scope.get(size) : undefined;
}

/** Why `axis` does not name one size of the shape; `undefined` when it does. */
function axisFault(shape: readonly AxisSize[], axis: number): string | undefined {
  if (shape[0] === "..." && axis >= 0)
    return `axis ${axis} is not certain in ${show(shape)}: count from the end, -1 is the last`;
  if (shape.at(-1) === "..." && shape.length > 1 && axis < 0)
    return `axis ${axis} is not certain in ${show(shape)}: count from the start`;
  const index = axisIndex(shape, axis);
  const open = shape.indexOf("...");
  return index >= 0 && index < shape.length && index !== open
    ? undefined
    : `axis ${axis} is outside the shape ${show(shape)}`;
}

function axisIndex(shape: readonly AxisSize[], axis: number): number {
  return axis < 0 ? shape.length + axis : axis;
}

function show(shape: readonly AxisSize[]): string {
  return `[${shape.join(", ")}]`;
}
