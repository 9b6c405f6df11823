import { FormatError } from "../errors.js";

/** The element types that the supported data sets meet, by their usual names. */
export type DTypeName =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | "string"
  | "bytes"
  | "object"
  | "datetime64"
  | "timedelta64"
  | "struct";

/** Little-endian, big-endian, or none for elements of single bytes, as numpy writes it. */
export type ByteOrder = "<" | ">" | "|";

/** One member of a structured element. */
export interface Field {
  readonly name: string;
  readonly type: DType;
  /** Shape of the member; empty for a single value. */
  readonly shape: readonly number[];
  /** Byte offset inside the element. */
  readonly offset: number;
}

/** How one element is stored. Equal types are not necessarily the same object: compare `descr`. */
export interface DType {
  readonly name: DTypeName;
  /** numpy's array-protocol code, such as `<f4` or `|O`; a list for structured types. */
  readonly descr: Descr;
  readonly byteOrder: ByteOrder;
  /** Bytes of one element; 8 for object elements, which hold references. */
  readonly itemSize: number;
  readonly fields?: readonly Field[];
  /** Step of datetime64 and timedelta64, such as `ms` or `25s`; empty when generic. */
  readonly unit?: string;
}

/** numpy's description of a dtype as it stands in an npy header. */
export type Descr = string | readonly DescrField[];
export type DescrField =
  | readonly [name: string, type: Descr]
  | readonly [name: string, type: Descr, shape: readonly number[]];

const BY_CODE: Readonly<Record<string, DTypeName>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
};
const CODES = new Map(Object.entries(BY_CODE).map(([code, name]) => [name, code] as const));

/** Names that numpy accepts in place of codes; old writers put them into npy headers. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "?": "b1",
    b: "i1",
    B: "u1",
    h: "i2",
    H: "u2",
    i: "i4",
    I: "u4",
    l: "i8",
    L: "u8",
    q: "i8",
    Q: "u8",
    e: "f2",
    f: "f4",
    d: "f8",
    F: "c8",
    D: "c16",
    int: "i8",
    float: "f8",
    object: "O",
  }),
);

const cache = new Map<string, DType>();

/**
 * The type that `descr` describes: `<f4`, `float32`, `|O`, `<U27`, `<M8[ms]` or a list of fields.
 * Byte order `=` and no byte order mean little-endian. Throws {@link FormatError} `unsupported` for anything else.
 */
export function dtype(descr: Descr): DType {
  if (typeof descr !== "string") return structType(descr);
  const known = cache.get(descr);
  if (known) return known;
  const made = parse(descr);
  if (cache.size < 4096) cache.set(descr, made);
  return made;
}

function parse(text: string): DType {
  const sign = /^[<>|=]/.test(text) ? (text[0] as string) : "";
  const rest = text.slice(sign.length);
  const code = CODES.get(rest as DTypeName) ?? ALIASES.get(rest) ?? rest;
  const order: ByteOrder = sign === ">" ? ">" : "<";
  const number = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (number) {
    const itemSize = Number(code.slice(1));
    const byteOrder = itemSize === 1 ? "|" : order;
    return { name: number, descr: byteOrder + code, byteOrder, itemSize };
  }
  if (code === "O" || code === "O8" || code === "O4")
    return { name: "object", descr: "|O", byteOrder: "|", itemSize: 8 };
  const sized = /^([USaV])(\d{0,9})$/.exec(code);
  if (sized && sized[1] !== "V") return textType(sized[1] === "U" ? "string" : "bytes", Number(sized[2] || 0), order);
  const time = /^([Mm])8(?:\[(\d{0,9}(?:[YMWDhms]|[munpfa]s))?\])?$/.exec(code);
  if (time) {
    const unit = time[2] ?? "";
    const suffix = unit === "" ? "" : `[${unit}]`;
    return {
      name: time[1] === "M" ? "datetime64" : "timedelta64",
      descr: `${order}${time[1]}8${suffix}`,
      byteOrder: order,
      itemSize: 8,
      unit,
    };
  }
  throw new FormatError("unsupported", `dtype ${JSON.stringify(text)} is not supported`);
}

/** Text of `length` code points (`string`) or bytes (`bytes`) per element. */
export function textType(name: "string" | "bytes", length: number, byteOrder: "<" | ">" = "<"): DType {
  if (name === "bytes") return { name, descr: `|S${length}`, byteOrder: "|", itemSize: length };
  return { name, descr: `${byteOrder}U${length}`, byteOrder, itemSize: 4 * length };
}

function structType(descr: readonly DescrField[]): DType {
  const fields: Field[] = [];
  let itemSize = 0;
  for (const [name, type, shape = []] of descr) {
    const padding = typeof type === "string" ? /^\|?V(\d{1,9})$/.exec(type) : null;
    const count = shape.reduce((product, size) => product * size, 1);
    if (padding && name === "") {
      itemSize += Number(padding[1]) * count;
      continue;
    }
    const member = dtype(type);
    if (holdsObjects(member))
      throw new FormatError("unsupported", `structured dtype with an object member ${JSON.stringify(name)}`);
    fields.push({ name, type: member, shape, offset: itemSize });
    itemSize += member.itemSize * count;
  }
  return { name: "struct", descr, byteOrder: "|", itemSize, fields };
}

function holdsObjects(type: DType): boolean {
  return type.name === "object" || (type.fields?.some((field) => holdsObjects(field.type)) ?? false);
}

/** `type` in little-endian order. */
export function littleEndian(type: DType): DType {
  if (type.fields) return dtype((type.descr as readonly DescrField[]).map(littleField));
  return type.byteOrder === ">" ? dtype(`<${(type.descr as string).slice(1)}`) : type;
}

/** Whether a structured type has no padding and nothing big-endian in it, so that its bytes are what a copy would be. */
export function isGapless(type: DType): boolean {
  let end = 0;
  for (const { type: member, shape, offset } of type.fields ?? []) {
    if (offset !== end || member.byteOrder === ">" || (member.fields && !isGapless(member))) return false;
    end += member.itemSize * shape.reduce((product, size) => product * size, 1);
  }
  return end === type.itemSize;
}

function littleField([name, type, shape]: DescrField): DescrField {
  const little = typeof type === "string" ? type.replace(/^>/, "<") : type.map(littleField);
  return shape ? [name, little, shape] : [name, little];
}

/** Whether two types store the same bytes for the same value. */
export function sameType(a: DType, b: DType): boolean {
  return a === b || JSON.stringify(a.descr) === JSON.stringify(b.descr);
}

/** How messages name a type: `float32`, `float32 (big-endian)`, `string of 27`. */
export function typeLabel(type: DType): string {
  if (type.name === "struct") return `struct ${JSON.stringify(type.descr)}`;
  if (type.name === "string") return `string of ${type.itemSize / 4}`;
  if (type.name === "bytes") return `bytes of ${type.itemSize}`;
  const unit = type.unit ? `[${type.unit}]` : "";
  return `${type.name}${unit}${type.byteOrder === ">" ? " (big-endian)" : ""}`;
}
