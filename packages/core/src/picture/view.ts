import type { SignedAxis } from "../layout/layout.js";

export type { SignedAxis };

/** From where things in space are looked at, without perspective. */
export interface View {
  /** The direction that is up in the picture. */
  readonly up: SignedAxis;
  /** The direction in which somebody looks who stands in front. */
  readonly forward: SignedAxis;
  /** Degrees that the viewer goes around what is to be seen, to the viewer's right. Default 0: from the front. */
  readonly turn?: number | undefined;
  /** Degrees that the viewer looks down, 90 for straight from above. Default 0. */
  readonly tilt?: number | undefined;
}

/** Directions to look from, which need no angles. */
export type ViewName = "front" | "right" | "back" | "left" | "top" | "corner";

/** Turn and tilt of the views that have names. Right and left are the viewer's who stands in front. */
const NAMED: Readonly<Record<ViewName, Required<Pick<View, "turn" | "tilt">>>> = {
  front: { turn: 0, tilt: 0 },
  right: { turn: 90, tilt: 0 },
  back: { turn: 180, tilt: 0 },
  left: { turn: -90, tilt: 0 },
  top: { turn: 0, tilt: 90 },
  corner: { turn: 30, tilt: 20 },
};

export interface NamedViewOptions {
  /** Default `-y`, as in the camera frames of OpenCV. */
  readonly up?: SignedAxis | undefined;
  /** Default: `z` where y is the vertical axis and points down, `-z` where it points up, `y` where z or x is vertical. */
  readonly forward?: SignedAxis | undefined;
}

/** A view by its name. Throws `RangeError` where up and forward are one axis. */
export function namedView(name: ViewName, { up = "-y", forward = usualForward(up) }: NamedViewOptions = {}): View {
  if (up.at(-1) === forward.at(-1)) throw new RangeError(`up (${up}) and forward (${forward}) are the same axis`);
  return { up, forward, ...NAMED[name] };
}

function usualForward(up: SignedAxis): SignedAxis {
  if (up.endsWith("y")) return up === "y" ? "-z" : "z";
  return "y";
}

type Vector = readonly [x: number, y: number, z: number];

/** Where the directions of a picture lead in the data. */
export interface ViewAxes {
  readonly right: Vector;
  readonly down: Vector;
  /** Away from the viewer. */
  readonly away: Vector;
}

/** The directions of a view of right-handed coordinates. */
export function viewAxes({ up, forward, turn = 0, tilt = 0 }: View): ViewAxes {
  const above = vectorOf(up);
  const front = vectorOf(forward);
  const side = cross(front, above);
  const [sine, cosine] = [Math.sin(radians(turn)), Math.cos(radians(turn))];
  // Who goes to the right looks back to the left.
  const level = sum(scaled(front, cosine), scaled(side, -sine));
  const right = sum(scaled(side, cosine), scaled(front, sine));
  const [falling, flat] = [Math.sin(radians(tilt)), Math.cos(radians(tilt))];
  const away = sum(scaled(level, flat), scaled(above, -falling));
  const down = sum(scaled(level, -falling), scaled(above, -flat));
  return { right, down, away };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function vectorOf(axis: SignedAxis): Vector {
  const sign = axis.startsWith("-") ? -1 : 1;
  const name = axis.at(-1);
  return [name === "x" ? sign : 0, name === "y" ? sign : 0, name === "z" ? sign : 0];
}

function scaled([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}

function sum(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
