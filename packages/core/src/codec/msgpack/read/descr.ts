import { FormatError } from "../../../errors.js";
import { type Descr, type DescrField, type DType, dtype } from "../../../ndarray/dtype.js";
import { latin1Text } from "../../../value/latin1-text.js";
import type { Value } from "../../../value/value.js";

/** Structured types of data have a few dozen members; numpy takes 2 GiB for one element at most. */
const MAX_MEMBERS = 4096;
const MAX_ITEM_SIZE = 2 ** 31 - 1;

/**
 * The element type that msgpack-numpy stored: numpy's code, or a list of fields `[name, type]` or `[name, type, shape]`.
 * Throws `FormatError`: `refused` where objects are among the elements, `unsupported`, `corrupt` and `limit`.
 */
export function typeOfStored(stored: Value): DType {
  const counter = { members: 0 };
  const descr = descrOf(stored, counter);
  if (typeof descr !== "string" && counter.members === 0)
    throw new FormatError("unsupported", "a structured type without named members is not supported");
  const type = dtype(descr);
  if (!(type.itemSize <= MAX_ITEM_SIZE)) throw new FormatError("limit", `an element of ${type.itemSize} bytes`);
  return type;
}

function descrOf(stored: Value, counter: { members: number }): Descr {
  const code = codeOf(stored);
  if (code !== undefined) return harmless(code);
  if (!Array.isArray(stored)) throw new FormatError("corrupt", "an element type that is neither a code nor a list");
  return (stored as readonly Value[]).map((field) => fieldOf(field, counter));
}

function fieldOf(field: Value, counter: { members: number }): DescrField {
  const [first, second, shape] = Array.isArray(field) ? (field as readonly Value[]) : [];
  const name = first === undefined ? undefined : codeOf(first);
  if (name === undefined || second === undefined)
    throw new FormatError("corrupt", "an element type has a field without a name or a type");
  const type = descrOf(second, counter);
  const isPadding = name === "" && typeof type === "string" && /^\|?V\d+$/.test(type);
  if (!isPadding && ++counter.members > MAX_MEMBERS)
    throw new FormatError("limit", `a structured type of more than ${MAX_MEMBERS} members`);
  return shape === undefined ? [name, type] : [name, type, sizesOf(shape)];
}

function sizesOf(shape: Value): number[] {
  const sizes = typeof shape === "number" ? [shape] : shape;
  const isShape = Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw new FormatError("corrupt", "a field of an element type has a shape that is none");
  return sizes as number[];
}

/** Text, or bytes that stand for it. */
function codeOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? latin1Text(value) : undefined;
}

/** Objects are stored as a pickle, or, inside of structures, as addresses that Python would follow. */
function harmless(code: string): string {
  if (/^[<>|=]?O\d*$|^object/.test(code)) throw new FormatError("refused", "refused: an array of objects");
  return code;
}
