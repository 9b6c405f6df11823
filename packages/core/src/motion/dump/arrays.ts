import { writeNpz } from "../../codec/npz/write.js";
import type { ConventionLookup } from "../../conventions/lookup.js";
import { astype } from "../../ndarray/astype.js";
import { type DType, dtype, textType } from "../../ndarray/dtype.js";
import type { DataOf } from "../../ndarray/elements.js";
import { NdArray } from "../../ndarray/ndarray.js";
import type { Sink, WorkOptions } from "../../source/source.js";
import type { ArrayNode } from "../../tree/node.js";
import { float64Array } from "../axes.js";
import { cameraPart } from "../match/cameras.js";
import { commonLayers, type SurveyedSequence, type SurveyOptions, surveyMotion } from "../match/survey.js";
import type { CameraValue, MotionCamera, MotionLayer, MotionQuantity, MotionSource, MotionWindow } from "../motion.js";
import { MotionNotes } from "../report.js";
import { commonQuantities } from "../write/beside.js";
import { DeferredArray } from "../write/deferred.js";

export interface DumpArraysOptions extends SurveyOptions {
  /** Finds conventions, for the names of keypoints. Without it there are none. */
  readonly conventions?: ConventionLookup | undefined;
  /** zlib's effort: `small` (the default), `fast` or `none`. */
  readonly compression?: "small" | "fast" | "none" | undefined;
}

/** What was written. */
export interface DumpedArrays {
  readonly sequences: number;
  readonly frames: number;
  /** Places for people in each frame. */
  readonly people: number;
  /** Names of the arrays, in the order of the file. */
  readonly arrays: readonly string[];
}

/**
 * Writes people who move as an npz of plain arrays that numpy loads without pickles: all sequences one after the other along F
 * frames, with a place for each of P people, in the units of the source. Commits the sink, or aborts it. No more than a window
 * is in memory beside a byte for each place.
 *
 * - `present` (F, P) bool; `sequence` (F,) and `frame` (F,) int64: the sequence of each frame, and its number in that.
 * - `sequence_name` (S,) text; `sequence_frames` (S,) int64; `person` (S, P) int64: numbers of people by place, -1 for nobody.
 * - `fps` (S,) float64, NaN where nobody says; `image_size` (S, 2) int64, 0 where nobody says; `label` (S,) int64, -1 without one.
 * - Of each layer `<key>` (F, P, K, 2 or 3) in the floats of the source, NaN for who is not there; `<key>_confidence` (F, P, K);
 *   `<key>_convention`, `<key>_unit` and `<key>_names` (K,) where they are known.
 * - Of boxes and parameters `<key>` (F, P, …).
 * - `camera_intrinsics` (F, 3, 3), `camera_extrinsics` (F, 3, 4), NaN where nobody says; `camera_unit`, `image_path` (F,),
 *   `image_id` (F,) int64 or text.
 *
 * What no sequence has is left out. Throws `MotionError` for sequences that have not the same layers, and when there is nobody.
 */
