import { BrownConrady } from "./brown-conrady.js";
import { Fisheye } from "./fisheye.js";

/**
 * How a lens bends rays: a map of normalized image coordinates, x = X / Z and y = Y / Z of the camera frame, without unit.
 * Methods write their result to `out[0]` and `out[1]`, so that points by the million cost no memory.
 */
export interface Distortion {
  readonly kind: "brown-conrady" | "fisheye";
  /** As given: 5, 8 or 12 of `brown-conrady`, 4 of `fisheye`. */
  readonly coefficients: readonly number[];
  /** Where the ray through (x, y) arrives. */
  distort(x: number, y: number, out: Float64Array): void;
  /** Whether (x, y) is in the part around the axis where no two rays arrive at the same place. */
  contains(x: number, y: number): boolean;
  /**
   * The ray that arrives at (x, y), by iteration until it moves less than 1e-12. False, with nothing written, when none is
   * found. What is found may lie outside of the part that {@link Distortion.contains}.
   */
  undistort(x: number, y: number, out: Float64Array): boolean;
}

/**
 * The lens of a list of coefficients, told apart by their number: 4 are a fisheye, 5, 8 and 12 Brown and Conrady's model;
 * `undefined` when all are zero or there are none. Throws `RangeError` for other numbers and for coefficients that are not
 * finite.
 */
export function distortionOf(coefficients: readonly number[]): Distortion | undefined {
  const bad = coefficients.find((coefficient) => !Number.isFinite(coefficient));
  if (bad !== undefined) throw new RangeError(`the distortion coefficient ${bad} is not finite`);
  if (![0, 4, 5, 8, 12].includes(coefficients.length))
    throw new RangeError(`4, 5, 8 or 12 distortion coefficients are needed, ${coefficients.length} given`);
  if (coefficients.every((coefficient) => coefficient === 0)) return undefined;
  return coefficients.length === 4 ? new Fisheye(coefficients) : new BrownConrady(coefficients);
}
