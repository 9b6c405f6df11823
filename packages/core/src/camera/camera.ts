import type { NdArray } from "../ndarray/ndarray.js";
import { type Distortion, distortionOf } from "./distortion.js";
import { apply, determinant, type Matrix3, transpose, type Vector2, type Vector3, vectorOf } from "./linear.js";
import { type CameraOptions, type ImageSize, intrinsicsOf, type PixelOrigin, poseOf, upOf } from "./parameters.js";
import {
  isPoint,
  type PointArray,
  type PointDepth,
  type PointStep,
  stepPoint,
  stepPoints,
  testPoint,
  testPoints,
} from "./points.js";

export interface ProjectOptions {
  /**
   * `checked`: what lies where the lens model is no longer one to one becomes NaN. `unchecked` takes the model's word for it.
   * Default `checked`.
   */
  readonly distortionRange?: "checked" | "unchecked" | undefined;
}

export interface BackProjectOptions extends ProjectOptions {
  /** Distances along the camera's axis (not along the ray), one or one for each point. Default 1. */
  readonly depth?: PointDepth | undefined;
  /** What becomes of points whose ray is not found: NaN, or a `RangeError`. Default `nan`. */
  readonly unresolved?: "nan" | "throw" | undefined;
}

export interface VisibleOptions extends ProjectOptions, ImageSize {}

/** Where a single point or an array of points goes; arrays keep their axes but the last. */
type Points = readonly number[] | NdArray;
type Mapped<P extends Points, V> = P extends NdArray ? PointArray : V;

/**
 * A camera: where it is, where it looks, and how its lens and sensor make pixels of rays. It never changes; edits are
 * functions that return another one.
 *
 * Frames: the world, in any unit of length; the camera, in the same unit, with x to the right, y down, z forward and the
 * optical centre at 0; the image in pixels, u to the right and v down. All is counted in float64.
 *
 *     camera = R (world - center), or R world + translation where the camera was made with that
 *     x, y   = X / Z, Y / Z, bent by the lens
 *     u      = fx x + skew y + cx
 *     v      = fy y + cy
 */
export class Camera {
  /** R, world to camera. With a reflection in it the camera is mirrored. */
  readonly rotation: Matrix3;
  /** The optical centre in world coordinates. */
  readonly center: Vector3;
  /** [[fx, skew, cx], [0, fy, cy], [0, 0, 1]], in pixels. */
  readonly intrinsics: Matrix3;
  readonly distortion: Distortion | undefined;
  /** Up in the world, of unit length. */
  readonly up: Vector3;
  readonly pixelOrigin: PixelOrigin;
  /** What is added after rotating, where the camera was made with that. */
  readonly #translation: Vector3 | undefined;

  /** Throws `RangeError` for sizes, numbers or matrices that make no camera, `TypeError` when a pose is given twice. */
  constructor(options: CameraOptions) {
    const { rotation, center, translation } = poseOf(options);
    this.rotation = rotation;
    this.center = center;
    this.#translation = translation;
    this.intrinsics = intrinsicsOf(options.intrinsics);
    this.distortion = options.distortion && distortionOf(vectorOf(options.distortion, "distortion"));
    this.up = options.up ? upOf(options.up) : [0, 0, 1];
    this.pixelOrigin = options.pixelOrigin ?? "center";
  }

  /** [R | -R center], 3 x 4: world to camera. */
  get extrinsics(): readonly (readonly number[])[] {
    const translation = this.#translation ?? apply(this.rotation, this.center).map((part) => 0 - part);
    return this.rotation.map((row, index) => [...row, translation[index] as number]);
  }

  /** K [R | -R center], 3 x 4: world to homogeneous pixels, where there is no distortion. */
  get projection(): readonly (readonly number[])[] {
    const extrinsics = this.extrinsics;
    return this.intrinsics.map((row) =>
      [0, 1, 2, 3].map((column) =>
        row.reduce((sum, factor, index) => sum + factor * ((extrinsics[index] as number[])[column] as number), 0),
      ),
    );
  }

