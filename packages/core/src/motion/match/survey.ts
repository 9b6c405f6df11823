import type { WorkOptions } from "../../source/source.js";
import type {
  ImageId,
  MotionCamera,
  MotionInfo,
  MotionLayer,
  MotionSequence,
  MotionSource,
  MotionWindow,
} from "../motion.js";
import { presenceIn } from "../presence.js";
import { checkExtent } from "../read/forms.js";
import { MotionError } from "../report.js";

/** A sequence with all that a writer has to know before the first frame. */
export interface SurveyedSequence {
  readonly sequence: MotionSequence;
  readonly info: MotionInfo;
  readonly layers: readonly MotionLayer[];
  readonly frames: number;
  readonly people: number;
  /** Numbers of the people by their places. */
  readonly ids: readonly number[];
  /** (frames, people): who is there. */
  readonly present: Uint8Array;
  /** Of each frame, and so are the others; undefined where no frame has any. */
  readonly imagePaths: readonly (string | undefined)[] | undefined;
  readonly imageIds: readonly (ImageId | undefined)[] | undefined;
  readonly imageSizes: MotionWindow["imageSizes"];
  /** Of each frame, the same object as long as nothing changes. */
  readonly cameras: readonly (MotionCamera | undefined)[] | undefined;
}

export interface SurveyOptions extends WorkOptions {
  /** Only the sequence of this name, or at this position. */
  readonly sequence?: string | number | undefined;
}

/** Goes through all frames once. Throws `MotionError` for a sequence that there is not, and for a file without any. */
export async function surveyMotion(
  source: MotionSource,
  options: SurveyOptions = {},
): Promise<readonly SurveyedSequence[]> {
  const surveyed: SurveyedSequence[] = [];
  let position = 0;
  for await (const sequence of source.sequences(options)) {
    const wanted = options.sequence === undefined || [position, sequence.info.name].includes(options.sequence);
    position++;
    if (wanted) surveyed.push(await survey(sequence, options));
  }
  if (surveyed.length === 0 || options.sequence === undefined) checkWhole(source);
  if (surveyed.length === 0) throw noSequence(options.sequence, position);
  return surveyed;
}

/** Why there is nothing to write: no such sequence among so many, or none at all. */
export function noSequence(wanted: string | number | undefined, among: number): MotionError {
  if (wanted === undefined)
    return new MotionError(
      "nobody is in the file: it has no keypoints and no vertices, no boxes and no parameters, or no frames of them",
    );
  return new MotionError(`there is no sequence ${JSON.stringify(wanted)} among ${among}`, "sequence");
}

/** Throws `MotionError` for a source that was gone through and has sequences whose points are in files that nobody opened. */
export function checkWhole({ elsewhere }: MotionSource): void {
  if (!elsewhere) return;
  const { sequences, path } = elsewhere;
  const those = sequences === 1 ? "one sequence are in another file" : `${sequences} sequences are in other files`;
  throw new MotionError(`the keypoints of ${those}, such as ${path}`, "root");
}

async function survey(sequence: MotionSequence, options: WorkOptions): Promise<SurveyedSequence> {
  const windows: { readonly people: number; readonly frames: number; readonly present: Uint8Array }[] = [];
  let frames = 0;
  let people = sequence.ids?.length ?? 0;
  const imagePaths: (string | undefined)[] = [];
  const imageIds: (ImageId | undefined)[] = [];
  const imageSizes: NonNullable<MotionWindow["imageSizes"]>[number][] = [];
  const cameras: (MotionCamera | undefined)[] = [];
  // Who is there is told by points, where there are any.
  const only = sequence.layers.length > 0 ? new Set(sequence.layers.map(({ key }) => key)) : undefined;
  for await (const window of sequence.windows({ ...options, only })) {
    windows.push({ people: window.people, frames: window.frames, present: presenceIn(window) });
    putAt(cameras, window.cameras, frames);
    putAt(imagePaths, window.imagePaths, frames);
    putAt(imageIds, window.imageIds, frames);
    putAt(imageSizes, window.imageSizes, frames);
    frames += window.frames;
    people = Math.max(people, window.people);
    checkExtent(frames, people, "");
  }
  const present = new Uint8Array(frames * people);
  let at = 0;
  for (const window of windows) {
    for (let frame = 0; frame < window.frames; frame++)
      present.set(window.present.subarray(frame * window.people, (frame + 1) * window.people), (at + frame) * people);
    at += window.frames;
  }
  const { info, layers } = sequence;
  const ids = sequence.ids ?? Array.from({ length: people }, (_, place) => place);
  return {
    sequence,
    info,
    layers,
    frames,
    people,
    ids,
    present,
    imagePaths: column(imagePaths, frames),
    imageIds: column(imageIds, frames),
    imageSizes: column(imageSizes, frames),
    cameras: column(cameras, frames),
  };
}

function putAt<T>(to: (T | undefined)[], values: readonly (T | undefined)[] | undefined, start: number): void {
  for (const [index, value] of values?.entries() ?? []) if (value !== undefined) to[start + index] = value;
}

/** A value for each frame; undefined where there are none. */
function column<T>(values: readonly (T | undefined)[], frames: number): readonly (T | undefined)[] | undefined {
  return values.length === 0 ? undefined : Array.from({ length: frames }, (_, frame) => values[frame]);
}

/** First and one past the last frame in which somebody is there; undefined for who never is. */
export function spanOf(
  { frames, people, present }: SurveyedSequence,
  person: number,
): readonly [first: number, stop: number] | undefined {
  let first = 0;
  while (first < frames && present[first * people + person] === 0) first++;
  if (first === frames) return undefined;
  let stop = frames;
  while (present[(stop - 1) * people + person] === 0) stop--;
  return [first, stop];
}

/** How many people are there in all frames together. */
export function placesTaken({ present }: SurveyedSequence): number {
  let taken = 0;
  for (const one of present) taken += one;
  return taken;
}

/** The layers of all sequences. Throws `MotionError` where they are not alike. */
export function commonLayers(surveyed: readonly SurveyedSequence[]): readonly MotionLayer[] {
  const layers = new Map<string, MotionLayer>();
  for (const layer of surveyed.flatMap((one) => one.layers)) {
    const known = layers.get(layer.key);
    if (known && (known.points !== layer.points || known.axes !== layer.axes || known.convention !== layer.convention))
      throw new MotionError(
        `${layer.key} has ${known.points} points in ${known.axes}D in one sequence and ${layer.points} in ${layer.axes}D in another`,
        "sequence",
      );
    layers.set(layer.key, known ? { ...known, hasConfidence: known.hasConfidence && layer.hasConfidence } : layer);
  }
  return [...layers.values()];
}
