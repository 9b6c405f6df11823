import type { DTypeName } from "./dtype.js";

/** The dtypes of whole numbers. */
export type WholeDType = Extract<DTypeName, `int${number}` | `uint${number}`>;

/** The dtypes of numbers: those that can be cast to each other. */
export type NumericDType = Exclude<DTypeName, "string" | "bytes" | "object" | "datetime64" | "timedelta64" | "struct">;

export type ComplexDType = "complex64" | "complex128";

/** Numbers and booleans. */
export function isNumericName(name: DTypeName): name is NumericDType {
  return name === "bool" || isComplex(name) || /^(u?int|float)\d/.test(name);
}

export function isComplex(name: DTypeName): name is ComplexDType {
  return name === "complex64" || name === "complex128";
}

/** Numbers and booleans, complex ones not among them. */
export function isReal(name: DTypeName): boolean {
  return isNumericName(name) && !isComplex(name);
}
