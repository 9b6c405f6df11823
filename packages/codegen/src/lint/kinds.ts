import type { DTypeName } from "@somakit/core/gen/v1";

/** dtypes of whole numbers: a name that core adds belongs to them as soon as it is called like one. */
export type WholeName = Extract<DTypeName, `int${number}` | `uint${number}`>;

/** Whether arrays of a dtype hold whole numbers. */
export function isWhole(name: DTypeName): name is WholeName {
  return /^u?int\d+$/.test(name);
}
