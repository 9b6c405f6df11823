import type { ConventionLookup } from "../../conventions/lookup.js";
import { type KeypointMapping, keypointMapping } from "../../conventions/mapping.js";
import { denseOf, dereference } from "../../engine/resolve.js";
import type { ArrayLayout, Dim, FieldLayout, Layout, MotionMark } from "../../layout/layout.js";
import { channelsOf } from "../axes.js";
import type { MotionLayer } from "../motion.js";
import { confidenceBeside, isPoints, type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import { arrayOfList } from "../point-lists.js";
import { MotionError, type MotionNotes } from "../report.js";
import { factorBetween } from "./lengths.js";
import { loadNamed, sourceConvention } from "./source-convention.js";
import { type Turn, turnBetween } from "./turn.js";

export interface MatchOptions {
  readonly conventions: ConventionLookup;
  /** Convention of the keypoints that are written. Default: theirs where the target may have it, else the one that keeps most. */
  readonly convention?: string | undefined;
  /** Convention that the keypoints have, whatever the file says. */
  readonly sourceConvention?: string | undefined;
  /** Lets keypoints nearby stand in for missing ones. */
  readonly approximate?: boolean | undefined;
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
  readonly turn: Turn | undefined;
  /** Confidence of keypoints that have none. */
  readonly confidence: number | undefined;
}

interface Slot extends Pick<LayerMatch, "member" | "level" | "field" | "mark" | "dims" | "beside"> {}

/** Finds a place for each layer. Notes what has none. Throws `MotionError` for what has to be said first. */
export async function matchLayers(
  target: { readonly layout: Layout; readonly level: MotionLevel },
  layers: readonly MotionLayer[],
  options: MatchOptions,
  notes: MotionNotes,
): Promise<readonly LayerMatch[]> {
  const slots = slotsOf(target.layout, target.level, {});
  const taken = new Set<string>();
  const matches: LayerMatch[] = [];
  for (const layer of layers) {
    const match = await matchLayer(slots, taken, layer, options, notes);
    if (match) {
      taken.add(match.member.keys.join("."));
      matches.push(match);
    } else notes.once("lost", `${layer.key}: ${target.layout.title} has no place for ${layerText(layer)}`);
  }
  if (matches.length === 0 && layers.length > 0)
    throw new MotionError(`${target.layout.title} has no place for ${layers.map(layerText).join(", ") || "nothing"}`);
  return matches;
}

function layerText({ what, axes, points, unit }: MotionLayer): string {
  return `${points} ${what} in ${axes}D${unit === undefined ? "" : ` in ${unit}`}`;
}

/** All arrays of a target that take keypoints or vertices, a form each. */
function slotsOf(layout: Layout, level: MotionLevel, outer: Readonly<Record<string, Dim>>): readonly Slot[] {
  const heads = level.members.filter((member) => isPoints(member) && member.mark.after === undefined);
  const own = heads.flatMap((member) => {
    const dims = Object.assign({}, outer, ...member.objects.map((object) => object.dims ?? {})) as Slot["dims"];
    const beside = confidenceBeside(level, member);
    return formsOf(layout, member.field).map((field) => {
      const mark = field.motion as MotionMark;
      return { member, level, field, mark, dims, beside };
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

async function matchLayer(
  slots: readonly Slot[],
  taken: ReadonlySet<string>,
  layer: MotionLayer,
  options: MatchOptions,
  notes: MotionNotes,
): Promise<LayerMatch | undefined> {
  const given = options.unit === undefined || layer.axes === 2 ? layer : { ...layer, unit: options.unit };
  const fitting = slots.filter((slot) => !taken.has(slot.member.keys.join(".")) && isAlike(slot, given));
  let problem: MotionError | undefined;
  const candidates: LayerMatch[] = [];
  for (const slot of fitting) {
    try {
      const match = await matchSlot(slot, given, options);
      if (match) candidates.push(match);
    } catch (error) {
      if (!(error instanceof MotionError)) throw error;
      problem ??= error;
    }
  }
  // Most keypoints first; of those alike the form that needs nothing made up.
  const [best] = candidates.sort((a, b) => kept(b) - kept(a) || invented(a) - invented(b));
  if (!best && problem) throw problem;
  if (best) noteMatch(best, notes);
  return best;
}

function kept({ mapping, points }: LayerMatch): number {
  return mapping ? mapping.pairs.length : points;
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

async function matchSlot(slot: Slot, layer: MotionLayer, options: MatchOptions): Promise<LayerMatch | undefined> {
  const { field, mark } = slot;
  if (layer.unit === undefined && field.unit !== undefined)
    throw new MotionError(`nothing says in which unit ${layer.key} is; ${field.unit} is written`, "unit");
  const named = await conventionFor(slot, layer, options);
  if (!named) return undefined;
  const { confidence: inside } = channelsOf(mark);
  const needed = inside !== undefined && !layer.hasConfidence;
  if (needed && options.confidence === undefined)
    throw new MotionError(`${layer.key} has no confidence, and the target cannot be without`, "confidence");
  return {
    ...slot,
    from: layer,
    ...named,
    factor: layer.unit === undefined || field.unit === undefined ? 1 : (factorBetween(layer.unit, field.unit) ?? 1),
    turn: layer.axes === 3 ? turnBetween(layer, field.coordinates ?? {}) : undefined,
    confidence: needed ? options.confidence : undefined,
  };
}

/**
 * Conventions that an array may have: some, any that is known, or any at all where the file lists the names of keypoints.
 * Undefined where nobody asks.
 */
function namesFor(
  { field, level, mark, dims }: Slot,
  layer: MotionLayer,
): readonly string[] | "any" | "listed" | undefined {
  if (mark.conventions) return memberOf(level, "of-category") ? "listed" : mark.conventions;
  const { keypoints } = field;
  if (!keypoints) return undefined;
  if (keypoints.convention !== undefined) return [keypoints.convention];
  if (keypoints.names) return Object.values(keypoints.names).flat();
  if (keypoints.field !== undefined) return "any";
  const axis = field.shape.at(keypoints.axis);
  const sizes = typeof axis === "string" ? (field.where?.[axis] ?? dims[axis]?.size) : axis;
  const allowed = sizes === undefined ? undefined : [sizes].flat();
  const named = Object.entries(keypoints.bySize ?? {}).filter(([size]) => allowed?.includes(Number(size)) !== false);
  if (named.length > 0) return named.map(([, name]) => name);
  return allowed === undefined || allowed.includes(layer.points) ? undefined : [];
}

async function conventionFor(
  slot: Slot,
  layer: MotionLayer,
  options: MatchOptions,
): Promise<Pick<LayerMatch, "convention" | "mapping" | "points"> | undefined> {
  const asIs = { convention: undefined, mapping: undefined, points: layer.points };
  const names = layer.what === "vertices" ? undefined : namesFor(slot, layer);
  if (names === undefined) return asIs;
  if (names.length === 0) return undefined;
  const { convention: from, isKnown } = await sourceConvention(layer, options);
  const allowed = typeof names === "string" ? undefined : names.map((name) => name.toLowerCase());
  const { convention: wanted } = options;
  if (wanted !== undefined && allowed && !allowed.includes(wanted.toLowerCase()))
    throw new MotionError(
      `the target may not have ${wanted}; it takes ${(names as readonly string[]).join(", ")}`,
      "convention",
    );
  if (wanted === undefined && typeof names === "string" && (isKnown || names === "listed")) {
    const mapping = keypointMapping(from, from);
    return { convention: from.name, mapping, points: layer.points };
  }
  if (wanted === undefined && typeof names === "string")
    throw new MotionError(
      `the keypoints of ${layer.key} have the names of no convention that is known: ${(layer.names ?? []).join(", ")}`,
      "convention",
    );
  const candidates = wanted === undefined ? (names as readonly string[]) : [wanted];
  const mappings: KeypointMapping[] = [];
  for (const name of candidates)
    mappings.push(
      keypointMapping(from, await loadNamed(name, options.conventions, "convention"), {
        approximate: options.approximate,
      }),
    );
  const [best] = mappings
    .filter(({ pairs }) => pairs.length > 0)
    .sort((a, b) => exact(b) - exact(a) || a.missing.length - b.missing.length);
  return best && { convention: best.to.name, mapping: best, points: best.to.keypoints.length };
}

function exact({ pairs }: KeypointMapping): number {
  return pairs.filter((pair) => pair.exact).length;
}

function noteMatch(match: LayerMatch, notes: MotionNotes): void {
  const { from, mapping, mark, beside, turn, field } = match;
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
  if (from.axes === 3 && !turn && (from.up === undefined) !== (field.coordinates?.up === undefined))
    notes.once("approximated", `${from.key}: only one side says where up is; coordinates are taken as they are`);
  if (from.axes === 3 && mark.space !== from.space && mark.space !== undefined)
    notes.once(
      "approximated",
      `${from.key}: positions in the frame of the ${from.space} are taken for ones of the ${mark.space}`,
    );
}
