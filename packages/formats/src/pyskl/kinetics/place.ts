import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { countOf, type KineticsClip, pathIn } from "./clip.js";
import { bestFirst } from "./ranking.js";
import { type Skeletons, skeletonsOf } from "./skeletons.js";

/** Bytes of a result that nobody means to have. */
const MAX_BYTES = 2 ** 31;

/** How skeletons become arrays. */
export interface PlaceOptions {
  readonly squeeze: boolean;
  readonly maxPerson: number;
  /** What the skeletons of a frame are sorted by when they are too many: that of a row, higher ones first. */
  readonly rank: (skeletons: Skeletons, row: number) => number;
}

/** Skeletons by person and frame. */
export interface PlacedPose {
  /** T */
  readonly frames: number;
  /** Most skeletons in one frame of the file. */
  readonly people: number;
  readonly keypoint: NdArray<"float16">;
  readonly keypoint_score: NdArray<"float16">;
}

/** Puts the skeletons of a clip into arrays by person and frame. Throws as `decompressPose` does. */
export function placeSkeletons(clip: KineticsClip, { squeeze, maxPerson, rank }: PlaceOptions): PlacedPose {
  if (!Number.isInteger(maxPerson) || maxPerson < 1) throw new RangeError(`maxPerson is 1 or more, ${maxPerson} given`);
  const total = countOf(clip.total_frames, pathIn(clip, "total_frames"));
  const skeletons = skeletonsOf(clip);
  const shown = framesOf(clip, skeletons.frames);
  const people = shown.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  const frames = squeeze ? shown.length : total;
  if (!squeeze) checkInside(clip, shown, total);
  const sort = people > maxPerson ? rank : undefined;
  const size = { people: Math.min(people, maxPerson), frames, squeeze, sort };
  return { frames, people, ...place(skeletons, shown, size, pathIn(clip, "keypoint")) };
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
  /** By what the best people come first in every frame; otherwise they keep the order of the file. */
  readonly sort: PlaceOptions["rank"] | undefined;
}

/** Puts every skeleton into the next free row of its frame. */
function place(
  skeletons: Skeletons,
  shown: readonly Frame[],
  { people, frames, squeeze, sort }: Placing,
  path: string,
): Pick<PlacedPose, "keypoint" | "keypoint_score"> {
  const { keypoints, halves, rows } = skeletons;
  const count = people * frames * keypoints;
  if (count * 6 > MAX_BYTES) throw new FormatError("limit", `${count} keypoints are too many for one clip`, { path });
  const points = new Uint16Array(count * 2);
  const scores = new Uint16Array(count);
  for (const [rank, { number, start, end }] of shown.entries()) {
    const own = rows.slice(start, end);
    const ordered = sort ? bestFirst(own.map((row) => sort(skeletons, row))).map((best) => own[best] as number) : own;
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