export async function dumpMotionArrays(
  source: MotionSource,
  sink: Sink,
  options: DumpArraysOptions = {},
): Promise<DumpedArrays> {
  try {
    const surveyed = await surveyMotion(source, options);
    const all: Dumped = {
      surveyed,
      frames: surveyed.reduce((sum, one) => sum + one.frames, 0),
      people: surveyed.reduce((most, one) => Math.max(most, one.people), 0),
    };
    const arrays = new Map<string, NdArray | ArrayNode>();
    for (const [name, array] of [...saidOfFrames(all), ...saidOfSequences(all), ...(await layersOf(all, options))]) {
      // A data set may call its keypoints what we call something else.
      const free = arrays.has(name) ? `${name}_values` : name;
      arrays.set(free, array instanceof DeferredArray ? array.node(free) : array);
    }
    const { compression, signal, onProgress } = options;
    await writeNpz(sink, arrays, { ...(compression && { compression }), signal, onProgress });
    return { sequences: surveyed.length, frames: all.frames, people: all.people, arrays: [...arrays.keys()] };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

interface Dumped {
  readonly surveyed: readonly SurveyedSequence[];
  readonly frames: number;
  readonly people: number;
}

type Named = readonly [name: string, array: NdArray | DeferredArray];

function saidOfFrames({ surveyed, frames, people }: Dumped): readonly Named[] {
  const present = new DeferredArray(dtype("bool"), [frames, people], async function* () {
    for (const one of surveyed) {
      const wide = new Uint8Array(one.frames * people);
      for (let frame = 0; frame < one.frames; frame++)
        wide.set(one.present.subarray(frame * one.people, (frame + 1) * one.people), frame * people);
      yield NdArray.from("bool", wide, [one.frames, people]) as NdArray;
    }
  });
  const sequence = new BigInt64Array(frames);
  const frame = new BigInt64Array(frames);
  let at = 0;
  for (const [index, one] of surveyed.entries())
    for (let own = 0; own < one.frames; own++) {
      sequence[at] = BigInt(index);
      frame[at++] = BigInt((one.info.firstFrame ?? 0) + own);
    }
  const images = surveyed.flatMap((one) => one.imagePaths ?? new Array<undefined>(one.frames).fill(undefined));
  return [
    ["present", present],
    ["sequence", int64(sequence)],
    ["frame", int64(frame)],
    ...(images.some((path) => path !== undefined)
      ? [["image_path", texts(images.map((path) => path ?? ""))] as const]
      : []),
    ...imageIds(surveyed),
    ...cameraArrays(surveyed, frames),
  ];
}

/** Ids of images, as whole numbers where all are; -1, and in text nothing, for those that have none. */
function imageIds(surveyed: readonly SurveyedSequence[]): readonly Named[] {
  const ids = surveyed.flatMap((one) => one.imageIds ?? new Array<undefined>(one.frames).fill(undefined));
  if (ids.every((id) => id === undefined)) return [];
  const isText = ids.some((id) => typeof id === "string");
  if (isText) return [["image_id", texts(ids.map((id) => String(id ?? "")))]];
  return [["image_id", int64(BigInt64Array.from(ids, (id) => BigInt(id ?? -1)))]];
}

function saidOfSequences({ surveyed, people }: Dumped): readonly Named[] {
  const infos = surveyed.map(({ info }) => info);
  const person = BigInt64Array.from(
    surveyed.flatMap(({ ids }) => Array.from({ length: people }, (_, place) => BigInt(ids[place] ?? -1))),
  );
  const sizes = BigInt64Array.from(infos.flatMap(({ imageSize = [0, 0] }) => imageSize.map(BigInt)));
  const labels = infos.map(({ label }) => label);
  return [
    ["sequence_name", texts(infos.map(({ name }) => name ?? ""))],
    ["sequence_frames", int64(BigInt64Array.from(surveyed, (one) => BigInt(one.frames)))],
    ["person", int64(person, [surveyed.length, people])],
    ...(infos.some(({ fps }) => fps !== undefined)
      ? [
          [
            "fps",
            floats(
              Float64Array.from(infos, ({ fps }) => fps ?? Number.NaN),
              [infos.length],
            ),
          ] as const,
        ]
      : []),
    ...(infos.some(({ imageSize }) => imageSize) ? [["image_size", int64(sizes, [infos.length, 2])] as const] : []),
    // Several labels of one sequence make no plain array.
    ...(labels.some((label) => label !== undefined) && !labels.some((label) => typeof label === "object")
      ? [["label", int64(BigInt64Array.from(labels, (label) => BigInt((label as number | undefined) ?? -1)))] as const]
      : []),
  ];
}

async function layersOf(all: Dumped, { conventions }: DumpArraysOptions): Promise<readonly Named[]> {
  const named: Named[] = [];
  for (const layer of commonLayers(all.surveyed)) {
    const { key, points, axes, unit, convention: name } = layer;
    const shape = [points, axes];
    named.push([key, streamed(all, layer, shape, ({ layers }) => layers.get(key)?.positions.data)]);
    if (layer.hasConfidence)
      named.push([
        `${key}_confidence`,
        streamed(all, layer, [points], ({ layers }) => layers.get(key)?.confidence?.data, 0),
      ]);
    if (unit !== undefined) named.push([`${key}_unit`, text(unit)]);
    if (name === undefined) continue;
    named.push([`${key}_convention`, text(name)]);
    const convention = await conventions?.(name);
    if (convention?.keypoints.length === points)
      named.push([`${key}_names`, texts(convention.keypoints.map((one) => one.name))]);
  }
  for (const one of commonQuantities(all.surveyed, new MotionNotes()))
    named.push([one.key, streamed(all, one, one.shape, ({ quantities }) => quantities?.get(one.key)?.values.data)]);
  return named;
}

/** Numbers of everybody in all frames, window by window; who is not there has `absent`. */
function streamed(
  { surveyed, frames, people }: Dumped,
  { key, dtype: type }: Pick<MotionLayer | MotionQuantity, "key" | "dtype">,
  shape: readonly number[],
  valuesIn: (window: MotionWindow) => ArrayLike<number> | undefined,
  absent: number = Number.NaN,
): DeferredArray {
  const size = shape.reduce((all, one) => all * one, 1);
  return new DeferredArray(dtype(type), [frames, people, ...shape], async function* (options: WorkOptions) {
    for (const one of surveyed) {
      for await (const window of one.sequence.windows({ ...options, only: new Set([key]) })) {
        const values = valuesIn(window) as Float64Array | undefined;
        const wide = new Float64Array(window.frames * people * size).fill(absent);
        for (let frame = 0; values && frame < window.frames; frame++)
          for (let place = 0; place < window.people; place++) {
            if (one.present[(window.start + frame) * one.people + place] !== 1) continue;
            const from = (frame * window.people + place) * size;
            wide.set(values.subarray(from, from + size), (frame * people + place) * size);
          }
        yield astype(floats(wide, [window.frames, people, ...shape]), dtype(type)) as NdArray;
      }
    }
  });
}

function cameraArrays(surveyed: readonly SurveyedSequence[], frames: number): readonly Named[] {
  if (!surveyed.some(({ cameras }) => cameras)) return [];
  const cameras = surveyed.flatMap((one) => one.cameras ?? new Array<undefined>(one.frames).fill(undefined));
  const units = [...new Set(cameras.flatMap((camera) => camera?.lengths ?? []))];
  const [lengths] = units;
  const known = new Map<MotionCamera | undefined, readonly [CameraValue | undefined, CameraValue | undefined]>();
  const [intrinsics, extrinsics] = [
    new Float64Array(frames * 9).fill(Number.NaN),
    new Float64Array(frames * 12).fill(Number.NaN),
  ];
  for (const [frame, camera] of cameras.entries()) {
    if (!camera) continue;
    const parts = known.get(camera) ?? [
      cameraPart(camera, "intrinsics"),
      cameraPart(camera, "extrinsics", { lengths }),
    ];
    known.set(camera, parts);
    if (parts[0]) intrinsics.set((parts[0] as number[][]).flat().slice(0, 9), frame * 9);
    if (parts[1]) extrinsics.set((parts[1] as number[][]).flat().slice(0, 12), frame * 12);
  }
  return [
    ["camera_intrinsics", floats(intrinsics, [frames, 3, 3])],
    ["camera_extrinsics", floats(extrinsics, [frames, 3, 4])],
    ...(lengths === undefined ? [] : [["camera_unit", text(lengths)] as const]),
  ];
}

function floats(data: Float64Array, shape: readonly number[]): NdArray {
  return float64Array(data, shape) as unknown as NdArray;
}

function int64(data: BigInt64Array, shape: readonly number[] = [data.length]): NdArray {
  return NdArray.from("int64", data as DataOf["int64"], shape) as NdArray;
}

function texts(all: readonly string[], shape: readonly number[] = [all.length]): NdArray {
  const longest = all.reduce((most, one) => Math.max(most, [...one].length), 1);
  const type: DType = textType("string", longest);
  return NdArray.from<"string">(type, [...all] as DataOf["string"], shape) as NdArray;
}

function text(one: string): NdArray {
  return texts([one], []);
}
