import { FormatError } from "../errors.js";
import type { ArrayLayout, LegacyForm } from "../layout/layout.js";
import { type DTypeName, dtype } from "../ndarray/dtype.js";
import type { DataOf, TypedArray } from "../ndarray/elements.js";
import { NdArray } from "../ndarray/ndarray.js";
import { pad } from "../ndarray/pad.js";
import { plainScalar } from "./scalar.js";
import { fitsForm, fitsShape } from "./shape.js";

/** What the header of an array says. */
export type ArrayForm = Pick<NdArray, "dtype" | "shape">;

/** The outdated form that an array is in; undefined for others. */
export function legacyForm(field: ArrayLayout, array: ArrayForm): LegacyForm | undefined {
  return field.legacy?.find(
    (old) => (old.dtype ?? field.dtype).includes(array.dtype) && fitsShape(old.shape ?? field.shape, array.shape),
  );
}

/** The form that reading brings an array to, by its header alone; the form itself where that is none of the outdated ones. */
export function modernForm(field: ArrayLayout, array: ArrayForm): ArrayForm {
  const form = isCurrent(field, array) ? undefined : legacyForm(field, array);
  return form ? { dtype: form.to ?? array.dtype, shape: modernShape(field, form, array.shape) } : array;
}

/** Whether an array has the form that new files store: of any size where a mask may have left items out. */
export function isCurrent(field: ArrayLayout, { dtype, shape }: ArrayForm): boolean {
  const packed = new Set(field.encoding?.map((step) => (step.codec === "mask-pack" ? step.axis : -1)));
  const rule = field.shape.map((size, axis) => (packed.has(axis) ? "*" : size));
  return field.dtype.includes(dtype) && fitsForm({ ...field, shape: rule }, shape);
}

/** Brings an array in one of the field's outdated forms up to date. Throws `mismatch` when elements do not allow it. */
export function modernise(field: ArrayLayout, array: NdArray, path: string): NdArray {
  const form = legacyForm(field, array);
  if (!form) return array;
  let result = array;
  if (form.to !== undefined && form.to !== array.dtype) result = convert(result, form.to, path);
  const split = splitShape(field, result.shape);
  if (split) result = result.reshape(split);
  return form.fill === undefined ? result : pad(result, filledShape(field, result.shape), form.fill);
}

function modernShape(field: ArrayLayout, { fill }: LegacyForm, shape: readonly number[]): readonly number[] {
  const split = splitShape(field, shape) ?? shape;
  return fill === undefined ? split : filledShape(field, split);
}

/** A shape with the sizes that the schema states. */
function filledShape({ shape: rules }: ArrayLayout, shape: readonly number[]): readonly number[] {
  return shape.map((size, axis) => {
    const rule = rules[axis];
    return typeof rule === "number" ? rule : size;
  });
}

/** The current shape of an array whose trailing axes were once stored as one; undefined when that is not its case. */
function splitShape(field: ArrayLayout, shape: readonly number[]): readonly number[] | undefined {
  const leading = shape.length - 1;
  const trailing = field.shape.slice(leading);
  if (leading < 0 || trailing.length < 2 || !trailing.every((size) => typeof size === "number")) return undefined;
  const sizes = trailing as readonly number[];
  return sizes.reduce((product, size) => product * size, 1) === shape[leading]
    ? [...shape.slice(0, leading), ...sizes]
    : undefined;
}

/** Numbers of any numeric or object dtype as another numeric dtype. */
function convert(array: NdArray, to: DTypeName, path: string): NdArray {
  const type = dtype(to);
  const result = NdArray.fromBytes(type, array.shape, new Uint8Array(array.size * type.itemSize));
  const data = result.data as TypedArray;
  let index = 0;
  for (const element of array) {
    const value = plainScalar(element as never);
    const number =
      typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? Number(value) : undefined;
    if (number === undefined) throw new FormatError("mismatch", `a number expected at element ${index}`, { path });
    data[index++] = (
      data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(number) : number
    ) as never;
  }
  return result as NdArray<DTypeName> & { data: DataOf[DTypeName] };
}
