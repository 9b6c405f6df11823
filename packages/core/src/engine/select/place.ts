import type { ArrayLayout, AxisSize, ListLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { ConcreteField } from "../resolve.js";
import { type AlignedAxis, alignAxes, fitsShape } from "../shape.js";

/** An axis of an array, or a list's only one (0), and the symbol that it lies along. */
export interface SymbolAxis {
  readonly axis: number;
  readonly symbol: string;
  readonly size: number;
  /** Whether a mask may have left items of it out: its size is then not that of the symbol. */
  readonly packed: boolean;
}

/** The axes of a value with the symbols that its field states for them; `undefined` when its form says nothing. */
export function statedAxes(field: ConcreteField, value: unknown): readonly SymbolAxis[] | undefined {
  if (field.kind === "list") return listAxes(field, value);
  if (field.kind !== "array" || !(value instanceof NdArray)) return undefined;
  const packed = new Set(field.encoding?.map((step) => (step.codec === "mask-pack" ? step.axis : -1)));
  return alignedForm(field, value)?.flatMap(({ axis, rule, actual }) =>
    isSymbol(rule) ? [{ axis, symbol: rule, size: actual, packed: packed.has(axis) }] : [],
  );
}

function listAxes(field: ListLayout, value: unknown): readonly SymbolAxis[] | undefined {
  if (typeof field.length !== "string") return [];
  const size = firstSize(value);
  return size === undefined ? undefined : [{ axis: 0, symbol: field.length, size, packed: false }];
}

/** The axes as the current shape names them or, where that has another number of axes, an outdated one. */
function alignedForm(field: ArrayLayout, { dtype, shape }: NdArray): readonly AlignedAxis[] | undefined {
  const forms = [
    { dtype: field.dtype, shape: field.shape },
    ...(field.legacy ?? []).map((form) => ({ dtype: form.dtype ?? field.dtype, shape: form.shape ?? field.shape })),
  ];
  const form =
    forms.find((old) => old.dtype.includes(dtype) && fitsShape(old.shape, shape)) ??
    forms.find((old) => alignAxes(old.shape, shape) !== undefined);
  return form && alignAxes(form.shape, shape);
}

/** Whether a size is a symbol, not a number or any size. */
export function isSymbol(size: AxisSize): size is string {
  return typeof size === "string" && size !== "*" && size !== "...";
}

/** Items along the first axis of an array or a list; `undefined` for what has none. */
export function firstSize(value: unknown): number | undefined {
  if (value instanceof NdArray) return value.shape[0];
  return Array.isArray(value) ? value.length : undefined;
}

/** Whether a field leaves the size of the first axis open. */
export function isOpen(field: ConcreteField): boolean {
  if (field.kind === "array") return field.shape[0] === "*" || field.shape[0] === "...";
  return field.kind === "any" || (field.kind === "list" && field.length === undefined);
}

/** The symbols that a field names for its own axes, in any form. */
export function ownSymbols(field: ConcreteField): readonly string[] {
  if (field.kind === "list") return typeof field.length === "string" ? [field.length] : [];
  if (field.kind !== "array" && field.kind !== "sparse") return [];
  const outdated = field.kind === "array" ? (field.legacy ?? []).flatMap((form) => form.shape ?? []) : [];
  return [...field.shape, ...outdated].filter(isSymbol);
}
