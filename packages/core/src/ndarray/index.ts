/** Arrays of numbers, texts and records with dtype, shape and strides, as numpy has them. */

export { astype } from "./astype.js";
export { concatenate } from "./concat.js";
export { cropOrPad } from "./crop-or-pad.js";
export {
  type ByteOrder,
  type Descr,
  type DType,
  type DTypeName,
  dtype,
  type Field,
  typeLabel,
} from "./dtype.js";
export type { DataOf, ElementOf, TypedArray } from "./elements.js";
export { decodeHalves, encodeHalves, fromHalf, toHalf } from "./float16.js";
export { NdArray, type Shape, zeros } from "./ndarray.js";
export { pad } from "./pad.js";
export type { AxisRange } from "./range.js";
export { resultType } from "./result-type.js";
export { take } from "./take.js";
