import { sortedAsPython, spreadOf } from "./float32.js";
import { type BodyTrack, POSE } from "./tracks.js";

/** A track and what decides about it. */
export interface Candidate {
  /** [frames, 25, 3] in C order. */
  readonly poses: Float32Array;
  readonly start: number;
  readonly frames: number;
  readonly motion: number;
}

/** Bodies of as many frames, and of fewer, are noise, unless they are alone. */
const LONGEST_NOISE = 11;
/** A person is upright when it is at most this wide for its height. */
const UPRIGHT = 0.8;
/** From this part of wide frames on a body is furniture. */
const MOSTLY_WIDE = 0.69754;

/**
 * How much a body moves: the variance of its joints' positions, summed over x, y and z, in float32 as upstream gets it.
 * NaN when a position is.
 */
export function motionOf({ positions }: Pick<BodyTrack, "positions">): number {
  return spreadOf(packed(positions));
}

/** Indices of the frames in which a body is at most 0.8 times as wide as it is high. */
export function uprightFrames({ positions }: Pick<BodyTrack, "positions">): readonly number[] {
  return upright(packed(positions));
}

/**
 * The bodies that are people, by falling motion; those that upstream keeps, for its reasons. None when noise and
 * furniture was all there is.
 */
export function chooseBodies(tracks: readonly BodyTrack[]): readonly Candidate[] {
  const all = byMotion(tracks.map(candidate));
  if (all.length <= 1) return all;
  const long = all.filter(({ frames }) => frames > LONGEST_NOISE);
  if (long.length <= 1) return long;
  return byMotion(long.flatMap(withoutSpread));
}

function candidate(track: BodyTrack): Candidate {
  const poses = packed(track.positions);
  return { poses, start: track.start, frames: poses.length / POSE, motion: spreadOf(poses) };
}

function packed(positions: BodyTrack["positions"]): Float32Array {
  const { data, offset, size } = positions.contiguous();
  return data.subarray(offset, offset + size);
}

function byMotion(bodies: readonly Candidate[]): readonly Candidate[] {
  return sortedAsPython(bodies, ({ motion }) => -motion);
}

/** The body, with the motion of its upright frames if that is less; nothing when it is hardly ever upright. */
function withoutSpread(body: Candidate): readonly Candidate[] {
  const frames = upright(body.poses);
  if (frames.length === body.frames) return [body];
  if (1 - frames.length / body.frames >= MOSTLY_WIDE) return [];
  const poses = new Float32Array(frames.length * POSE);
  for (const [index, frame] of frames.entries())
    poses.set(body.poses.subarray(frame * POSE, (frame + 1) * POSE), index * POSE);
  const motion = spreadOf(poses);
  // As Python's min: what is not less, NaN included, changes nothing.
  return [motion < body.motion ? { ...body, motion } : body];
}

function upright(poses: Float32Array): readonly number[] {
  const found: number[] = [];
  for (let frame = 0; frame * POSE < poses.length; frame++) {
    // Extents are float32, the product with 0.8 is not.
    if (extent(poses, frame, 0) <= UPRIGHT * extent(poses, frame, 1)) found.push(frame);
  }
  return found;
}

function extent(poses: Float32Array, frame: number, axis: number): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = frame * POSE + axis; at < (frame + 1) * POSE; at += 3) {
    const value = poses[at] as number;
    if (Number.isNaN(value)) return Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return Math.fround(most - least);
}
