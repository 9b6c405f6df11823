import { FormatError } from "../../errors.js";
import { absurdSize } from "../../ndarray/claims.js";
import { type Descr, type DescrField, type DType, dtype } from "../../ndarray/dtype.js";
import { latin1Text } from "../../value/latin1-text.js";
import { type Literal, parseLiteral } from "./literal.js";
import { isNpy, NPY_MAGIC } from "./signature.js";

/** What an npy header says about the array behind it. */
export interface NpyHeader {
  readonly type: DType;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  /** Bytes in front of the data. */
  readonly dataOffset: number;
}

/** Magic, version and the longer form of the header's length. */
const FIXED_BYTES = 12;
/** numpy itself refuses headers over 10,000 characters unless told to trust the file. */
const MAX_HEADER = 1 << 18;
const MAX_AXES = 64;

/**
 * Reads the header at the start of some content. `head` gives at least the first bytes asked for, or all there are;
 * `path` is what errors call the content. Throws `FormatError`: `not-this-format`, `unsupported` (version, dtype),
 * `truncated`, `corrupt` and `limit`.
 */
export async function readNpyHeader(
  head: (byteLength: number) => Promise<Uint8Array>,
  path: string,
): Promise<NpyHeader> {
  try {
    return await readHeader(head);
  } catch (error) {
    throw error instanceof FormatError && error.path === "" && path !== "" ? error.within(path) : error;
  }
}

async function readHeader(head: (byteLength: number) => Promise<Uint8Array>): Promise<NpyHeader> {
  const start = await head(FIXED_BYTES);
  const { textStart, dataOffset, encoding } = frame(start);
  const bytes = dataOffset <= start.byteLength ? start : await head(dataOffset);
  if (bytes.byteLength < dataOffset) {
    const reason = `the npy header has ${dataOffset} bytes, only ${bytes.byteLength} are there`;
    throw new FormatError("truncated", reason, { offset: bytes.byteLength });
  }
  const text = decode(bytes.subarray(textStart, dataOffset), encoding, textStart);
  return { ...interpret(parseLiteral(text.trimEnd(), textStart), textStart), dataOffset };
}

interface Frame {
  readonly textStart: number;
  readonly dataOffset: number;
  readonly encoding: "latin1" | "utf-8";
}

/** Where the header's text is, by the ten or twelve bytes in front of it. */
function frame(start: Uint8Array): Frame {
  if (!isNpy(start)) {
    const partial = start.byteLength < NPY_MAGIC.length && start.every((byte, index) => byte === NPY_MAGIC[index]);
    if (partial) throw new FormatError("truncated", "the npy header is cut short", { offset: start.byteLength });
    throw new FormatError("not-this-format", "this is no npy array: its NUMPY signature is missing", { offset: 0 });
  }
  const major = start[6];
  const minor = start[7];
  const textStart = major === 1 ? 10 : 12;
  if (start.byteLength < textStart)
    throw new FormatError("truncated", "the npy header is cut short", { offset: start.byteLength });
  if (minor !== 0 || major === undefined || major < 1 || major > 3) {
    throw new FormatError("unsupported", `npy version ${major}.${minor} is not supported`, { offset: 6 });
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) throw new FormatError("limit", `an npy header of ${length} bytes`, { offset: 8 });
  return { textStart, dataOffset: textStart + length, encoding: major === 3 ? "utf-8" : "latin1" };
}

function decode(bytes: Uint8Array, encoding: Frame["encoding"], offset: number): string {
  if (encoding === "latin1") return latin1Text(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("corrupt", "the npy header is no UTF-8 text", { offset, cause });
  }
}

function interpret(literal: Literal, offset: number): Omit<NpyHeader, "dataOffset"> {
  const fail = (reason: string): FormatError => new FormatError("corrupt", `npy header: ${reason}`, { offset });
  if (!(literal instanceof Map)) throw fail("this is no dict");
  const keys = [...literal.keys()].sort().join(", ");
  if (keys !== "descr, fortran_order, shape")
    throw fail(`keys descr, fortran_order and shape expected, found ${keys || "none"}`);
  const fortran = literal.get("fortran_order");
  if (typeof fortran !== "boolean") throw fail("fortran_order is neither True nor False");
  const type = readType(literal.get("descr") as Literal, offset);
  const shape = readShape(literal.get("shape") as Literal, fail);
  checkSize(type, shape, offset);
  return { type, shape, order: fortran && shape.length > 1 ? "F" : "C" };
}

function readShape(literal: Literal, fail: (reason: string) => FormatError): number[] {
  if (!Array.isArray(literal)) throw fail("shape is no tuple");
  if (literal.length > MAX_AXES) throw fail(`an array of ${literal.length} axes`);
  return literal.map((size) => {
    if (typeof size === "bigint" && size > 0n) return Number.POSITIVE_INFINITY;
    if (typeof size !== "number") throw fail("a dimension in shape is no integer");
    if (size < 0) throw fail(`shape has the negative dimension ${size}`);
    return size;
  });
}

/** Refuses arrays that no memory and no file can hold, before anything counts with their size. */
function checkSize(type: DType, shape: readonly number[], offset: number): void {
  const reason = absurdSize(type, shape);
  if (reason !== undefined) throw new FormatError("limit", `npy header: ${reason}`, { offset });
}

function readType(literal: Literal, offset: number): DType {
  try {
    const type = dtype(asDescr(literal));
    if (!Number.isSafeInteger(type.itemSize)) throw new FormatError("limit", "an element is absurdly large");
    return type;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(error.code, `npy header: ${error.reason}`, { offset, cause: error });
  }
}

function asDescr(literal: Literal): Descr {
  if (typeof literal === "string") return literal;
  if (!Array.isArray(literal) || literal.length === 0)
    throw new FormatError("unsupported", "descr is neither a type nor a list of fields");
  return literal.map(asField);
}

/** `(name, type)` or `(name, type, shape)`; a name may be a pair of title and name. */
function asField(literal: Literal): DescrField {
  const [first, type, shape = []] = Array.isArray(literal) ? literal : [];
  const name = Array.isArray(first) ? first[1] : first;
  if (typeof name !== "string" || type === undefined)
    throw new FormatError("corrupt", "descr has a field without name or type");
  const sizes = typeof shape === "number" ? [shape] : shape;
  const valid = Array.isArray(sizes) && sizes.every((size) => typeof size === "number" && size >= 0);
  if (!valid) throw new FormatError("corrupt", `field ${JSON.stringify(name)} has no valid shape`);
  return sizes.length === 0 ? [name, asDescr(type)] : [name, asDescr(type), sizes as number[]];
}