  /** Whether left and right are exchanged. */
  get isMirrored(): boolean {
    return determinant(this.rotation) < 0;
  }

  /** The same camera with other parameters. A new `rotation` leaves the centre where it is. */
  with(changes: Partial<CameraOptions>): Camera {
    const { distortion } = this;
    const isPosed = changes.extrinsics !== undefined;
    const isPlaced = isPosed || changes.translation !== undefined;
    const isMoved = isPlaced || changes.rotation !== undefined || changes.center !== undefined;
    const place = !isMoved && this.#translation ? { translation: this.#translation } : { center: this.center };
    return new Camera({
      intrinsics: this.intrinsics,
      ...(!isPosed && { rotation: this.rotation }),
      ...(!isPlaced && place),
      ...(distortion && { distortion: distortion.coefficients }),
      up: this.up,
      pixelOrigin: this.pixelOrigin,
      ...changes,
    });
  }

  /** Points (..., 3) of the world in the camera's frame. */
  worldToCamera<P extends Points>(points: P): Mapped<P, Vector3> {
    return map(points, { from: 3, to: 3 }, this.#enter());
  }

  /** Points (..., 3) of the camera's frame in the world. */
  cameraToWorld<P extends Points>(points: P): Mapped<P, Vector3> {
    const [[a, b, c], [d, e, f], [g, h, i]] = transpose(this.rotation);
    const [cx, cy, cz] = this.center;
    return map(points, { from: 3, to: 3 }, (x, y, z, out) => {
      out[0] = a * x + b * y + c * z + cx;
      out[1] = d * x + e * y + f * z + cy;
      out[2] = g * x + h * y + i * z + cz;
    });
  }

  /**
   * Pixels (..., 2) of points (..., 3) in the camera's frame. NaN for points that are not in front of the camera and, unless
   * told otherwise, for those outside of what the lens model describes.
   */
  cameraToImage<P extends Points>(points: P, options: ProjectOptions = {}): Mapped<P, Vector2> {
    return map(points, { from: 3, to: 2 }, this.#project(options));
  }

  /** Pixels (..., 2) of points (..., 3) of the world: {@link Camera.cameraToImage}. */
  worldToImage<P extends Points>(points: P, options: ProjectOptions = {}): Mapped<P, Vector2> {
    const enter = this.#enter();
    const project = this.#project(options);
    return map(points, { from: 3, to: 2 }, (x, y, z, out) => {
      enter(x, y, z, out);
      project(out[0] as number, out[1] as number, out[2] as number, out);
    });
  }

  /**
   * Points (..., 3) of the camera's frame that are seen at pixels (..., 2) and have the depths given. NaN where the lens model
   * has no ray for a pixel or none is found.
   */
  imageToCamera<P extends Points>(pixels: P, options: BackProjectOptions = {}): Mapped<P, Vector3> {
    return map(pixels, { from: 2, to: 3 }, this.#backProject(options), options.depth);
  }

  /** The same points in the world. */
  imageToWorld<P extends Points>(pixels: P, options: BackProjectOptions = {}): Mapped<P, Vector3> {
    const [[a, b, c], [d, e, f], [g, h, i]] = transpose(this.rotation);
    const [cx, cy, cz] = this.center;
    const backProject = this.#backProject(options);
    const step: PointStep = (u, v, depth, out) => {
      backProject(u, v, depth, out);
      const x = out[0] as number;
      const y = out[1] as number;
      const z = out[2] as number;
      out[0] = a * x + b * y + c * z + cx;
      out[1] = d * x + e * y + f * z + cy;
      out[2] = g * x + h * y + i * z + cz;
    };
    return map(pixels, { from: 2, to: 3 }, step, options.depth);
  }

  /**
   * Whether points (..., 3) of the world are in front of the camera and inside of the image: 0 <= u < width and
   * 0 <= v < height. Of the shape of the points without their last axis.
   */
  isVisible<P extends Points>(points: P, options: VisibleOptions): P extends NdArray ? NdArray<"bool"> : boolean {
    const out = new Float64Array(3);
    const { width, height } = options;
    const enter = this.#enter();
    const project = this.#project(options);
    const test = (x: number, y: number, z: number): boolean => {
      enter(x, y, z, out);
      project(out[0] as number, out[1] as number, out[2] as number, out);
      const u = out[0] as number;
      const v = out[1] as number;
      return u >= 0 && u < width && v >= 0 && v < height;
    };
    return (isPoint(points) ? testPoint(points, 3, test) : testPoints(points as NdArray, 3, test)) as never;
  }

  /** World to camera: by the centre or, where that was given, by the translation. */
  #enter(): PointStep {
    const [[a, b, c], [d, e, f], [g, h, i]] = this.rotation;
    const [cx, cy, cz] = this.#translation ? ([0, 0, 0] as const) : this.center;
    const [tx, ty, tz] = this.#translation ?? [0, 0, 0];
    return (px, py, pz, out) => {
      const x = px - cx;
      const y = py - cy;
      const z = pz - cz;
      out[0] = a * x + b * y + c * z + tx;
      out[1] = d * x + e * y + f * z + ty;
      out[2] = g * x + h * y + i * z + tz;
    };
  }

  #project({ distortionRange = "checked" }: ProjectOptions): PointStep {
    const [[fx, skew, cx], [, fy, cy]] = this.intrinsics;
    const { distortion } = this;
    const isChecked = distortionRange === "checked";
    return (px, py, pz, out) => {
      let x = pz > 0 ? px / pz : Number.NaN;
      let y = py / pz;
      if (distortion && !Number.isNaN(x)) {
        if (isChecked && !distortion.contains(x, y)) x = Number.NaN;
        else {
          distortion.distort(x, y, out);
          x = out[0] as number;
          y = out[1] as number;
        }
      }
      out[0] = Number.isNaN(x) ? Number.NaN : fx * x + skew * y + cx;
      out[1] = Number.isNaN(x) ? Number.NaN : fy * y + cy;
    };
  }

  #backProject({ distortionRange = "checked", unresolved = "nan" }: BackProjectOptions): PointStep {
    const [[fx, skew, cx], [, fy, cy]] = this.intrinsics;
    const { distortion } = this;
    const isChecked = distortionRange === "checked";
    return (u, v, depth, out) => {
      const y = (v - cy) / fy;
      const x = (u - cx - skew * y) / fx;
      out[0] = x;
      out[1] = y;
      if (distortion) {
        const isFound = distortion.undistort(x, y, out);
        const isResolved = isFound && (!isChecked || distortion.contains(out[0] as number, out[1] as number));
        if (!isResolved && unresolved === "throw" && !Number.isNaN(x + y))
          throw new RangeError(`no ray was found that the lens brings to the pixel (${u}, ${v})`);
        if (!isResolved) out[0] = Number.NaN;
      }
      const isNan = Number.isNaN(out[0] as number) || Number.isNaN(out[1] as number);
      out[0] = isNan ? Number.NaN : (out[0] as number) * depth;
      out[1] = isNan ? Number.NaN : (out[1] as number) * depth;
      out[2] = isNan ? Number.NaN : depth;
    };
  }
}

function map<P extends Points, V>(
  points: P,
  sizes: { readonly from: 2 | 3; readonly to: 2 | 3 },
  step: PointStep,
  depth?: PointDepth,
): Mapped<P, V> {
  if (!isPoint(points)) return stepPoints(points as NdArray, sizes, step, depth) as Mapped<P, V>;
  if (depth !== undefined && typeof depth !== "number") throw new RangeError("one point has one depth");
  return stepPoint(points, sizes, step, depth) as Mapped<P, V>;
}
