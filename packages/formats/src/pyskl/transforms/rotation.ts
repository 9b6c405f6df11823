/** Vectors of three and matrices of nine numbers (row by row), in float64. */
export type Vector = readonly [number, number, number];
export type Matrix3 = readonly number[];

const IDENTITY: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const TINY = 1e-6;

const sumOfSizes = (vector: Vector): number => vector.reduce((sum, part) => sum + Math.abs(part), 0);
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/**
 * Angle in radians between `vector` and the unit vector `axis`; 0 for a vector that is none. `round` is the rounding of
 * the type that `vector` is in.
 */
export function angleTo(vector: Vector, axis: Vector, round: (value: number) => number): number {
  if (sumOfSizes(vector) < TINY) return 0;
  const length = round(Math.sqrt(round(vector.reduce((sum, part) => round(sum + round(part * part)), 0))));
  const unit = vector.map((part) => round(part / length)) as unknown as Vector;
  return Math.acos(Math.min(Math.max(dot(unit, axis), -1), 1));
}

/** The rotation by `angle` about `axis`, of which only the direction counts; the identity when either is about 0. */
export function rotationMatrix(axis: Vector, angle: number): Matrix3 {
  if (sumOfSizes(axis) < TINY || Math.abs(angle) < TINY) return IDENTITY;
  const length = Math.sqrt(dot(axis, axis));
  const a = Math.cos(angle / 2);
  const sine = Math.sin(angle / 2);
  const [b, c, d] = axis.map((part) => -(part / length) * sine) as unknown as Vector;
  const [aa, bb, cc, dd] = [a * a, b * b, c * c, d * d];
  const [bc, ad, ac, ab, bd, cd] = [b * c, a * d, a * c, a * b, b * d, c * d];
  return [
    ...[aa + bb - cc - dd, 2 * (bc + ad), 2 * (bd - ac)],
    ...[2 * (bc - ad), aa + cc - bb - dd, 2 * (cd + ab)],
    ...[2 * (bd + ac), 2 * (cd - ab), aa + dd - bb - cc],
  ];
}

/** Replaces every point of packed [.., 3] by `matrix` times the point. */
export function rotate(points: Float64Array, matrix: Matrix3): void {
  const [a, b, c, d, e, f, g, h, i] = matrix as [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ];
  for (let at = 0; at < points.length; at += 3) {
    const [x, y, z] = [points[at] as number, points[at + 1] as number, points[at + 2] as number];
    points[at] = x * a + y * b + z * c;
    points[at + 1] = x * d + y * e + z * f;
    points[at + 2] = x * g + y * h + z * i;
  }
}
