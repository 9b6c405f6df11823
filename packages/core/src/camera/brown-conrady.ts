import type { Distortion } from "./distortion.js";

/** Rays farther out, 79 degrees off the axis, count as outside: the model says nothing about them. */
const LARGEST_RADIUS = 5;
const DIRECTIONS = 64;
const SAMPLES = 128;
/** Between sampled directions the border may come this much nearer. */
const MARGIN = 0.9;

const NEWTON_STEPS = 30;
const HALVINGS = 12;
const PRECISION = 1e-12;
/** Rounding alone leaves less than this of the distance to the place that was asked for. */
const ACCEPTED = 1e-10;
/** Steps from the axis outward when the direct way fails. */
const DETOUR = 16;

/**
 * Brown and Conrady's lens, with the rational and the thin prism terms of OpenCV. Coefficients, in order: k1 k2 p1 p2 k3, then
 * k4 k5 k6, then s1 s2 s3 s4; those left out are zero. With r2 = x^2 + y^2:
 *
 *     a  = (1 + k1 r2 + k2 r2^2 + k3 r2^3) / (1 + k4 r2 + k5 r2^2 + k6 r2^3)
 *     b  = 2 p1 y + 2 p2 x
 *     x' = x (a + b) + r2 (p2 + s1 + s2 r2)
 *     y' = y (a + b) + r2 (p1 + s3 + s4 r2)
 *
 * D. C. Brown, "Decentering Distortion of Lenses", 1966; J. Weng et al., "Camera Calibration with Distortion Models and
 * Accuracy Evaluation", 1992; https://docs.opencv.org/4.x/d9/d0c/group__calib3d.html.
 *
 * It can be inverted around the axis, in each direction up to where the determinant of its Jacobian or the denominator of `a`
 * first becomes zero, which is looked for at 128 places of the way.
 */
export class BrownConrady implements Distortion {
  readonly kind = "brown-conrady";
  readonly coefficients: readonly number[];
  readonly #terms: Terms;
  /** What {@link BrownConrady.#evaluate} found: the place, the Jacobian by rows, and the denominator. */
  #u = 0;
  #v = 0;
  #ux = 1;
  #uy = 0;
  #vx = 0;
  #vy = 1;
  #denominator = 1;
  /** A radius that is inside in every direction; made when first needed. */
  #inside: number | undefined;
  readonly #point = new Float64Array(2) as Float64Array & { 0: number; 1: number };

  constructor(coefficients: readonly number[]) {
    this.coefficients = Object.freeze([...coefficients]);
    this.#terms = termsOf(coefficients);
  }

  distort(x: number, y: number, out: Float64Array): void {
    this.#evaluate(x, y);
    out[0] = this.#u;
    out[1] = this.#v;
  }

  contains(x: number, y: number): boolean {
    const radius = Math.hypot(x, y);
    if (!(radius <= LARGEST_RADIUS)) return false;
    this.#inside ??= this.#insideRadius();
    return radius <= this.#inside || this.#isSoundUpTo(x, y);
  }

  undistort(x: number, y: number, out: Float64Array): boolean {
    const point = this.#point;
    point[0] = x;
    point[1] = y;
    const isFound = this.#newton(x, y, point);
    if (isFound) out.set(point);
    // The direct way may lead to a ray beyond the border that happens to arrive at the same place.
    if (isFound && this.contains(point[0], point[1])) return true;
    const isBetter = this.#fromTheAxis(x, y, point) && (!isFound || this.contains(point[0], point[1]));
    if (isBetter) out.set(point);
    return isFound || isBetter;
  }

  /** In small steps, each from where the last one ended. */
  #fromTheAxis(x: number, y: number, point: Float64Array): boolean {
    point.fill(0);
    for (let step = 1; step <= DETOUR; step++) {
      if (!this.#newton((x * step) / DETOUR, (y * step) / DETOUR, point)) return false;
    }
    return true;
  }

