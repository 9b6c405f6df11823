import { astype } from "../ndarray/astype.js";
import { NdArray } from "../ndarray/ndarray.js";

/** Two numbers, such as a place in an image. */
export type Vector2 = readonly [number, number];
/** Three numbers, such as a place or a direction in space. */
export type Vector3 = readonly [number, number, number];
/** Three rows. */
export type Matrix3 = readonly [Vector3, Vector3, Vector3];
/** Numbers in a row, in whatever form a data set has them. */
export type VectorLike = readonly number[] | NdArray;
/** Rows of numbers, likewise. */
export type MatrixLike = readonly (readonly number[])[] | NdArray;

export const IDENTITY: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Throws `RangeError` unless `value` is `length` finite numbers, any number of them when no length is given. */
export function vectorOf(value: VectorLike, name: string, length?: number): number[] {
  const numbers = value instanceof NdArray ? [...astype(value, "float64").reshape([value.size])] : [...value];
  const wrong = value instanceof NdArray ? value.ndim !== 1 : false;
  if (wrong || (length !== undefined && numbers.length !== length))
    throw new RangeError(`${name} is not ${length ?? "a row of"} numbers`);
  const bad = numbers.find((number) => typeof number !== "number" || !Number.isFinite(number));
  if (bad !== undefined) throw new RangeError(`${name} holds ${bad}, which is no finite number`);
  return numbers;
}

/** The same for three numbers. */
export function vector3Of(value: VectorLike, name: string): Vector3 {
  const [x = 0, y = 0, z = 0] = vectorOf(value, name, 3);
  return [x, y, z];
}

/** Throws `RangeError` unless `value` is one of the sizes, `[rows, columns]`, with finite numbers. */
export function matrixOf(value: MatrixLike, name: string, sizes: readonly Vector2[]): number[][] {
  const rows = value instanceof NdArray ? (astype(value, "float64").toList() as number[][]) : value;
  const fits = sizes.some(
    ([height, width]) =>
      Array.isArray(rows) &&
      rows.length === height &&
      rows.every((row) => Array.isArray(row) && row.length === width && row.every(Number.isFinite)),
  );
  if (!fits)
    throw new RangeError(`${name} is no matrix of ${sizes.map((size) => size.join(" x ")).join(" or ")} numbers`);
  return rows.map((row) => [...row]);
}

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function add(a: Vector3, b: Vector3, factor = 1): Vector3 {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

/** Throws `RangeError` for a vector without direction. */
export function unit(vector: Vector3, name: string): Vector3 {
  const length = Math.hypot(...vector);
  if (!(length > 0 && Number.isFinite(length))) throw new RangeError(`${name} has no direction`);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

export function apply(matrix: Matrix3, vector: Vector3): Vector3 {
  return [dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)];
}

export function transpose([a, b, c]: Matrix3): Matrix3 {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

export function product(left: Matrix3, right: Matrix3): Matrix3 {
  const columns = transpose(right);
  const [a, b, c] = left;
  return [apply(columns, a), apply(columns, b), apply(columns, c)];
}

export function determinant([a, b, c]: Matrix3): number {
  return dot(a, cross(b, c));
}
