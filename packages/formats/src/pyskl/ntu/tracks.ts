import { NdArray } from "@somakit/core/ndarray";
import { type ReadSkeletonOptions, type SkeletonInput, scanInput } from "./input.js";
import { type BodyHandler, JOINT_COLUMNS, JOINTS, SkeletonScanner } from "./scanner.js";
import type { Skeleton } from "./skeleton.js";

/** Numbers of a body's pose: x, y, z of 25 joints. */
export const POSE: number = JOINTS * 3;

/**
 * What one body did, as upstream gathers it: its poses one after the other, without gaps for frames in which others were
 * seen and this body was not. Frames without anybody do not count at all.
 */
export interface BodyTrack {
  readonly bodyID: bigint;
  /** Among the frames with somebody in them, the one in which it is first seen. */
  readonly start: number;
  /** Joint positions in metres, in the camera's frame. */
  readonly positions: NdArray<"float32", readonly [number, 25, 3]>;
}

/**
 * The bodies of a `.skeleton` text in the order in which they first appear, read at the speed of looking at nothing but
 * ids and positions: other numbers may be missing or none. Errors are those of `parseSkeleton`.
 */
export async function readBodyTracks(
  input: SkeletonInput,
  options: ReadSkeletonOptions = {},
): Promise<readonly BodyTrack[]> {
  const builder = new TrackBuilder();
  for await (const _ of scanInput(input, builder, "positions", options));
  return builder.tracks();
}

/** The same for a text that is in memory. */
export function bodyTracksOf(text: Uint8Array, name: string): readonly BodyTrack[] {
  const builder = new TrackBuilder();
  const scanner = new SkeletonScanner(builder, { name, byteLength: text.byteLength, columns: "positions" });
  scanner.push(text);
  scanner.end();
  return builder.tracks();
}

/** The same for a skeleton that was read. */
export function bodyTracks({ frames }: Skeleton): readonly BodyTrack[] {
  const builder = new TrackBuilder();
  const positions = new Float32Array(POSE);
  for (const { bodies } of frames) {
    builder.frame(bodies.length);
    for (const { bodyID, joints } of bodies) {
      const { data } = joints.contiguous();
      for (let at = 0; at < POSE; at++) {
        const [joint, axis] = [Math.floor(at / 3), at % 3];
        positions[at] = data[joint * JOINT_COLUMNS + axis] as number;
      }
      builder.body(bodyID, undefined, positions);
    }
  }
  return builder.tracks();
}

interface Growing {
  readonly start: number;
  frames: number;
  poses: Float32Array;
}

class TrackBuilder implements BodyHandler {
  readonly #bodies = new Map<bigint, Growing>();
  /** Frames so far that have somebody in them. */
  #frames = 0;

  frame(bodies: number): void {
    if (bodies > 0) this.#frames++;
  }

  body(id: bigint, _columns: unknown, positions: Float64Array | Float32Array): void {
    let body = this.#bodies.get(id);
    if (!body) {
      body = { start: this.#frames - 1, frames: 0, poses: new Float32Array(POSE) };
      this.#bodies.set(id, body);
    }
    const at = body.frames * POSE;
    if (at === body.poses.length) {
      const larger = new Float32Array(2 * at);
      larger.set(body.poses);
      body.poses = larger;
    }
    body.poses.set(positions, at);
    body.frames++;
  }

  tracks(): readonly BodyTrack[] {
    return [...this.#bodies].map(([bodyID, { start, frames, poses }]) => ({
      bodyID,
      start,
      positions: NdArray.from("float32", poses.slice(0, frames * POSE), [frames, JOINTS, 3]),
    }));
  }
}
