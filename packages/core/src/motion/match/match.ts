import type { KeypointMapping } from "../../conventions/mapping.js";
import { denseOf, dereference } from "../../engine/resolve.js";
import type { ArrayLayout, Dim, FieldLayout, Layout, MotionMark } from "../../layout/layout.js";
import { channelsOf } from "../axes.js";
import type { MotionCamera, MotionLayer } from "../motion.js";
import { confidenceBeside, isPoints, type MotionLevel, type MotionMember } from "../plan.js";
import { arrayOfList } from "../point-lists.js";
import { MotionError, type MotionNotes } from "../report.js";
import { framedRows } from "../row-dims.js";
import { CAMERA_FRAME, type Carry, carryBetween } from "./carry.js";
import { factorBetween } from "./lengths.js";
import { type ConventionOptions, conventionFor, keptOf } from "./target-convention.js";
import { type Directions, type Turn, turnBetween } from "./turn.js";

export interface MatchOptions extends ConventionOptions {
  /** Only these layers: their keys, or what keys begin with before a dot (`body` is `body.2d` and `body.3d`). Default: all. */
  readonly layers?: readonly string[] | undefined;
  /** Makes places in the image of positions in space, by the cameras, for layers that have none there. */
  readonly project?: boolean | undefined;
  /** Unit of the positions, whatever the schema says. */
  readonly unit?: string | undefined;
  /** Confidence of keypoints that have none, where the target cannot be without. */
  readonly confidence?: number | undefined;
}

/** How one layer comes into the file. */
export interface LayerMatch {
  readonly from: MotionLayer;
  readonly member: MotionMember;
  readonly level: MotionLevel;
  /** The form that the array takes. */
  readonly field: ArrayLayout;
  readonly mark: MotionMark;
  readonly dims: Readonly<Record<string, Dim>>;
  /** The member with the confidences, where they are beside. */
  readonly beside: MotionMember | undefined;
  /** Name of the convention that is written; undefined where keypoints stay as they are. */
  readonly convention: string | undefined;
  readonly mapping: KeypointMapping | undefined;
  readonly points: number;
  readonly factor: number;
  /** The way into another space, before anything is turned; undefined for points that stay in theirs. */
  readonly carry: Carry | undefined;
  readonly turn: Turn | undefined;
  /** Confidence of keypoints that have none. */
  readonly confidence: number | undefined;
}

interface Slot extends Pick<LayerMatch, "member" | "level" | "field" | "mark" | "dims" | "beside"> {}

/** Where people go, and the cameras that saw everybody; undefined where one of them is not known. */
export interface MatchTarget {
  readonly layout: Layout;
  readonly level: MotionLevel;
  readonly cameras?: readonly MotionCamera[] | undefined;
}

/**
 * Finds a place for each layer: those first of which most keypoints are kept, and each place once. Notes what has none. Throws
 * `MotionError` for what has to be said first.
 */
export async function matchLayers(
  target: MatchTarget,
  all: readonly MotionLayer[],
  options: MatchOptions,
  notes: MotionNotes,
): Promise<readonly LayerMatch[]> {
  const layers = chosenLayers(all, options.layers);
  const slots = slotsOf(target.layout, target.level, {});
  const offers: Offers = { matches: [], problems: [], alike: new Set() };
  for (const layer of layers) await collectOffers(offers, slots, layer, target.cameras, options);
  const matches = assigned(offers.matches);
  for (const match of matches) noteMatch(match, notes);
  noteMissing(target.layout.title, layers, offers, matches, notes);
  if (matches.length === 0 && layers.length > 0) throw noPlace(slots, layers, target);
  return matches;
}

