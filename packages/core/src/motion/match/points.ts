import type { WorkOptions } from "../../source/source.js";
import { channelsOf, storedConfidence } from "../axes.js";
import type { MotionPoints, MotionWindow } from "../motion.js";
import { noPoints } from "../read/layer.js";
import { carriedPoints } from "./carry.js";
import type { LayerMatch } from "./match.js";
import type { SurveyedSequence } from "./survey.js";

/** The points of a layer as the target has them: (F, P, K, channels), and the confidences that it has beside. */
export interface WrittenPoints {
  readonly frames: number;
  readonly people: number;
  readonly values: Float64Array;
  readonly confidence: Float64Array | undefined;
}

/** Points in the order, the unit, the directions and the channels of the target. Who is not there is zeros. */
export function writtenPoints(
  match: LayerMatch,
  own: MotionPoints,
  { cameras }: Pick<MotionWindow, "cameras">,
): WrittenPoints {
  const points = match.carry ? carriedPoints(own, match.carry, cameras) : own;
  const [frames = 0, people = 0] = points.positions.shape;
  const { points: count, factor, turn, mark } = match;
  const { channels = [] } = mark;
  const from = match.from.points;
  const axes = points.positions.shape[3] as number;
  const { coordinates, confidence: inside } = channelsOf(mark);
  const rows = frames * people;
  const values = new Float64Array(rows * count * channels.length);
  const sure = match.beside ? new Float64Array(rows * count) : undefined;
  const pairs = match.mapping?.pairs ?? Array.from({ length: count }, (_, at) => ({ from: at, to: at }));
  const { data } = points.positions;
  for (let row = 0; row < rows; row++) {
    if (points.present.data[row] === 0) continue;
    for (const pair of pairs) {
      const source = (row * from + pair.from) * axes;
      const target = (row * count + pair.to) * channels.length;
      for (let axis = 0; axis < axes; axis++) {
        const [at, sign] = turn?.[axis] ?? [axis, 1];
        // No negative zeros where there are none.
        values[target + (coordinates[axis] as number)] = (data[source + at] as number) * factor * sign + 0;
      }
      const confidence = points.confidence?.data[row * from + pair.from] ?? match.confidence ?? 1;
      if (inside !== undefined) values[target + inside] = storedConfidence(mark, confidence);
      if (sure) sure[row * count + pair.to] = confidence;
    }
  }
  return { frames, people, values, confidence: sure };
}

/** Windows of a sequence with the points of one layer as they are written. */
export async function* writtenWindows(
  surveyed: SurveyedSequence,
  match: LayerMatch,
  options: WorkOptions,
): AsyncGenerator<WrittenPoints & { readonly window: MotionWindow }, void, void> {
  for await (const window of surveyed.sequence.windows({ ...options, only: new Set([match.from.key]) })) {
    const points = window.layers.get(match.from.key);
    if (points) yield { ...writtenPoints(match, points, window), window };
  }
}

/**
 * The same for those who need each window, also what it has under other keys: zeros for everybody where a window has nothing of the
 * layer.
 */
export async function* everyWindow(
  surveyed: SurveyedSequence,
  match: LayerMatch,
  others: readonly string[],
  options: WorkOptions,
): AsyncGenerator<WrittenPoints & { readonly window: MotionWindow }, void, void> {
  const { key } = match.from;
  for await (const window of surveyed.sequence.windows({ ...options, only: new Set([key, ...others]) })) {
    const points = window.layers.get(key) ?? noPoints(match.from, window.frames, window.people);
    yield { ...writtenPoints(match, points, window), window };
  }
}

/** All frames of a sequence, with as many places as it has people. */
export async function writtenSequence(
  surveyed: SurveyedSequence,
  match: LayerMatch,
  options: WorkOptions,
): Promise<WrittenPoints> {
  const { frames, people } = surveyed;
  const size = match.points * (match.mark.channels?.length ?? 0);
  const values = new Float64Array(frames * people * size);
  const confidence = match.beside ? new Float64Array(frames * people * match.points) : undefined;
  for await (const part of writtenWindows(surveyed, match, options)) {
    for (let frame = 0; frame < part.frames; frame++) {
      const to = (part.window.start + frame) * people;
      const from = frame * part.people;
      values.set(part.values.subarray(from * size, (from + part.people) * size), to * size);
      confidence?.set(
        part.confidence?.subarray(from * match.points, (from + part.people) * match.points) ?? [],
        to * match.points,
      );
    }
  }
  return { frames, people, values, confidence };
}

/** The same frames with a place for so many people, of whom those behind the last one are nobody. */
export function withPlaces(written: WrittenPoints, people: number, match: LayerMatch): WrittenPoints {
  if (written.people === people) return written;
  const widen = (data: Float64Array, size: number): Float64Array => {
    const wide = new Float64Array(written.frames * people * size);
    for (let frame = 0; frame < written.frames; frame++)
      wide.set(
        data.subarray(frame * written.people * size, (frame + 1) * written.people * size),
        frame * people * size,
      );
    return wide;
  };
  const size = match.points * (match.mark.channels?.length ?? 0);
  return {
    frames: written.frames,
    people,
    values: widen(written.values, size),
    confidence: written.confidence && widen(written.confidence, match.points),
  };
}
