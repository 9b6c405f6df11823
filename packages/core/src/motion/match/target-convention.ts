import type { ConventionLookup } from "../../conventions/lookup.js";
import { type KeypointMapping, keypointMapping } from "../../conventions/mapping.js";
import type { ArrayLayout, Dim, MotionMark } from "../../layout/layout.js";
import type { MotionLayer } from "../motion.js";
import { type MotionLevel, memberOf } from "../plan.js";
import { MotionError } from "../report.js";
import { loadNamed, type SourceConventionOptions, sourceConvention } from "./source-convention.js";

export interface ConventionOptions extends SourceConventionOptions {
  readonly conventions: ConventionLookup;
  /** Convention of the keypoints that are written. Default: theirs where the target may have it, else the one that keeps most. */
  readonly convention?: string | undefined;
  /** Lets keypoints nearby stand in for missing ones. */
  readonly approximate?: boolean | undefined;
}

/** An array that takes keypoints, in one of its forms. */
interface ConventionSlot {
  readonly field: ArrayLayout;
  readonly level: MotionLevel;
  readonly mark: MotionMark;
  readonly dims: Readonly<Record<string, Dim>>;
}

/** Under which convention points are written. */
export interface TargetConvention {
  /** Its name; undefined where points stay as they are. */
  readonly convention: string | undefined;
  readonly mapping: KeypointMapping | undefined;
  readonly points: number;
}

/**
 * Conventions that an array may have: some, any that is known, or any at all where the file lists the names of keypoints.
 * Undefined where nobody asks.
 */
function namesFor(
  { field, level, mark, dims }: ConventionSlot,
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

export async function conventionFor(
  slot: ConventionSlot,
  layer: MotionLayer,
  options: ConventionOptions,
): Promise<TargetConvention | undefined> {
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
    // A file may have the keypoints of a convention in another order.
    const to = isKnown ? await loadNamed(from.name, options.conventions, "convention") : from;
    return { convention: to.name, mapping: keypointMapping(from, to), points: layer.points };
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
    .sort((a, b) => keptOf(b) - keptOf(a) || exact(b) - exact(a) || a.missing.length - b.missing.length);
  return best && { convention: best.to.name, mapping: best, points: best.to.keypoints.length };
}

/** Keypoints of the source that the target has, itself or as stand-ins. */
export function keptOf({ from, lost }: KeypointMapping): number {
  return from.keypoints.length - lost.length;
}

function exact({ pairs }: KeypointMapping): number {
  return pairs.filter((pair) => pair.exact).length;
}
