import type { Distortion } from "./distortion.js";

const SAMPLES = 1024;
const MAX_STEPS = 60;
const PRECISION = 1e-14;

/**
 * Kannala and Brandt's fisheye lens, as OpenCV has it, with the four coefficients k1 k2 k3 k4. With r = |(x, y)| and the
 * angle t = atan(r) off the axis, a ray arrives in its direction at the radius
 *
 *     t' = t (1 + k1 t^2 + k2 t^4 + k3 t^6 + k4 t^8)
 *
 * J. Kannala, S. S. Brandt, "A Generic Camera Model and Calibration Method for Conventional, Wide-Angle, and Fish-Eye Lenses",
 * 2006; https://docs.opencv.org/4.x/db/d58/group__calib3d__fisheye.html.
 *
 * It can be inverted up to the angle at which t' first stops growing, 90 degrees at most.
 */
export class Fisheye implements Distortion {
  readonly kind = "fisheye";
  readonly coefficients: readonly number[];
  readonly #terms: Readonly<Record<"k1" | "k2" | "k3" | "k4", number>>;
  /** The largest angle that is inside, and the radius where it arrives. */
  readonly #largest: number;
  readonly #rim: number;

  constructor(coefficients: readonly number[]) {
    this.coefficients = Object.freeze([...coefficients]);
    const [k1 = 0, k2 = 0, k3 = 0, k4 = 0] = coefficients;
    this.#terms = { k1, k2, k3, k4 };
    this.#largest = this.#largestAngle();
    this.#rim = this.#arrival(this.#largest);
  }

  distort(x: number, y: number, out: Float64Array): void {
    const radius = Math.hypot(x, y);
    const scale = radius === 0 ? 1 : this.#arrival(Math.atan(radius)) / radius;
    out[0] = x * scale;
    out[1] = y * scale;
  }

  contains(x: number, y: number): boolean {
    return Math.atan(Math.hypot(x, y)) < this.#largest;
  }

  undistort(x: number, y: number, out: Float64Array): boolean {
    const arrival = Math.hypot(x, y);
    if (!(arrival < this.#rim)) return false;
    const scale = arrival === 0 ? 1 : Math.tan(this.#angle(arrival)) / arrival;
    out[0] = x * scale;
    out[1] = y * scale;
    return true;
  }

  #arrival(angle: number): number {
    const { k1, k2, k3, k4 } = this.#terms;
    const t2 = angle * angle;
    return angle * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))));
  }

  #slope(angle: number): number {
    const { k1, k2, k3, k4 } = this.#terms;
    const t2 = angle * angle;
    return 1 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + 9 * t2 * k4)));
  }

  /** Newton's method inside of a bracket, which it cannot leave: arrivals grow up to the largest angle. */
  #angle(arrival: number): number {
    let low = 0;
    let high = this.#largest;
    let angle = Math.min(arrival, 0.95 * this.#largest);
    for (let step = 0; step < MAX_STEPS; step++) {
      const miss = this.#arrival(angle) - arrival;
      if (miss > 0) high = angle;
      else low = angle;
      const newton = angle - miss / this.#slope(angle);
      const next = newton > low && newton < high ? newton : (low + high) / 2;
      if (Math.abs(next - angle) <= PRECISION) return next;
      angle = next;
    }
    return angle;
  }

  #largestAngle(): number {
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const angle = (Math.PI / 2) * (sample / SAMPLES);
      if (this.#slope(angle) > 0) continue;
      let low = (Math.PI / 2) * ((sample - 1) / SAMPLES);
      let high = angle;
      for (let step = 0; step < MAX_STEPS; step++) {
        const middle = (low + high) / 2;
        if (this.#slope(middle) > 0) low = middle;
        else high = middle;
      }
      return low;
    }
    return Math.PI / 2;
  }
}
