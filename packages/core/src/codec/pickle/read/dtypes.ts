import { type Descr, type DescrField, type DType, dtype } from "../../../ndarray/dtype.js";
import { DTypeValue } from "../../../value/value.js";
import { typeOf } from "./arrays.js";
import { blobBytes } from "./blob.js";
import type { Machine } from "./machine.js";
import { Blob, DTypeShell, labelOf, type Slot, SubarrayType, TupleSlot } from "./slots.js";

/** Structured types describe their members in full, so sharing members can make them grow without end. */
const MAX_MEMBERS = 4096;
const MAX_DEPTH = 16;
const TOO_MANY = "structured dtype with too many members";
const MAX_ITEM_SIZE = 2 ** 31 - 1;

/**
 * The dtype made by `dtype(code)` whose state is `(version, byteorder, subdtype, names, fields, itemsize, alignment,
 * flags[, metadata])`.
 */
export function buildDType(m: Machine, code: string, state: readonly Slot[]): DTypeValue | SubarrayType {
  if (state.length < 7 || state.length > 9) throw m.error("unsupported", `dtype state of ${state.length} items`);
  const [version, order, subtype, names, fields, itemSize] = state;
  if (typeof version !== "number" || version < 2 || version > 4)
    throw m.error("unsupported", `version ${String(version)} of dtype pickles`);
  if (subtype !== null) return subarray(m, subtype as Slot);
  if (names !== null) return new DTypeValue(struct(m, names as Slot, fields as Slot, itemSize as Slot));
  const sign = textOf(m, order as Slot);
  if (!/^[<>|=]$/.test(sign)) throw m.error("corrupt", `byte order ${JSON.stringify(sign)}`);
  return new DTypeValue(plainType(m, code.replace(/^[<>|=]/, ""), sign, itemSize as Slot, state[8] ?? null));
}

function plainType(m: Machine, code: string, sign: string, itemSize: Slot, metadata: Slot): DType {
  if (/^[USa]/.test(code)) {
    if (typeof itemSize !== "number" || !Number.isInteger(itemSize))
      throw m.error("corrupt", `itemsize ${labelOf(itemSize)}`);
    if (itemSize < 0) return dtype(sign + code);
    const length = code.startsWith("U") ? itemSize / 4 : itemSize;
    if (!Number.isInteger(length) || itemSize > MAX_ITEM_SIZE)
      throw m.error("corrupt", `itemsize ${itemSize} of dtype ${code}`);
    return dtype(`${sign}${code.startsWith("U") ? "U" : "S"}${length}`);
  }
  if (code === "M8" || code === "m8") return dtype(`${sign}${code}${unitOf(m, metadata)}`);
  if (/^V/.test(code)) throw m.error("unsupported", `dtype ${code} (raw bytes without fields) is not supported`);
  return dtype(sign + code);
}

/** The unit that version 4 of the state gives for dates: `(metadata, (unit, count, denominator, events))`. */
function unitOf(m: Machine, metadata: Slot): string {
  const units = metadata instanceof TupleSlot ? metadata.items[1] : undefined;
  if (metadata === null) return "";
  if (!(units instanceof TupleSlot) || units.items.length < 3)
    throw m.error("unsupported", "dates without a unit that is understood");
  const [unit, count, denominator] = units.items;
  const name = textOf(m, unit as Slot);
  if (typeof count !== "number" || denominator !== 1) throw m.error("unsupported", "dates in fractions of a unit");
  if (name === "generic") return "";
  return `[${count === 1 ? "" : count}${name}]`;
}

/** `subdtype` is `(dtype, shape)`. */
function subarray(m: Machine, slot: Slot): SubarrayType {
  const [type, shape] = slot instanceof TupleSlot ? slot.items : [];
  const sizes = shape instanceof TupleSlot ? shape.items : [shape];
  for (const size of sizes) {
    if (typeof size !== "number" || !Number.isInteger(size) || size < 0) throw m.error("corrupt", "subarray shape");
  }
  const made = new SubarrayType(typeOf(m, type as Slot), sizes as number[]);
  if (bytesOf(made.type, made.shape) > MAX_ITEM_SIZE) throw m.error("limit", "subarray of more than 2 GiB");
  return made;
}

function bytesOf(type: DType, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, type.itemSize);
}

interface Member {
  readonly name: string;
  readonly type: DType;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** A structured type; gaps between its members become padding. */
function struct(m: Machine, names: Slot, fields: Slot, itemSize: Slot): DType {
  if (!(names instanceof TupleSlot) || !(fields instanceof Map))
    throw m.error("corrupt", "structured dtype without fields");
  if (Math.max(names.items.length, fields.size) > MAX_MEMBERS) throw m.error("limit", TOO_MANY);
  if (names.items.length === 0) throw m.error("unsupported", "structured dtype without members");
  const byName = new Map<string, Slot>([...fields].map(([key, field]) => [textOf(m, key), field]));
  const members = names.items.map((name) => member(m, textOf(m, name), byName.get(textOf(m, name)) ?? null));
  const descr: DescrField[] = [];
  let end = 0;
  for (const { name, type, shape, offset } of members) {
    if (offset < end) throw m.error("unsupported", "structured dtype whose members overlap or are out of order");
    if (offset > end) descr.push(["", `|V${offset - end}`]);
    descr.push(shape.length > 0 ? [name, type.descr, shape] : [name, type.descr]);
    end = offset + bytesOf(type, shape);
  }
  if (typeof itemSize !== "number" || itemSize < end)
    throw m.error("corrupt", "structured dtype whose members exceed its itemsize");
  if (itemSize > MAX_ITEM_SIZE) throw m.error("limit", `elements of ${itemSize} bytes`);
  if (itemSize > end) descr.push(["", `|V${itemSize - end}`]);
  checkExtent(m, descr);
  return dtype(descr);
}

/** A member's entry in `fields`: `(dtype, offset[, title])`. */
function member(m: Machine, name: string, slot: Slot): Member {
  const entry = slot as unknown;
  const items = entry instanceof TupleSlot ? entry.items : Array.isArray(entry) ? (entry as Slot[]) : [];
  const [type, offset] = items;
  if (items.length === 3) throw m.error("unsupported", "structured dtype with titles");
  if (items.length !== 2 || typeof offset !== "number" || offset < 0)
    throw m.error("corrupt", `dtype field ${JSON.stringify(name)}`);
  const made = type instanceof DTypeShell ? (type.value ?? type) : type;
  if (made instanceof SubarrayType) return { name, type: made.type, shape: made.shape, offset };
  return { name, type: typeOf(m, made as Slot), shape: [], offset };
}

function checkExtent(m: Machine, descr: readonly DescrField[]): void {
  let count = 0;
  const walk = (part: Descr, depth: number): void => {
    if (typeof part === "string") return;
    count += part.length;
    if (count > MAX_MEMBERS || depth > MAX_DEPTH) throw m.error("limit", TOO_MANY);
    for (const [, type] of part) walk(type, depth + 1);
  };
  walk(descr, 1);
}

function textOf(m: Machine, slot: Slot): string {
  if (typeof slot === "string") return slot;
  if (slot instanceof Blob) return m.text.readLatin1(blobBytes(slot));
  if (slot instanceof Uint8Array) return m.text.readLatin1(slot);
  throw m.error("corrupt", `a ${labelOf(slot)} where text was expected`);
}