/** Notes layers that have no place, those for one reason together. Throws what has to be said first of a place that is free. */
function noteMissing(
  title: string,
  layers: readonly MotionLayer[],
  { matches: offers, problems, alike }: Offers,
  matches: readonly LayerMatch[],
  notes: MotionNotes,
): void {
  const reasons = new Map<string, string[]>();
  for (const layer of layers) {
    if (matches.some(({ from }) => from.key === layer.key)) continue;
    const problem = problems.find((one) => one.layer === layer.key);
    const wanted = offers.filter(({ from }) => from.key === layer.key).map(({ member }) => member);
    const beside = matches.find(({ member }) => member === problem?.member || wanted.includes(member));
    if (problem && wanted.length === 0 && !beside) throw problem.error;
    const kind = alike.has(layer.key) ? "these keypoints" : kindText(layer);
    const reason = beside ? `beside ${beside.from.key}` : `for ${kind}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), layer.key]);
  }
  for (const [reason, keys] of reasons) {
    const [only] = layers.filter(({ key }) => keys.length === 1 && key === keys[0]);
    const text = only && reason === `for ${kindText(only)}` ? `for ${layerText(only)}` : reason;
    notes.once("lost", `${keys.join(", ")}: ${title} has no place ${text}`, keys.length);
  }
}

/** Throws `MotionError` for a name that is that of no layer. */
function chosenLayers(layers: readonly MotionLayer[], names: readonly string[] | undefined): readonly MotionLayer[] {
  if (!names) return layers;
  const isNamed = ({ key }: MotionLayer, name: string): boolean => key === name || key.startsWith(`${name}.`);
  const unknown = names.find((name) => !layers.some((layer) => isNamed(layer, name)));
  if (unknown !== undefined)
    throw new MotionError(
      `there is no layer ${JSON.stringify(unknown)} among ${layers.map(({ key }) => key).join(", ") || "none"}`,
      "layers",
    );
  return layers.filter((layer) => names.some((name) => isNamed(layer, name)));
}

function noPlace(
  slots: readonly Slot[],
  layers: readonly MotionLayer[],
  { layout, cameras }: MatchTarget,
): MotionError {
  const asked = layers.map(layerText).join(", ");
  const isSeen = layers.some((layer) => {
    const carry = carryBetween(layer, "image", cameras);
    return carry && slots.some((slot) => isAlike(slot, projected(layer)));
  });
  return new MotionError(`${layout.title} has no place for ${asked}`, isSeen ? "project" : undefined);
}

interface Offers {
  readonly matches: LayerMatch[];
  readonly problems: { readonly layer: string; readonly member: MotionMember; readonly error: MotionError }[];
  /** Layers of which the target has the kind, whatever their keypoints are called. */
  readonly alike: Set<string>;
}

/** Every way in which a layer could come into the file, and why others cannot be. */
async function collectOffers(
  { matches, problems, alike }: Offers,
  slots: readonly Slot[],
  layer: MotionLayer,
  cameras: MatchTarget["cameras"],
  options: MatchOptions,
): Promise<void> {
  const given = options.unit === undefined || layer.axes === 2 ? layer : { ...layer, unit: options.unit };
  const seen = options.project === true ? carryBetween(given, "image", cameras) : undefined;
  for (const slot of slots) {
    const isProjected = seen !== undefined && isAlike(slot, projected(given));
    if (!isProjected && !isAlike(slot, given)) continue;
    alike.add(layer.key);
    const { space } = slot.mark;
    const carry = isProjected ? seen : space && space !== "image" ? carryBetween(given, space, cameras) : undefined;
    try {
      const match = await matchSlot(slot, given, carry, options);
      if (match) matches.push(match);
    } catch (error) {
      if (!(error instanceof MotionError)) throw error;
      problems.push({ layer: layer.key, member: slot.member, error });
    }
  }
}

/** A layer as the cameras see it. */
function projected(layer: MotionLayer): MotionLayer {
  return { ...layer, axes: 2, space: "image", unit: "px", up: undefined, forward: undefined };
}

/**
 * One offer for each layer and for each place. What was in the image comes before what is projected into it, then most keypoints
 * come first; of those alike the form that needs nothing made up, and of these the first layer.
 */
function assigned(offers: readonly LayerMatch[]): readonly LayerMatch[] {
  const rank = (match: LayerMatch): readonly number[] => [isProjection(match) ? 1 : 0, -kept(match), invented(match)];
  const ranked = offers.map((offer) => ({ offer, by: rank(offer) }));
  ranked.sort((a, b) => a.by.reduce((order, value, at) => order || value - (b.by[at] as number), 0));
  const matches: LayerMatch[] = [];
  for (const { offer } of ranked) {
    const isFree = matches.every(
      (match) =>
        match.member !== offer.member &&
        (match.from.key !== offer.from.key || isProjection(match) !== isProjection(offer)),
    );
    if (isFree) matches.push(offer);
  }
  return offers.filter((offer) => matches.includes(offer));
}

function isProjection({ carry }: LayerMatch): boolean {
  return carry?.to === "image";
}

function layerText(layer: MotionLayer): string {
  return `${layer.points} ${kindText(layer)}`;
}

function kindText({ what, axes, unit }: MotionLayer): string {
  return `${what} in ${axes}D${unit === undefined ? "" : ` in ${unit}`}`;
}

/** All arrays of a target that take keypoints or vertices, a form each. */
function slotsOf(layout: Layout, level: MotionLevel, outer: Readonly<Record<string, Dim>>): readonly Slot[] {
  const heads = level.members.filter((member) => isPoints(member) && member.mark.after === undefined);
  const own = heads.flatMap((member) => {
    const dims = Object.assign({}, outer, ...member.objects.map((object) => object.dims ?? {})) as Slot["dims"];
    const beside = confidenceBeside(level, member);
    // Rows that tell their frames are read, and written as arrays over all frames.
    const rows = level.object && framedRows(level.object)?.rows;
    return formsOf(layout, member.field).flatMap((field) => {
      const mark = field.motion as MotionMark;
      return rows !== undefined && field.shape[0] === rows ? [] : [{ member, level, field, mark, dims, beside }];
    });
  });
  const dims = { ...outer, ...level.object?.dims };
  return [...own, ...level.below.flatMap((below) => slotsOf(layout, below.level, dims))];
}

function formsOf(layout: Layout, field: FieldLayout): readonly ArrayLayout[] {
  const target = dereference(layout, field);
  if (target.kind === "choice") return target.branches.flatMap((branch) => formsOf(layout, branch));
  if (target.kind === "list") return target.motion ? [arrayOfList(target)] : [];
  const array = target.kind === "sparse" ? denseOf(target) : target;
  return array.kind === "array" && array.motion ? [array] : [];
}

function kept({ mapping, points }: LayerMatch): number {
  return mapping ? keptOf(mapping) : points;
}

function invented({ confidence }: LayerMatch): number {
  return confidence === undefined ? 0 : 1;
}

function isAlike({ mark, field }: Slot, layer: MotionLayer): boolean {
  const { coordinates } = channelsOf(mark);
  if (mark.part !== layer.what || coordinates.length !== layer.axes) return false;
  const inImage = mark.space === "image";
  if (inImage !== (layer.space === "image") && layer.space !== "unknown") return false;
  return layer.unit === undefined || field.unit === undefined || factorBetween(layer.unit, field.unit) !== undefined;
}

async function matchSlot(
  slot: Slot,
  layer: MotionLayer,
  carry: Carry | undefined,
  options: MatchOptions,
): Promise<LayerMatch | undefined> {
  const { field, mark } = slot;
  const unit = carry?.to === "image" ? "px" : layer.unit;
  if (unit === undefined && field.unit !== undefined)
    throw new MotionError(`nothing says in which unit ${layer.key} is; ${field.unit} is written`, "unit");
  const named = await conventionFor(slot, layer, options);
  if (!named) return undefined;
  const { confidence: inside } = channelsOf(mark);
  const needed = inside !== undefined && !layer.hasConfidence;
  if (needed && options.confidence === undefined)
    throw new MotionError(`${layer.key} has no confidence, and the target cannot be without`, "confidence");
  const directions = directionsOf(layer, carry);
  return {
    ...slot,
    from: layer,
    ...named,
    factor: unit === undefined || field.unit === undefined ? 1 : (factorBetween(unit, field.unit) ?? 1),
    carry,
    turn: directions && turnBetween(directions, field.coordinates ?? {}),
    confidence: needed ? options.confidence : undefined,
  };
}

/** The directions of points once they are where they go; undefined for those in an image. Of a camera's world nobody says them. */
function directionsOf(layer: MotionLayer, carry: Carry | undefined): Directions | undefined {
  if (carry?.to === "image" || layer.axes === 2) return undefined;
  if (!carry) return layer;
  return carry.to === "camera" ? CAMERA_FRAME : {};
}

function noteMatch(match: LayerMatch, notes: MotionNotes): void {
  const { from, mapping, mark, beside, turn, field, carry } = match;
  const way = mapping && `${mapping.from.name} → ${mapping.to.name}`;
  if (mapping && mapping.lost.length > 0)
    notes.once("lost", `${from.key}: keypoints that ${mapping.to.name} has not (${way})`, mapping.lost.length);
  if (mapping && mapping.approximated.length > 0)
    notes.once("approximated", `${from.key}: keypoints that others stand in for (${way})`, mapping.approximated.length);
  if (mapping && mapping.missing.length > 0)
    notes.once(
      "invented",
      `${from.key}: keypoints that ${mapping.from.name} has not, as zeros (${way})`,
      mapping.missing.length,
    );
  if (!mapping && from.convention !== undefined)
    notes.once("lost", `${from.key}: the name of its convention, ${from.convention}`);
  const takesConfidence = beside !== undefined || channelsOf(mark).confidence !== undefined;
  if (from.hasConfidence && !takesConfidence) notes.once("lost", `${from.key}: confidences`);
  if (match.confidence !== undefined) notes.once("invented", `${from.key}: a confidence of ${match.confidence}`);
  if (carry) notes.once("derived", `${from.key}: ${CARRIED[carry.to]}`);
  if (carry?.to === "image" || from.axes === 2) return;
  const up = directionsOf(from, carry)?.up;
  if (!turn && (up === undefined) !== (field.coordinates?.up === undefined))
    notes.once("approximated", `${from.key}: only one side says where up is; coordinates are taken as they are`);
  if (!carry && mark.space !== from.space && mark.space !== undefined)
    notes.once(
      "approximated",
      `${from.key}: positions in the frame of the ${from.space} are taken for ones of the ${mark.space}`,
    );
}

const CARRIED: Readonly<Record<Carry["to"], string>> = {
  camera: "positions in the frames of the cameras, by where these are in the world",
  world: "positions in the world, by where the cameras are in it",
  image: "places in the image, by the cameras",
};
