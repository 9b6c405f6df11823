import { NdArray } from "@somakit/core/ndarray";
import { type ReadSkeletonOptions, type SkeletonInput, scanInput } from "./input.js";
import { type BodyHandler, JOINT_COLUMNS, JOINTS } from "./scanner.js";

/** One `.skeleton` file of NTU RGB+D: what a Kinect sensor tracked in each frame of a clip. */
export interface Skeleton {
  readonly frames: readonly SkeletonFrame[];
}

export interface SkeletonFrame {
  /** Often none; people come and go. */
  readonly bodies: readonly SkeletonBody[];
}

/** One body in one frame. Names are those of the data set's own reader; codes are the Kinect SDK's. */
export interface SkeletonBody {
  /** About 7.2e16, above 2^53: ids that differ by one would be the same number. */
  readonly bodyID: bigint;
  /** Edges of the picture that cut the body, as bits; see {@link clippedEdges}. */
  readonly clipedEdges: number;
  /** 0 low, 1 high. */
  readonly handLeftConfidence: number;
  /** 0 unknown, 1 not tracked, 2 open, 3 closed, 4 lasso (two fingers pointing). */
  readonly handLeftState: number;
  readonly handRightConfidence: number;
  readonly handRightState: number;
  /** 0 or 1. */
  readonly isResticted: number;
  /** -1 to 1, left to right. */
  readonly leanX: number;
  /** -1 to 1, back to front. */
  readonly leanY: number;
  /** 0 not tracked, 1 inferred, 2 tracked. */
  readonly trackingState: number;
  /** One row a joint, with the columns of {@link jointColumns}. */
  readonly joints: NdArray<"float64", readonly [25, 12]>;
}

/**
 * Columns of a joint: position in metres in the camera's frame (x to the sensor's left, y up, z away from it), pixel in
 * the 512 x 424 depth picture and in the 1920 x 1080 colour picture, orientation as a quaternion (zeros at end joints),
 * 0 not tracked, 1 inferred, 2 tracked.
 */
export const jointColumns = [
  "x",
  "y",
  "z",
  "depthX",
  "depthY",
  "colorX",
  "colorY",
  "orientationW",
  "orientationX",
  "orientationY",
  "orientationZ",
  "trackingState",
] as const;

export type Edge = "right" | "left" | "top" | "bottom";

const EDGES = ["right", "left", "top", "bottom"] as const;

/** The edges that the bits of `clipedEdges` stand for. */
export function clippedEdges(bits: number): readonly Edge[] {
  return EDGES.filter((_, bit) => (bits >> bit) & 1);
}

/**
 * Reads a `.skeleton` text with every number in it. Rejects with `FormatError`, with line and byte offset:
 * `not-this-format` when it does not begin with a number of frames, `truncated` when it ends early or states more than it
 * can hold, `corrupt` for everything else that is not as it should be, `limit` for endless lines.
 */
export async function parseSkeleton(input: SkeletonInput, options: ReadSkeletonOptions = {}): Promise<Skeleton> {
  const frames: SkeletonFrame[] = [];
  for await (const frame of skeletonFrames(input, options)) frames.push(frame);
  return { frames };
}

/** The same frame by frame, holding a piece of the text and its frames. Errors of the end come at the end. */
export async function* skeletonFrames(
  input: SkeletonInput,
  options: ReadSkeletonOptions = {},
): AsyncGenerator<SkeletonFrame, void, void> {
  const collector = new FrameCollector();
  for await (const _ of scanInput(input, collector, "all", options)) yield* collector.take();
}

/** Puts bodies into frames. */
class FrameCollector implements BodyHandler {
  #done: SkeletonFrame[] = [];
  #bodies: SkeletonBody[] = [];
  #expected = 0;

  /** The frames that are complete, once. */
  take(): readonly SkeletonFrame[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  frame(bodies: number): void {
    this.#expected = bodies;
    this.#close();
  }

  body(bodyID: bigint, columns: Float64Array, joints: Float64Array | Float32Array): void {
    this.#bodies.push({ bodyID, ...named(columns), joints: rows(joints) });
    this.#close();
  }

  #close(): void {
    if (this.#bodies.length < this.#expected) return;
    this.#done.push({ bodies: this.#bodies });
    this.#bodies = [];
  }
}

function rows(joints: Float64Array | Float32Array): SkeletonBody["joints"] {
  return NdArray.from("float64", Float64Array.from(joints), [JOINTS, JOINT_COLUMNS]);
}

function named(columns: Float64Array): Omit<SkeletonBody, "bodyID" | "joints"> {
  const at = (column: number): number => columns[column] as number;
  return {
    clipedEdges: at(0),
    handLeftConfidence: at(1),
    handLeftState: at(2),
    handRightConfidence: at(3),
    handRightState: at(4),
    isResticted: at(5),
    leanX: at(6),
    leanY: at(7),
    trackingState: at(8),
  };
}
