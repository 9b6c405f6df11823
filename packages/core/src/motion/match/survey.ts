import type { WorkOptions } from "../../source/source.js";
import type { MotionCamera, MotionInfo, MotionLayer, MotionSequence, MotionSource, MotionWindow } from "../motion.js";
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
  /** (frames, people): who is there in any layer. */
  readonly present: Uint8Array;
  readonly imagePaths: readonly (string | undefined)[] | undefined;
  /** Of each frame, where the images are not all of one size. */
  readonly imageSizes: MotionWindow["imageSizes"];
  /** Of each frame, the same object as long as nothing changes. */
  readonly cameras: readonly (MotionCamera | undefined)[] | undefined;
}

export interface SurveyOptions extends WorkOptions {
  /** Only the sequence of this name, or at this position. */
  readonly sequence?: string | number | undefined;
}

/** Goes through all frames once. Throws `MotionError` for a sequence that there is not. */
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
  if (surveyed.length === 0 && options.sequence !== undefined)
    throw new MotionError(`there is no sequence ${JSON.stringify(options.sequence)} among ${position}`, "sequence");
  return surveyed;
}

async function survey(sequence: MotionSequence, options: WorkOptions): Promise<SurveyedSequence> {
  const windows: { readonly people: number; readonly frames: number; readonly present: Uint8Array }[] = [];
  let frames = 0;
  let people = sequence.ids?.length ?? 0;
  let images: (string | undefined)[] | undefined;
  let imageSizes: MotionWindow["imageSizes"];
  const cameras: (MotionCamera | undefined)[] = [];
  // Who is there is told by points, where there are any.
  const only = sequence.layers.length > 0 ? new Set(sequence.layers.map(({ key }) => key)) : undefined;
  for await (const window of sequence.windows({ ...options, only })) {
    windows.push({ people: window.people, frames: window.frames, present: anyLayer(window) });
    for (const [frame, camera] of window.cameras?.entries() ?? []) cameras[frames + frame] = camera;
    frames += window.frames;
    people = Math.max(people, window.people);
    checkExtent(frames, people, "");
    if (window.imagePaths) images = [...(images ?? []), ...window.imagePaths];
    if (window.imageSizes) imageSizes = [...(imageSizes ?? []), ...window.imageSizes];
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
  cameras.length = cameras.length === 0 ? 0 : frames;
  return {
    sequence,
    info,
    layers,
    frames,
    people,
    ids,
    present,
    imagePaths: images,
    imageSizes,
    cameras: cameras.length === 0 ? undefined : cameras,
  };
}

/** Who is there in any layer; of sequences without points, in any quantity. */
function anyLayer({ layers, quantities, frames, people }: MotionWindow): Uint8Array {
  const any = new Uint8Array(frames * people);
  for (const { present } of layers.size > 0 ? layers.values() : (quantities?.values() ?? []))
    for (let at = 0; at < any.length; at++) if (present.data[at] !== 0) any[at] = 1;
  return any;
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
