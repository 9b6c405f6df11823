import { type DType, dtype, littleEndian, sameType } from "./dtype.js";
import { promote } from "./promote.js";

/**
 * The type that holds the elements of both, as numpy's `result_type`: numbers are promoted, text and bytes take the
 * longer length, objects hold everything. `undefined` where there is none without changing what the elements are: text
 * beside numbers (which numpy turns into text), text beside bytes, times of different units, different structs.
 */
export function resultType(a: DType, b: DType): DType | undefined {
  if (a.name === "object" || b.name === "object") return dtype("|O");
  if (a.name === b.name && (a.name === "string" || a.name === "bytes"))
    return littleEndian(a.itemSize >= b.itemSize ? a : b);
  const [left, right] = [littleEndian(a), littleEndian(b)];
  if (sameType(left, right)) return left;
  if (typeof left.descr !== "string" || typeof right.descr !== "string") return undefined;
  const code = promote(left.descr.slice(1), right.descr.slice(1));
  return code === undefined ? undefined : dtype(code);
}
