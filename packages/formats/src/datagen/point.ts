import type { Vector3 } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { memberPath } from "@somakit/core/value";

/** A place or a direction in the world: metres, z up, y away from the default camera. */
export interface Point3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A place in the image. `x` is the ROW and `y` the COLUMN, counted from the corner of the image: see {@link xyOfPixel}. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** Column and row, as everybody else has them. */
export function xyOfPixel({ x: row, y: column }: Pixel): readonly [x: number, y: number] {
  return [column, row];
}

/** The pixel, in the order of the files, of a column and a row. */
export function pixelOfXy([x, y]: readonly [x: number, y: number]): Pixel {
  return { x: y, y: x };
}

/** Places (..., 2) with their numbers exchanged: rows and columns as x and y, or the other way round. A view. */
export function exchanged<A extends NdArray>(places: A): A {
  const last = places.ndim - 1;
  if (places.shape[last] !== 2)
    throw new RangeError(`places (..., 2) are needed, the shape is (${places.shape.join(", ")})`);
  const keep = new Array<null>(last).fill(null);
  return places.slice(...keep, [null, null, -1]) as unknown as A;
}

/** Throws `FormatError` `mismatch` unless `value` has numbers x, y and z. */
export function vector3(value: unknown, path: string): Vector3 {
  const { x, y, z } = membersOf(value, path);
  return [numberAt(x, path, "x"), numberAt(y, path, "y"), numberAt(z, path, "z")];
}

/** The members of an object. Throws `FormatError` `mismatch` for anything else. */
export function membersOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FormatError(value === undefined ? "missing" : "mismatch", "an object is needed", { path });
}

/** Throws `FormatError`, with the path of the member, unless it is a finite number. */
export function numberAt(value: unknown, path: string, key: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FormatError(value === undefined ? "missing" : "mismatch", "a number is needed", {
    path: memberPath(path, key),
  });
}

/** Rows of numbers as an array. */
export function floats(rows: readonly (readonly number[])[], width: number): NdArray<"float64"> {
  return NdArray.from("float64", Float64Array.from(rows.flat()), [rows.length, width]) as NdArray<"float64">;
}
