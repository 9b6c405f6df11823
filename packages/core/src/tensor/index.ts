/** Arrays as tensors of other libraries. None of them is imported here: an adapter is given its library. */

export type { NumericDType } from "../ndarray/kinds.js";
export type { TensorAdapter } from "./adapter.js";
export { type OnnxData, type OnnxLibrary, type OnnxType, onnx } from "./onnx.js";
export type { Tensors, ToTensorsOptions } from "./tensors.js";
export { type TfjsLibrary, type TfjsOptions, type TfjsTensor, type TfjsValues, tfjs } from "./tfjs.js";
export { toTensors } from "./to-tensors.js";
export { type PlainTensor, type PlainTensorOf, typedArrays } from "./typed-arrays.js";
