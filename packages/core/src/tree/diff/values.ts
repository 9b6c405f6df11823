import { jsonText } from "../../value/python-text.js";
import { Float, NumpyScalar, type Value } from "../../value/value.js";
import { ValueDigest } from "../digest-value.js";

const MAX_OBJECTS = 1_000_000;
const MAX_DEPTH = 500;

/**
 * Whether two values are equal: numbers of any kind by what they count, up to `tolerance`, and NaN is NaN; everything else
 * exactly. Throws `FormatError` `limit` for values that are nested too deep or are too many.
 */
export function sameValue(before: Value, after: Value, path: string, tolerance: number): boolean {
  if (before === after) return true;
  const [first, second] = [numberOf(before), numberOf(after)];
  if (first !== undefined && second !== undefined) return sameNumber(first, second, tolerance);
  return textOf(before, path) === textOf(after, path);
}

/** Whether two numbers are the same up to `tolerance`. NaN is NaN; an infinity is near itself only. */
export function sameNumber(first: number | bigint, second: number | bigint, tolerance: number): boolean {
  if (typeof first === "bigint" && typeof second === "bigint")
    return first === second || Number(absolute(first - second)) <= tolerance;
  const [a, b] = [Number(first), Number(second)];
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= tolerance;
}

export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (value instanceof Float) return Number(value);
  if (value instanceof NumpyScalar && (typeof value.value === "number" || typeof value.value === "bigint"))
    return value.type.unit === undefined ? value.value : undefined;
  return undefined;
}

function textOf(value: Value, path: string): string {
  return jsonText(new ValueDigest(MAX_OBJECTS, MAX_DEPTH).of(value, path));
}
