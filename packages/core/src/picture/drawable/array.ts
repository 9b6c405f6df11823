import { decode } from "../../engine/decode.js";
import { denseOf } from "../../engine/resolve.js";
import { type AlignedAxis, alignAxes } from "../../engine/shape.js";
import type { ArrayLayout, FieldLayout, SparseLayout } from "../../layout/layout.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { ArrayNode, Node } from "../../tree/node.js";
import { arrayNode } from "../../tree/value-node.js";
import type { PictureSize } from "../frame.js";
import { conventionOf, type Drawable, type FrameSpan, type Moment } from "./drawable.js";
import { type FrameAxis, frameAxisOf } from "./frames.js";
import { axisWithRole, type DrawablePlace } from "./place.js";
import { rootText, siblingNumbers, siblingText } from "./sibling.js";

/** An array of which some frames can be read. */
export interface Track {
  readonly place: DrawablePlace;
  readonly field: ArrayLayout;
  readonly shape: readonly number[];
  readonly axes: readonly AlignedAxis[];
  readonly frames: FrameAxis | undefined;
  /** One array for each frame, without the axis of frames, or with as many rows on it as the frame has. */
  load(frames: readonly number[], options: WorkOptions): Promise<readonly (NdArray | undefined)[]>;
}

/** The track that an array is; undefined for one whose axes are not as the schema says. */
export async function trackOf(
  place: DrawablePlace,
  field: ArrayLayout | SparseLayout,
  given: Node,
  options: WorkOptions,
): Promise<Track | undefined> {
  const dense = field.kind === "sparse" ? denseOf(field) : field;
  const node = given.kind === "array" ? given : await loaded(place, dense, given, options);
  const axes = alignAxes(dense.shape, node.shape);
  if (!axes) return undefined;
  const frames = await frameAxisOf(place, axes, options);
  const load: Track["load"] = (wanted, how) =>
    frames ? loadFrames(place, field, node, frames, wanted, how) : loadWhole(place, field, node, wanted, how);
  return { place, field: dense, shape: node.shape, axes, frames, load };
}

/** An array that its container holds as lists. */
async function loaded(place: DrawablePlace, field: ArrayLayout, node: Node, options: WorkOptions): Promise<ArrayNode> {
  return arrayNode((await decodePart(place, field, node, options)) as NdArray, node.path) as ArrayNode;
}

async function loadWhole(
  place: DrawablePlace,
  field: FieldLayout,
  node: ArrayNode,
  wanted: readonly number[],
  options: WorkOptions,
): Promise<readonly (NdArray | undefined)[]> {
  if (wanted.length === 0) return [];
  const array = (await decodePart(place, field, node, options)) as NdArray;
  return wanted.map(() => array);
}

async function loadFrames(
  place: DrawablePlace,
  field: FieldLayout,
  node: ArrayNode,
  { span, axis, symbol, rows }: FrameAxis,
  wanted: readonly number[],
  options: WorkOptions,
): Promise<readonly (NdArray | undefined)[]> {
  const isThere = (frame: number): boolean => frame >= span.first && frame < span.first + span.count;
  const there = wanted.filter(isThere);
  const { pick, counts } = rows(there);
  if (there.length === 0 || pick.length === 0) return wanted.map(() => undefined);
  const array = (await decodePart(place, field, node, options, { symbol, pick })) as NdArray;
  const before = new Array<null>(axis).fill(null);
  let at = 0;
  const moments = there.map((_, index) => {
    if (!counts) return array.slice(...before, index);
    const start = at;
    at += counts[index] as number;
    return at === start ? undefined : array.slice(...before, [start, at]);
  });
  const byFrame = new Map(there.map((frame, index) => [frame, moments[index]]));
  return wanted.map((frame) => byFrame.get(frame));
}

/** The value of a field, of which only picked items along one symbol. */
function decodePart(
  { file, scope, siblings }: DrawablePlace,
  field: FieldLayout,
  node: Node,
  options: WorkOptions,
  picked?: { readonly symbol: string; readonly pick: ReturnType<FrameAxis["rows"]>["pick"] },
): Promise<unknown> {
  const { layout, container } = file;
  const decoder = { layout, holds: container.codec.holds, nulls: "keep" as const, options };
  if (!picked || !scope) return decode(decoder, field, node, siblings);
  const picks = new Map([[scope.canonical(picked.symbol), picked.pick]]);
  return decode({ ...decoder, part: { picks, scope, depth: 0 } }, field, node, siblings);
}

