import type { ArrayLayout, AxisSize, SparseLayout } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import type { Place } from "../load/problems.js";
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
  const { problems } = context;
  const fault = axisFault(shape, keypoints.axis);
  if (fault !== undefined) problems.error(inside(field, "keypoints", "axis"), fault);
  const sizes = fault === undefined ? sizesOf(shape.at(axisIndex(shape, keypoints.axis)) ?? "*", scope) : undefined;
  const named = keypoints.convention ?? keypoints.default;
  if (named !== undefined) {
    const place = inside(field, "keypoints", "convention", ...(keypoints.convention === undefined ? ["default"] : []));
    const count = countOf(named, place, context);
    if (count !== undefined && sizes?.includes(count) === false)
      problems.error(place, `${axisText(keypoints.axis, sizes)}, but ${JSON.stringify(named)} has ${count} keypoints`);
  }
  for (const [size, name] of Object.entries(keypoints.bySize ?? {})) {
    const place = inside(field, "keypoints", "convention", "bySize", size);
    const count = countOf(name, place, context);
    if (count !== undefined && count !== Number(size))
      problems.error(place, `${JSON.stringify(name)} has ${count} keypoints, not ${size}`);
    else if (sizes?.includes(Number(size)) === false)
      problems.error(place, `${axisText(keypoints.axis, sizes)}, never ${size}`);
  }
}

/** Keypoints of a convention, if there is one of that name; says so if there is none. */
function countOf(name: string, place: Place, context: LintContext): number | undefined {
  const { counts, problems, unreadConventions } = context;
  const count = counts.get(name);
  if (count !== undefined || unreadConventions.has(name)) return count;
  const unknown = `convention ${JSON.stringify(name)} is not known`;
  if (counts.size === 0) problems.warning(place, `${unknown}: the folder has no conventions`);
  else problems.error(place, `${unknown}${didYouMean(name, counts.keys())}`);
  return undefined;
}

function axisText(axis: number, sizes: readonly number[]): string {
  return `axis ${axis} has size ${sizes.join(" or ")}`;
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
