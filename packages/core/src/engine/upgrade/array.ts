import { isFormatError } from "../../errors.js";
import type { ArrayLayout } from "../../layout/layout.js";
import { astype } from "../../ndarray/astype.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import { isCurrent, legacyForm, modernise } from "../legacy.js";
import type { Changes } from "./changes.js";

/**
 * An array in the form that its field has now. One that is in no known form stays as it is. Throws `FormatError`
 * `mismatch` for elements that an outdated form does not allow, unless `lenient`.
 */
export function upgradeArray(
  changes: Changes,
  field: ArrayLayout,
  given: NdArray,
  path: string,
  lenient: boolean,
): NdArray {
  let array = given;
  // One form may lead to another, each of them once.
  for (const _ of field.legacy ?? []) {
    const form = isCurrent(field, array) ? undefined : legacyForm(field, array);
    const next = form && modernised(field, array, path, lenient);
    if (!form || !next || next === array) break;
    changes.add(path, form.description, field.rule);
    array = next;
  }
  return isCurrent(field, array) ? array : floatsOfObjects(changes, field, array, path);
}

function modernised(field: ArrayLayout, array: NdArray, path: string, lenient: boolean): NdArray | undefined {
  try {
    return modernise(field, array, path);
  } catch (error) {
    if (lenient && isFormatError(error, "mismatch")) return undefined;
    throw error;
  }
}

/** Numbers that were stored as objects, where the field wants floats. */
function floatsOfObjects(changes: Changes, field: ArrayLayout, array: NdArray, path: string): NdArray {
  const type = field.dtype.includes("float64") ? "float64" : field.dtype.find((name) => name.startsWith("float"));
  if (array.dtype !== "object" || type === undefined) return array;
  if (!isCurrent(field, { dtype: type, shape: array.shape })) return array;
  try {
    const floats = astype(array, type);
    changes.add(path, `numbers stored as objects; they become ${type}`, field.rule);
    return floats;
  } catch (error) {
    if (error instanceof TypeError) return array;
    throw error;
  }
}
