import { determinant, dot, type Matrix3, type Vector3 } from "./linear.js";

/** Angles up to this are handled by the first terms of series, which are exact there. */
const SMALL = 1e-3;
/** Rotations kept in single precision are off by a few 1e-7. */
const TOLERANCE = 1e-3;

/** Whether the rows are unit vectors at right angles: a rotation, or one with a reflection. */
export function isOrthogonal(matrix: Matrix3): boolean {
  return matrix.every((row, i) =>
    matrix.every((other, j) => Math.abs(dot(row, other) - (i === j ? 1 : 0)) <= TOLERANCE),
  );
}

/**
 * The rotation about the direction of `vector` by its length in radians:
 * through the quaternion (v sin(angle / 2) / angle, cos(angle / 2)).
 */
export function rotationOfVector(vector: Vector3): Matrix3 {
  const angle = Math.hypot(...vector);
  const a2 = angle * angle;
  const scale = angle <= SMALL ? 0.5 - a2 / 48 + (a2 * a2) / 3840 : Math.sin(angle / 2) / angle;
  const [x, y, z] = [vector[0] * scale, vector[1] * scale, vector[2] * scale];
  const w = Math.cos(angle / 2);
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
    [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
    [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
  ];
}

/**
 * The inverse of {@link rotationOfVector}: a vector no longer than pi. At pi its sign is arbitrary. Throws `RangeError` for a
 * matrix that mirrors or does not rotate.
 */
export function vectorOfRotation(matrix: Matrix3): Vector3 {
  if (!isOrthogonal(matrix) || determinant(matrix) < 0)
    throw new RangeError("only a rotation has a rotation vector, and no reflection");
  let [x, y, z, w] = quaternionOf(matrix);
  if (w < 0) [x, y, z, w] = [-x, -y, -z, -w];
  const sine = Math.hypot(x, y, z);
  const angle = 2 * Math.atan2(sine, w);
  const a2 = angle * angle;
  const scale = angle <= SMALL ? 2 + a2 / 12 + (7 * a2 * a2) / 2880 : angle / Math.sin(angle / 2);
  return [x * scale, y * scale, z * scale];
}

/** By whichever of the trace and the diagonal is largest, so that nothing is divided by a small number; of unit length. */
function quaternionOf(m: Matrix3): readonly [number, number, number, number] {
  const trace = m[0][0] + m[1][1] + m[2][2];
  const choices = [m[0][0], m[1][1], m[2][2], trace];
  const largest = choices.indexOf(Math.max(...choices));
  const q: [number, number, number, number] = [0, 0, 0, 0];
  if (largest === 3) {
    q[0] = m[2][1] - m[1][2];
    q[1] = m[0][2] - m[2][0];
    q[2] = m[1][0] - m[0][1];
    q[3] = 1 + trace;
  } else {
    const i = largest as 0 | 1 | 2;
    const j = ((i + 1) % 3) as 0 | 1 | 2;
    const k = ((i + 2) % 3) as 0 | 1 | 2;
    q[i] = 1 - trace + 2 * m[i][i];
    q[j] = m[j][i] + m[i][j];
    q[k] = m[k][i] + m[i][k];
    q[3] = m[k][j] - m[j][k];
  }
  const length = Math.hypot(...q);
  return q.map((part) => part / length) as unknown as readonly [number, number, number, number];
}