  #evaluate(x: number, y: number): void {
    const { k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 } = this.#terms;
    const r2 = x * x + y * y;
    const numerator = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
    const denominator = 1 + r2 * (k4 + r2 * (k5 + r2 * k6));
    const a = numerator / denominator;
    const slope = (k1 + r2 * (2 * k2 + 3 * r2 * k3) - a * (k4 + r2 * (2 * k5 + 3 * r2 * k6))) / denominator;
    const radial = a + 2 * p1 * y + 2 * p2 * x;
    const prismX = p2 + s1 + s2 * r2;
    const prismY = p1 + s3 + s4 * r2;
    this.#u = x * radial + r2 * prismX;
    this.#v = y * radial + r2 * prismY;
    // Derivatives of `radial` and of r2 times the prism terms.
    const radialX = 2 * x * slope + 2 * p2;
    const radialY = 2 * y * slope + 2 * p1;
    const alongX = 2 * (prismX + r2 * s2);
    const alongY = 2 * (prismY + r2 * s4);
    this.#ux = radial + x * radialX + x * alongX;
    this.#uy = x * radialY + y * alongX;
    this.#vx = y * radialX + x * alongY;
    this.#vy = radial + y * radialY + y * alongY;
    this.#denominator = denominator;
  }

  /** Newton's method from `point`, with steps halved while they lead away. */
  #newton(x: number, y: number, point: Float64Array): boolean {
    const scale = 1 + Math.hypot(x, y);
    let px = point[0] as number;
    let py = point[1] as number;
    this.#evaluate(px, py);
    let miss = Math.hypot(this.#u - x, this.#v - y);
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const determinant = this.#ux * this.#vy - this.#uy * this.#vx;
      const dx = (this.#vy * (x - this.#u) - this.#uy * (y - this.#v)) / determinant;
      const dy = (this.#ux * (y - this.#v) - this.#vx * (x - this.#u)) / determinant;
      if (!Number.isFinite(dx) || !Number.isFinite(dy)) break;
      let share = 1;
      let next = Number.POSITIVE_INFINITY;
      for (let halving = 0; halving < HALVINGS; halving++, share /= 2) {
        this.#evaluate(px + share * dx, py + share * dy);
        next = Math.hypot(this.#u - x, this.#v - y);
        if (next <= miss) break;
      }
      if (!(next <= miss)) break;
      px += share * dx;
      py += share * dy;
      miss = next;
      if (share * Math.hypot(dx, dy) <= PRECISION * scale) break;
    }
    if (!(miss <= ACCEPTED * scale)) return false;
    point[0] = px;
    point[1] = py;
    return true;
  }

  #isSound(x: number, y: number): boolean {
    this.#evaluate(x, y);
    return this.#denominator > 0 && this.#ux * this.#vy - this.#uy * this.#vx > 0;
  }

  /** Whether the map is sound all the way from the axis to (x, y). */
  #isSoundUpTo(x: number, y: number): boolean {
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const share = sample / SAMPLES;
      if (!this.#isSound(share * x, share * y)) return false;
    }
    return true;
  }

  #insideRadius(): number {
    let least = LARGEST_RADIUS;
    for (let direction = 0; direction < DIRECTIONS; direction++) {
      const angle = (2 * Math.PI * direction) / DIRECTIONS;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      for (let sample = 1; sample <= SAMPLES; sample++) {
        const radius = (LARGEST_RADIUS * sample) / SAMPLES;
        if (radius > least) break;
        if (!this.#isSound(radius * cos, radius * sin)) least = (LARGEST_RADIUS * (sample - 1)) / SAMPLES;
      }
    }
    return MARGIN * least;
  }
}

/** The coefficients by name. */
type Terms = Readonly<
  Record<"k1" | "k2" | "p1" | "p2" | "k3" | "k4" | "k5" | "k6" | "s1" | "s2" | "s3" | "s4", number>
>;

function termsOf(coefficients: readonly number[]): Terms {
  const [k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = coefficients;
  return { k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 };
}
