import { fromHalf, toHalf } from "@somakit/core/ndarray";
import { floatText } from "@somakit/core/value";

/** How many bits the stored number has: what its shortest text must tell apart. */
export type FloatSize = 16 | 32 | 64;

const PRECISION = 8;

/** Shortest text that reads back as the same number of that size, as Python and numpy show a single one. */
export function shortestFloat(value: number, size: FloatSize = 64): string {
  return floatText(shortestDouble(value, size));
}

/** A way to print every number of an array at one width, as numpy does. */
export interface FloatFormat {
  readonly text: (value: number) => string;
}

/** numpy's choice: plain digits, or exponents when sizes differ too much; points below each other. */
export function floatFormat(
  values: Iterable<number>,
  size: FloatSize,
  options: { readonly plus?: boolean } = {},
): FloatFormat {
  const all = [...values];
  const finite = all.filter(Number.isFinite);
  const nonzero = finite.map(Math.abs).filter((value) => value !== 0);
  const largest = most(nonzero);
  const smallest = nonzero.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const scientific = nonzero.length > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  const sign = (value: number): string => (value < 0 || Object.is(value, -0) ? "-" : options.plus ? "+" : "");
  const parts = finite.map((value) => (scientific ? scientificParts(value, size) : positionalParts(value, size)));
  const fraction = most(parts.map((part) => part.fraction.length));
  const power = most(parts.map((part) => part.exponent.length - 2));
  const right = fraction + (scientific ? power + 2 : 0);
  const special = all
    .filter((value) => !Number.isFinite(value))
    .map((value) => specialText(value, sign).length - right - 1);
  const left = Math.max(
    most(finite.map((value, i) => sign(value).length + (parts[i]?.whole.length ?? 0))),
    most(special),
  );
  return {
    text: (value) => {
      if (!Number.isFinite(value)) return specialText(value, sign).padStart(left + 1 + right);
      const part = scientific ? scientificParts(value, size) : positionalParts(value, size);
      const digits = scientific ? part.fraction.padEnd(fraction, "0") : part.fraction;
      const tail = scientific ? part.exponent.slice(0, 2) + part.exponent.slice(2).padStart(power, "0") : "";
      return `${`${sign(value)}${part.whole}`.padStart(left)}.${`${digits}${tail}`.padEnd(right)}`;
    },
  };
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function specialText(value: number, sign: (value: number) => string): string {
  return Number.isNaN(value) ? "nan" : `${sign(value)}inf`;
}

interface Parts {
  readonly whole: string;
  readonly fraction: string;
  /** With its `e`; empty in plain notation. */
  readonly exponent: string;
}

function positionalParts(value: number, size: FloatSize): Parts {
  const { digits, exponent } = decimal(value, size);
  let text = positional(digits, exponent);
  if ((text.split(".")[1] ?? "").length > PRECISION) text = Math.abs(value).toFixed(PRECISION).replace(/0+$/, "");
  const [whole = "0", fraction = ""] = text.split(".");
  return { whole, fraction, exponent: "" };
}

function scientificParts(value: number, size: FloatSize): Parts {
  const { digits, exponent } = decimal(value, size);
  if (digits.length - 1 <= PRECISION)
    return { whole: digits[0] as string, fraction: digits.slice(1), exponent: `e${exponentText(exponent)}` };
  const [mantissa = "", power = "0"] = Math.abs(value).toExponential(PRECISION).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { whole, fraction: fraction.replace(/0+$/, ""), exponent: `e${exponentText(Number(power))}` };
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** Plain digits with a point. */
function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1)}`;
}

/** The shortest decimal of a number, without its sign. */
interface Decimal {
  /** Significant digits without trailing zeros. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
}

function decimal(value: number, size: FloatSize): Decimal {
  const [mantissa = "0", power = "0"] = Math.abs(shortestDouble(value, size)).toExponential().split("e");
  return { digits: mantissa.replace(".", "").replace(/0+$/, "") || "0", exponent: Number(power) };
}

/** The number with fewest digits that is the same as `value` once it is stored in that size. */
function shortestDouble(value: number, size: FloatSize): number {
  if (size === 64 || !Number.isFinite(value)) return value;
  const stored = size === 32 ? Math.fround : (number: number): number => fromHalf(toHalf(number));
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (stored(short) === value) return short;
  }
  return value;
}
