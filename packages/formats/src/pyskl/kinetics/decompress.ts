import { FormatError, NdArray } from "@somakit/core";
import { countOf, type KineticsClip, pathIn, type Without } from "./clip.js";
import { bestFirst, halfSum } from "./ranking.js";
import { type Skeletons, skeletonsOf } from "./skeletons.js";

export interface DecompressPoseOptions {
  /**
   * Leave out frames that show nobody (default true). Otherwise frame numbers are used as they are, from 0; those of the
   * published files count from 1, so that the last one may be outside.
   */
  readonly squeeze?: boolean | undefined;
  /** People kept of every frame, those with the highest sum of scores. Default 10. */
  readonly maxPerson?: number | undefined;
}

/** A clip that has its skeletons as arrays by person and frame. */
export type DecompressedClip<T> = Without<T, "frame_inds" | "keypoint" | "total_frames"> & {
  /** T, the frames of the arrays. */
  readonly total_frames: number;
  /** [M, T, V, 2] x, y; 0 where there is nobody. Rows are no tracks: a person may be in another row a frame later. */
  readonly keypoint: NdArray<"float16">;
  /** [M, T, V] */
  readonly keypoint_score: NdArray<"float16">;
  /** M, only when people were left out. */
  readonly num_person?: number;
};

/** Bytes of a result that nobody means to have. */
const MAX_BYTES = 2 ** 31;

/**
 * Turns the skeletons of a clip, one row each, into arrays by person and frame (upstream's `DecompressPose`). Needs
 * `total_frames`, `frame_inds` and `keypoint`; `anno_inds` chooses skeletons. Other members stay as they are.
 *
 * When any frame has more than `maxPerson` people, those of all frames are sorted by falling sum of scores, as numpy sums
 * float16; equal sums keep their order, those that are no number come last.
 *
 * Throws `FormatError` `missing` or `mismatch` when members are missing, of another type, or of different lengths,
 * `corrupt` when frame numbers fall or lie outside the clip, or when no skeleton is left, `limit` beyond 2 GiB.
 */
export function decompressPose<T extends KineticsClip>(
  clip: T,
  options: DecompressPoseOptions = {},
): DecompressedClip<T> {
  const { squeeze = true, maxPerson = 10 } = options;
  if (!Number.isInteger(maxPerson) || maxPerson < 1) throw new RangeError(`maxPerson is 1 or more, ${maxPerson} given`);
  const total = countOf(clip.total_frames, pathIn(clip, "total_frames"));
  const skeletons = skeletonsOf(clip);
  const shown = framesOf(clip, skeletons.frames);
  const people = shown.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  const size = { people: Math.min(people, maxPerson), frames: squeeze ? shown.length : total };
  if (!squeeze) checkInside(clip, shown, total);
  const pose = place(skeletons, shown, { ...size, squeeze, sort: people > maxPerson }, pathIn(clip, "keypoint"));
  const { frame_inds, ...rest } = clip;
  return {
    ...rest,
    total_frames: size.frames,
    ...(people > maxPerson ? { num_person: maxPerson } : {}),
    ...pose,
    // Omit says nothing about a T that is not known yet.
  } as unknown as DecompressedClip<T>;
}

/** A frame that shows somebody: its number, and which skeletons are in it. */
interface Frame {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Runs of equal frame numbers. Throws `FormatError` `corrupt` when numbers fall, or there are none. */
function framesOf(clip: KineticsClip, numbers: readonly number[]): readonly Frame[] {
  const path = pathIn(clip, "frame_inds");
  if (numbers.length === 0) throw new FormatError("corrupt", "no skeleton to decompress", { path });
  const frames: Frame[] = [];
  for (let start = 0, end = 0; start < numbers.length; start = end) {
    const number = numbers[start] as number;
    while (numbers[end] === number) end++;
    const next = numbers[end];
    if (next !== undefined && !(next > number))
      throw new FormatError("corrupt", `frame numbers must not fall, ${next} comes after ${number}`, { path });
    frames.push({ number, start, end });
  }
  return frames;
}

function checkInside(clip: KineticsClip, frames: readonly Frame[], total: number): void {
  const wrong = frames.find(({ number }) => number < 0 || number >= total);
  if (!wrong) return;
  const reason = `frame ${wrong.number} is outside ${total} frames counted from 0; squeeze takes any numbers`;
  throw new FormatError("corrupt", reason, { path: pathIn(clip, "frame_inds") });
}

interface Placing {
  readonly people: number;
  readonly frames: number;
  readonly squeeze: boolean;
  /** Whether the best people come first in every frame; otherwise they keep the order of the file. */
  readonly sort: boolean;
}

/** Puts every skeleton into the next free row of its frame. */
function place(
  skeletons: Skeletons,
  shown: readonly Frame[],
  { people, frames, squeeze, sort }: Placing,
  path: string,
): Pick<DecompressedClip<unknown>, "keypoint" | "keypoint_score"> {
  const { keypoints, halves, rows } = skeletons;
  const count = people * frames * keypoints;
  if (count * 6 > MAX_BYTES) throw new FormatError("limit", `${count} keypoints are too many for one clip`, { path });
  const points = new Uint16Array(count * 2);
  const scores = new Uint16Array(count);
  for (const [rank, { number, start, end }] of shown.entries()) {
    const own = rows.slice(start, end);
    const ordered = sort
      ? bestFirst(own.map((row) => scoreOf(skeletons, row))).map((best) => own[best] as number)
      : own;
    for (const [person, row] of ordered.slice(0, people).entries()) {
      const to = (person * frames + (squeeze ? rank : number)) * keypoints;
      for (let keypoint = 0; keypoint < keypoints; keypoint++) {
        const from = (row * keypoints + keypoint) * 3;
        points[2 * (to + keypoint)] = halves[from] as number;
        points[2 * (to + keypoint) + 1] = halves[from + 1] as number;
        scores[to + keypoint] = halves[from + 2] as number;
      }
    }
  }
  return {
    keypoint: NdArray.from<"float16">("float16", points, [people, frames, keypoints, 2]),
    keypoint_score: NdArray.from<"float16">("float16", scores, [people, frames, keypoints]),
  };
}

function scoreOf({ keypoints, halves }: Skeletons, row: number): number {
  return halfSum(keypoints, (keypoint) => halves[(row * keypoints + keypoint) * 3 + 2] as number);
}
