import { dtype } from "../../../../ndarray/dtype.js";
import { datatypeMessage, TEXT_SIZE } from "../../write/datatype.js";
import { type H5Type, TYPE_CLASSES } from "../h5wasm.js";
import { Piece, Unknown } from "./bytes.js";

/** Sizes along the axes; none for a single value. */
export function readDataspace(body: Uint8Array): readonly number[] {
  const piece = new Piece(body);
  const version = piece.u8();
  const rank = piece.u8();
  const flags = piece.u8();
  if (version === 1) piece.skip(5);
  // A space without any elements is the library's.
  else if (version !== 2 || piece.u8() > 1) throw new Unknown();
  const shape = Array.from({ length: rank }, () => piece.u64());
  // Largest sizes, and an order of axes that nobody writes.
  if ((flags & 1) !== 0) piece.skip(8 * rank);
  if ((flags & 2) !== 0 || piece.left >= 8) throw new Unknown();
  return shape;
}

/**
 * A type in the terms of the library: ordinary numbers, truth values, text. Throws `Unknown` for others. Of text of variable
 * length the elements are references into a heap.
 */
export function readDatatype(body: Uint8Array): H5Type {
  const piece = new Piece(body);
  const kind = piece.u8() & 15;
  const bits = piece.u8();
  piece.skip(2);
  const size = piece.u32();
  if (kind === TYPE_CLASSES.integer || kind === TYPE_CLASSES.float) return numberType(body, { kind, bits, size });
  if (kind === TYPE_CLASSES.enum) return booleanType(body);
  if (kind === TYPE_CLASSES.string) return fixedText(body, bits, size);
  if (kind === TYPE_CLASSES.vlen) return varyingText(body);
  throw new Unknown();
}

interface Head {
  readonly kind: number;
  readonly bits: number;
  readonly size: number;
}

/** Sizes of numbers, by their class. */
const SIZES: Readonly<Record<number, readonly number[]>> = {
  [TYPE_CLASSES.integer]: [1, 2, 4, 8],
  [TYPE_CLASSES.float]: [2, 4, 8],
};

const usual = new Map<string, Uint8Array>();

function numberType(body: Uint8Array, { kind, bits, size }: Head): H5Type {
  if (!SIZES[kind]?.includes(size)) throw new Unknown();
  const littleEndian = (bits & 1) === 0;
  const signed = kind === TYPE_CLASSES.float || (bits & 8) !== 0;
  const letter = kind === TYPE_CLASSES.float ? "f" : signed ? "i" : "u";
  const name = `${littleEndian ? "<" : ">"}${letter}${size}`;
  let expected = usual.get(name);
  if (!expected) {
    expected = datatypeMessage(dtype(name), "");
    usual.set(name, expected);
  }
  expectBytes(body, expected);
  return { type: kind, size, signed, littleEndian, vlen: false };
}

/** The enum of FALSE and TRUE, over 8-bit integers; names are filled up to multiples of 8 bytes before version 3. */
const BOOLEAN = datatypeMessage(dtype("|b1"), "");
const BOOLEAN_3 = Uint8Array.of(...BOOLEAN.subarray(0, 25), ...BOOLEAN.subarray(28, 33), 0, 1);

function booleanType(body: Uint8Array): H5Type {
  const version = (body[0] as number) >> 4;
  if (version < 1 || version > 3) throw new Unknown();
  expectBytes(body, version === 3 ? BOOLEAN_3 : BOOLEAN);
  const members = { FALSE: 0, TRUE: 1 };
  return {
    ...{ type: TYPE_CLASSES.enum, size: 1, signed: true, littleEndian: true, vlen: false },
    enum_type: { type: TYPE_CLASSES.integer, members },
  };
}

/** Padded in one of three ways, ASCII or UTF-8: bytes are handed out as they are. */
function fixedText(body: Uint8Array, bits: number, size: number): H5Type {
  const known = (bits & 15) <= 2 && bits >> 4 <= 1 && body[2] === 0 && body[3] === 0;
  if (!known || size === 0 || size > LONGEST) throw new Unknown();
  return { type: TYPE_CLASSES.string, size, signed: false, littleEndian: true, vlen: false };
}

const LONGEST = 1 << 16;

/** What the characters of text are said to be: bytes by h5py, text by others. */
const CHARACTERS: readonly (readonly number[])[] = [
  [0x00, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0],
  [0x03, 0, 0, 0, 1, 0, 0, 0],
  [0x03, 0x10, 0, 0, 1, 0, 0, 0],
];

function varyingText(body: Uint8Array): H5Type {
  // Type 1 is text; it ends with a zero.
  const [, kind, encoding, unused] = body;
  if (kind !== 1 || (encoding as number) > 1 || unused !== 0 || !startsWith(body, 4, [16, 0, 0, 0]))
    throw new Unknown();
  const base = body.subarray(8);
  const fits = CHARACTERS.some(([type, ...others]) => ((base[0] ?? 0) & 15) === type && startsWith(base, 1, others));
  if (!fits) throw new Unknown();
  // To the library an element is an address in its memory.
  return { type: TYPE_CLASSES.string, size: 4, signed: false, littleEndian: true, vlen: true };
}

/** Bytes that an element has in the file. */
export function storedSize({ vlen, size }: H5Type): number {
  return vlen ? TEXT_SIZE : size;
}

/** Compares all but the version of the message, and bytes that fill it up. */
function expectBytes(body: Uint8Array, expected: Uint8Array): void {
  if (!startsWith(body, 1, expected.subarray(1))) throw new Unknown();
}

function startsWith(body: Uint8Array, from: number, expected: Uint8Array | readonly number[]): boolean {
  for (let at = 0; at < expected.length; at++) if (body[from + at] !== expected[at]) return false;
  return true;
}
