import { stringText } from "../value/python-text.js";
import { type Descr, type DType, dtype } from "./dtype.js";

/** Python's text of a tuple of sizes. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** Python's text of `dtype.descr`, or of `dtype.str` for types without fields. */
export function descrText(type: DType): string {
  if (!type.fields) return stringText(type.descr as string);
  return fieldsText(type.descr);
}

function fieldsText(descr: Descr): string {
  if (typeof descr === "string") return stringText(/V/.test(descr) ? descr : (dtype(descr).descr as string));
  const fields = descr.map(([name, type, shape]) => {
    const sizes = shape ? `, ${shapeText(shape)}` : "";
    return `(${stringText(name)}, ${fieldsText(type)}${sizes})`;
  });
  return `[${fields.join(", ")}]`;
}

/** Python's `repr` of a dtype. */
export function dtypeText(type: DType): string {
  if (type.fields) return `dtype(${descrText(type)})`;
  const named =
    type.byteOrder !== ">" && !["string", "bytes", "object", "datetime64", "timedelta64"].includes(type.name);
  const text = named ? type.name : (type.descr as string).replace(/^\|/, "");
  return `dtype(${stringText(text)})`;
}
