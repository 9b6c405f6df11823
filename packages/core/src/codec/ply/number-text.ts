import type { PlyDType } from "./model.js";

/** A number as text that brings it back: the fewest digits that do. Numbers that are none as C prints them. */
export function numberText(value: number, dtype: PlyDType): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0";
  return String(dtype === "float32" ? shortFloat32(value) : value);
}

/** The float64 of fewest digits that rounds to this float32: six to nine of them. */
function shortFloat32(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}
