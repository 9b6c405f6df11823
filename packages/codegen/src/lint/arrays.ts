import type { ArrayLayout, AxisSize, Encoding, Quantize, SparseLayout } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import type { Place } from "../load/problems.js";
import { didYouMean } from "../load/suggest.js";
import { isWhole } from "./kinds.js";
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
    if (field.layout.kind === "sparse") lintColumns(visit, field.layout, context);
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

/** Positions in rows do not say how many columns there are; something must. */
function lintColumns({ field, stated }: Visit, { shape, columns }: SparseLayout, { problems }: LintContext): void {
  const size = shape[1];
  if (size === undefined) problems.error(inside(field, "sparse", "shape"), "a matrix has rows and columns");
  else if (typeof size === "number" && columns !== undefined)
    problems.error(
      inside(field, "sparse", "columns"),
      `it has no effect: the shape says that there are ${size} columns`,
    );
  else if (typeof size === "string" && columns === undefined && !stated.has(size))
    problems.error(
      inside(field, "sparse", "shape", 1),
      `nothing says how many columns there are: state ${size === "*" ? "them by" : `${size} in "dims" ("equals"), or say it by`} "columns"`,
    );
}

function lintEncoding(field: Field, layout: ArrayLayout | SparseLayout, { problems }: LintContext): void {
  const steps = layout.kind === "array" ? (layout.encoding ?? []) : [];
  let isFine = true;
  for (const [index, step] of steps.entries()) {
    const fault = "axis" in step ? axisFault(layout.shape, step.axis) : undefined;
    if (fault !== undefined) problems.error(inside(field, "encoding", index, "axis"), fault);
    isFine &&= fault === undefined;
  }
  const fault = isFine && layout.kind === "array" ? orderFault(layout, steps) : undefined;
  if (fault) problems.error(inside(field, "encoding", ...fault.way), fault.message);
}

const ORDER: readonly Encoding["codec"][] = ["quantize", "delta", "with-factor"];

/** Numbers are rounded first, then come differences, then the factor; masks are for arrays whose numbers stay as they are. */
function orderFault(
  { dtype }: ArrayLayout,
  steps: readonly Encoding[],
): { readonly way: readonly (string | number)[]; readonly message: string } | undefined {
  const coded = steps
    .map(({ codec }, index) => ({ index, place: ORDER.indexOf(codec) }))
    .filter(({ place }) => place >= 0);
  const [first] = coded;
  if (!first) return undefined;
  if (coded.length < steps.length) return { way: [], message: '"mask-pack" does not go with other codecs' };
  if (first.place > 0)
    return { way: [first.index], message: `${String(ORDER[first.place])} needs "quantize" before it` };
  const late = coded.find(({ place }, at) => at > 0 && place <= (coded[at - 1]?.place ?? -1));
  if (late) return { way: [late.index], message: `the codecs come in the order ${ORDER.join(", ")}, each once` };
  const quantize = steps[0] as Quantize;
  if (!isWhole(quantize.as)) return { way: [0, "as"], message: `steps are whole numbers, ${quantize.as} is none` };
  if (dtype.every((name) => name === "float32" || name === "float64")) return undefined;
  return { way: [0], message: `quantized values are read as float32 or float64, not as ${dtype.join(" or ")}` };
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
  for (const [text, names] of Object.entries(keypoints.names ?? {}))
    for (const [index, name] of names.entries())
      countOf(name, inside(field, "keypoints", "convention", "names", text, index), context);
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
