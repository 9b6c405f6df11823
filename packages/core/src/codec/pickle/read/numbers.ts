/** Longer numbers are an attack: parsing decimal text takes quadratic time. CPython has the same limit. */
const MAX_DIGITS = 4300;
/** That is 157,000 digits. Engines hold ten thousand times as many, but no data does. */
const MAX_LONG_BYTES = 1 << 16;

/** Why a number cannot be read; `limit` when it is well-formed. */
export class NumberError extends Error {
  readonly limit: boolean;
  constructor(reason: string, limit = false) {
    super(reason);
    this.limit = limit;
  }
}

/** The argument of INT and LONG: decimal or, as Python allows, hexadecimal. */
export function parseInteger(text: string): number | bigint {
  const match = /^\s*([+-]?)(\d+|0[xX][0-9a-fA-F]+)\s*$/.exec(text);
  if (!match) throw new NumberError(`${JSON.stringify(text.slice(0, 40))} is no integer`);
  const [, sign, digits = ""] = match;
  if (digits.length > MAX_DIGITS) throw new NumberError(`integer of ${digits.length} digits`, true);
  const small = Number(digits);
  if (small <= Number.MAX_SAFE_INTEGER) return sign === "-" && small !== 0 ? -small : small;
  return sign === "-" ? -BigInt(digits) : BigInt(digits);
}

/** The argument of FLOAT: what Python's `repr` or `float` understands. */
export function parseFloatText(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed);
  if (!special) throw new NumberError(`${JSON.stringify(trimmed.slice(0, 40))} is no float`);
  if (special[2]?.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The argument of LONG1 and LONG4: little-endian two's complement of any length. */
export function parseLong(bytes: Uint8Array): number | bigint {
  const size = bytes.length;
  if (size > MAX_LONG_BYTES) throw new NumberError(`integer of ${size} bytes`, true);
  if (size <= 6) {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[i] as number);
    return size > 0 && (bytes[size - 1] as number) >= 0x80 ? value - 2 ** (8 * size) : value;
  }
  const digits = Array.from(bytes, (byte) => HEX[byte])
    .reverse()
    .join("");
  return safe(BigInt.asIntN(8 * size, BigInt(`0x${digits}`)));
}

/** The form in which values hold an int: a number where it is exact. */
export function safe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
