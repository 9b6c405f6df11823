import { Complex } from "../../../value/value.js";

const FLOAT = "(?:\\d+\\.?\\d*(?:e[+-]?\\d+)?|\\.\\d+(?:e[+-]?\\d+)?|inf(?:inity)?|nan)";
const REAL = new RegExp(`^[+-]?${FLOAT}$`, "i");
const IMAGINARY = new RegExp(`^([+-]?${FLOAT}|[+-]?)j$`, "i");
const BOTH = new RegExp(`^([+-]?${FLOAT})([+-]${FLOAT}|[+-])j$`, "i");
/** Longer than any text that Python writes for a complex number. */
const LONGEST = 100;

/** The number of Python's text for it, such as `(1+2j)`, `-0j` or `(nan-infj)`; `undefined` for other text. */
export function parseComplex(text: string): Complex | undefined {
  if (text.length > LONGEST) return undefined;
  const trimmed = text.trim();
  const inner = /^\((.*)\)$/.exec(trimmed)?.[1]?.trim() ?? trimmed;
  if (REAL.test(inner)) return new Complex(floatOf(inner), 0);
  const imaginary = IMAGINARY.exec(inner);
  if (imaginary) return new Complex(0, floatOf(imaginary[1] as string));
  const both = BOTH.exec(inner);
  return both ? new Complex(floatOf(both[1] as string), floatOf(both[2] as string)) : undefined;
}

function floatOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[+-]/, "").toLowerCase();
  if (digits === "") return sign;
  if (digits === "nan") return Number.NaN;
  return sign * (digits.startsWith("inf") ? Number.POSITIVE_INFINITY : Number(digits));
}
