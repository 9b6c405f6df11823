import { FormatError } from "../../../errors.js";
import { type Descr, type DescrField, type DType, dtype, littleEndian, textType } from "../../../ndarray/dtype.js";
import { type H5Member, type H5Type, TYPE_CLASSES } from "./h5wasm.js";

/** How elements of a file become elements of an array. */
export interface ElementType {
  /**
   * As stored, byte order included. `object` for what has no fixed size: text of variable length, and sequences, which
   * become arrays.
   */
  readonly type: DType;
  /** Axes that every element has of its own; they follow those of the data set. */
  readonly shape: readonly number[];
  /** Bytes that the library gives for an element, with its axes. */
  readonly size: number;
  /**
   * Whether the library hands out little-endian bytes although big-endian ones are stored. (Compounds whose members are
   * all big-endian are described as little-endian, as which they are handed out.)
   */
  readonly swapped: boolean;
  /** What the elements are when they have no fixed size. */
  readonly varying?: "text" | { readonly items: ElementType };
}

/** Deepest nesting of compound types. */
const DEEPEST = 16;

/**
 * The element type that HDF5's `type` is, as h5py sees it: the two-valued enum FALSE and TRUE is `bool`, other enums are
 * their integers, compounds of `r` and `i` are complex, text of fixed length is `bytes`.
 * Throws `FormatError` `unsupported`: references, times, opaque types, floats and integers of unusual size.
 */
export function elementType(type: H5Type, path: string): ElementType {
  if (type.type === TYPE_CLASSES.array && type.array_type) {
    const item = elementType(type.array_type, path);
    if (item.varying) throw unsupported("arrays of elements of variable length", path);
    return { ...item, shape: [...type.array_type.shape, ...item.shape], size: type.size };
  }
  if (type.type === TYPE_CLASSES.string && type.vlen) return objects(type, "text");
  if (type.type === TYPE_CLASSES.vlen && type.vlen_type) {
    const items = elementType(type.vlen_type, path);
    if (items.varying) throw unsupported("sequences of elements of variable length", path);
    return objects(type, { items });
  }
  const stored = dtype(descrOf(type, path, 0));
  const swapped = isSwapped(type, path);
  if (swapped && stored.fields) return { type: littleEndian(stored), shape: [], size: type.size, swapped: false };
  return { type: stored, shape: [], size: type.size, swapped };
}

function objects(type: H5Type, varying: NonNullable<ElementType["varying"]>): ElementType {
  return { type: dtype("|O"), shape: [], size: type.size, swapped: false, varying };
}

function descrOf(type: H5Type, path: string, depth: number): Descr {
  if (depth > DEEPEST) throw new FormatError("limit", `types are nested deeper than ${DEEPEST}`, { path });
  const order = type.littleEndian ? "<" : ">";
  switch (type.type) {
    case TYPE_CLASSES.integer:
    case TYPE_CLASSES.bitfield:
      if (![1, 2, 4, 8].includes(type.size)) throw unsupported(`integers of ${type.size} bytes`, path);
      return `${order}${type.signed ? "i" : "u"}${type.size}`;
    case TYPE_CLASSES.float:
      if (![2, 4, 8].includes(type.size)) throw unsupported(`floats of ${type.size} bytes`, path);
      return `${order}f${type.size}`;
    case TYPE_CLASSES.enum:
      return isBoolean(type) ? "|b1" : descrOf({ ...type, type: TYPE_CLASSES.integer }, path, depth + 1);
    case TYPE_CLASSES.string:
      if (type.vlen) throw unsupported("text of variable length inside a compound type", path);
      return textType("bytes", type.size).descr;
    case TYPE_CLASSES.complex:
      if (type.size !== 8 && type.size !== 16) throw unsupported(`complex numbers of ${type.size} bytes`, path);
      return `${order}c${type.size}`;
    case TYPE_CLASSES.compound:
      return compoundDescr(type, path, depth);
    default:
      throw unsupported(NAMES[type.type] ?? `elements of HDF5's class ${type.type}`, path);
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [TYPE_CLASSES.time]: "HDF5's times",
  [TYPE_CLASSES.opaque]: "opaque elements",
  [TYPE_CLASSES.reference]: "references to other objects",
  [TYPE_CLASSES.vlen]: "sequences inside a compound type",
  [TYPE_CLASSES.array]: "arrays of this kind",
};

/** What h5py writes for booleans. */
function isBoolean({ size, enum_type }: H5Type): boolean {
  const names = Object.entries(enum_type?.members ?? {});
  return size === 1 && names.length === 2 && enum_type?.members["FALSE"] === 0 && enum_type.members["TRUE"] === 1;
}

function compoundDescr(type: H5Type, path: string, depth: number): Descr {
  const members = [...(type.compound_type?.members ?? [])].sort((a, b) => a.offset - b.offset);
  const complex = complexDescr(type, members);
  if (complex) return complex;
  const fields: DescrField[] = [];
  let end = 0;
  const pad = (to: number): void => {
    if (to < end) throw new FormatError("corrupt", "members of a compound type overlap", { path });
    if (to > end) fields.push(["", `|V${to - end}`]);
  };
  for (const member of members) {
    pad(member.offset);
    const { item, shape } = withoutAxes(member);
    const descr = descrOf(item, path, depth + 1);
    fields.push(shape.length > 0 ? [member.name, descr, shape] : [member.name, descr]);
    end = member.offset + member.size;
  }
  pad(type.size);
  return fields;
}

function withoutAxes(type: H5Type): { readonly item: H5Type; readonly shape: readonly number[] } {
  const shape: number[] = [];
  let item = type;
  while (item.type === TYPE_CLASSES.array && item.array_type) {
    shape.push(...item.array_type.shape);
    item = item.array_type;
  }
  return { item, shape };
}

function complexDescr({ size }: H5Type, members: readonly H5Member[]): Descr | undefined {
  const [real, imaginary] = members;
  if (members.length !== 2 || real?.name !== "r" || imaginary?.name !== "i") return undefined;
  const alike = real.type === TYPE_CLASSES.float && imaginary.type === TYPE_CLASSES.float && real.size === size / 2;
  if (!alike || imaginary.offset !== size / 2 || real.littleEndian !== imaginary.littleEndian) return undefined;
  return size === 8 || size === 16 ? `${real.littleEndian ? "<" : ">"}c${size}` : undefined;
}

/**
 * The library turns elements round whose order is big-endian throughout; mixed ones it hands out as they are, and enums
 * too. Throws `unsupported` for compounds of both kinds, which it turns round in part.
 */
function isSwapped(type: H5Type, path: string): boolean {
  const { item } = withoutAxes(type);
  const found = { orders: new Set<"<" | ">">(), enums: false };
  collectOrders(item, found);
  if (found.orders.size !== 1 || !found.orders.has(">") || item.type === TYPE_CLASSES.enum) return false;
  if (found.enums) throw unsupported("compound types with big-endian enums", path);
  return true;
}

function collectOrders(type: H5Type, found: { readonly orders: Set<"<" | ">">; enums: boolean }): void {
  const { item } = withoutAxes(type);
  if (item.type === TYPE_CLASSES.enum) found.enums = true;
  if (item.type === TYPE_CLASSES.compound) {
    for (const member of item.compound_type?.members ?? []) collectOrders(member, found);
  } else if (item.type !== TYPE_CLASSES.string) found.orders.add(item.littleEndian ? "<" : ">");
}

function unsupported(what: string, path: string): FormatError {
  return new FormatError("unsupported", `${what} are not supported`, { path });
}
