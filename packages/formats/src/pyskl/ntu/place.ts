import { FormatError } from "@somakit/core/errors";
import type { Candidate } from "./choose.js";
import { magnitude } from "./float32.js";
import { JOINTS } from "./scanner.js";
import { POSE } from "./tracks.js";

/** Poses of persons over time, in C order: [persons, frames, 25, 3]. */
export interface Placed {
  readonly poses: Float32Array;
  readonly persons: 1 | 2;
  readonly frames: number;
}

/** What is less than this in sum is taken for zero, that is, for nobody. */
const NOBODY = 0.001;
/** The joint that says whether somebody is there: the middle of the spine. */
const SPINE = 1;

/** One person as it is; several on two places, as upstream puts them there. Throws `FormatError` `missing`. */
export function placeBodies(bodies: readonly Candidate[]): Placed {
  const [first, ...others] = bodies;
  if (!first) throw new FormatError("missing", "no body is left: all are short or wider than people are");
  if (others.length === 0) return { poses: first.poses, persons: 1, frames: first.frames };
  return swapped(trimmed(onTwoPlaces(first, others)));
}

/** A span of frames that is taken; others that only touch it fit. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const apart = (a: Span, b: Span): boolean => Math.max(a.start, b.start) >= Math.min(a.end, b.end);
const hull = (a: Span, b: Span): Span => ({ start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) });

/**
 * The body that moves most is person 0; each further one goes where it is in nobody's way, else nowhere. The span of
 * person 1 begins at frame 0 whatever is put there: so upstream does, and some bodies are dropped by that.
 */
function onTwoPlaces(first: Candidate, others: readonly Candidate[]): Placed {
  const frames = others.reduce((most, body) => Math.max(most, spanOf(body).end), spanOf(first).end);
  const poses = new Float32Array(2 * frames * POSE);
  const put = (body: Candidate, person: number): void => poses.set(body.poses, (person * frames + body.start) * POSE);
  put(first, 0);
  let spans: readonly [Span, Span] = [spanOf(first), { start: 0, end: 0 }];
  for (const body of others) {
    const span = spanOf(body);
    if (apart(spans[0], span)) {
      put(body, 0);
      spans = [hull(spans[0], span), spans[1]];
    } else if (apart(spans[1], span)) {
      put(body, 1);
      spans = [spans[0], hull(spans[1], span)];
    }
  }
  return { poses, persons: 2, frames };
}

function spanOf({ start, frames }: Candidate): Span {
  return { start, end: start + frames };
}

/** Without the frames at both ends in which nobody is. */
function trimmed({ poses, frames }: Placed): Placed {
  const both = new Float32Array(2 * POSE);
  const nobody = (frame: number): boolean => {
    both.set(poses.subarray(frame * POSE, (frame + 1) * POSE));
    both.set(poses.subarray((frames + frame) * POSE, (frames + frame + 1) * POSE), POSE);
    return magnitude(both) < NOBODY;
  };
  let [start, end] = [0, frames];
  while (start < end && nobody(start)) start++;
  while (end > start && nobody(end - 1)) end--;
  if (start === end) throw new FormatError("missing", "all positions of all persons are zero");
  const kept = new Float32Array(2 * (end - start) * POSE);
  kept.set(poses.subarray(start * POSE, end * POSE));
  kept.set(poses.subarray((frames + start) * POSE, (frames + end) * POSE), (end - start) * POSE);
  return { poses: kept, persons: 2, frames: end - start };
}

/** With the persons exchanged when only person 1 is there at the start. */
function swapped(placed: Placed): Placed {
  const { poses, frames } = placed;
  const spine = (person: number): number => {
    const at = (person * frames * JOINTS + SPINE) * 3;
    return magnitude(poses.subarray(at, at + 3));
  };
  if (!(spine(0) < NOBODY && spine(1) > NOBODY)) return placed;
  const exchanged = new Float32Array(poses.length);
  exchanged.set(poses.subarray(frames * POSE));
  exchanged.set(poses.subarray(0, frames * POSE), frames * POSE);
  return { ...placed, poses: exchanged };
}