/** What of a track is to be drawn, by what the schema says of its axes; undefined when that is nothing. */
export function kindOf({ field, shape, axes, place }: Track): Drawable["kind"] | undefined {
  if (isImage(field)) return shape.length === 2 || shape.length === 3 ? "image" : undefined;
  const width = shape.at(-1) ?? 0;
  if (shape.length < 2 || width < 2) return undefined;
  const along = keypointAxisOf(field, shape) ?? axisWithRole(axes, place, "keypoint");
  if (along === shape.length - 2) return "keypoints";
  return axisWithRole(axes, place, "vertex") === shape.length - 2 ? "points" : undefined;
}

/** Whether each number of a track belongs to a keypoint as a whole, as a confidence does. */
export function isPerKeypoint({ field, shape }: Track): boolean {
  return keypointAxisOf(field, shape) === shape.length - 1;
}

function keypointAxisOf({ keypoints }: ArrayLayout, shape: readonly number[]): number | undefined {
  return keypoints && (keypoints.axis < 0 ? keypoints.axis + shape.length : keypoints.axis);
}

function isImage({ place }: ArrayLayout): boolean {
  return place?.kind === "file" && place.media.startsWith("image/");
}

/** Whether a field, were it there, could be drawn or help with it. */
export function mayBeDrawn(field: ArrayLayout | SparseLayout, isPoint: (symbol: string) => boolean): boolean {
  if (field.keypoints || (field.kind === "array" && isImage(field))) return true;
  return field.shape.some((size) => typeof size === "string" && isPoint(size));
}

/** A track as something to draw. */
export async function drawableOf(
  track: Track,
  kind: Drawable["kind"],
  confidence: Track | undefined,
  options: WorkOptions,
): Promise<Drawable> {
  const { place, field, shape, frames } = track;
  const { keypoints, unit } = field;
  const dimensions = dimensionsOf(unit, shape.at(-1) ?? 0, kind);
  const stated = {
    beside: keypoints?.field === undefined ? undefined : await siblingText(place, keypoints.field, options),
    root: keypoints?.root === undefined ? undefined : await rootText(place, keypoints.root, options),
  };
  const imageSize = dimensions === 2 ? await imageSizeOf(track, options) : undefined;
  const span: FrameSpan | undefined = frames?.span;
  return {
    kind,
    path: place.path,
    dimensions,
    absolute: frames?.absolute === true,
    up: field.coordinates?.up,
    forward: field.coordinates?.forward,
    ...(span && { frames: span }),
    ...(unit !== undefined && { unit }),
    ...(imageSize && { imageSize }),
    ...(kind === "image" && unit !== undefined && { meaning: "range" as const }),
    convention: (count) => (keypoints ? conventionOf(keypoints, stated, count) : undefined),
    load: async (wanted, how = {}) => {
      const values = await track.load(wanted, how);
      const sure = confidence ? await confidence.load(wanted, how) : [];
      return values.map((array, at): Moment | undefined => array && { values: array, confidence: sure[at] });
    },
  };
}

/** Pixels are in a plane, lengths in space; without a unit, the number of channels tells. */
function dimensionsOf(unit: string | undefined, channels: number, kind: Drawable["kind"]): 2 | 3 {
  if (channels < 3 || kind === "image") return 2;
  return unit === "px" ? 2 : 3;
}

/** Width and height that the first two columns lie within. */
async function imageSizeOf({ place, field }: Track, options: WorkOptions): Promise<PictureSize | undefined> {
  const { within } = field;
  const [across, down] = within?.elements ?? [];
  if (!within || across === undefined || down === undefined) return undefined;
  const sizes = await siblingNumbers(place, within.key, options);
  const [width, height] = [sizes?.[across], sizes?.[down]];
  return width && height && width > 0 && height > 0 ? { width, height } : undefined;
}
