import type { Convention } from "../../conventions/convention.js";
import type { ConventionLookup } from "../../conventions/lookup.js";
import type { MotionLayer } from "../motion.js";
import { MotionError, type MotionQuestion } from "../report.js";

export interface SourceConventionOptions {
  readonly conventions: ConventionLookup;
  /** Convention that the keypoints have, whatever the file says. */
  readonly sourceConvention?: string | undefined;
}

/** The convention that keypoints have. */
export interface SourceConvention {
  readonly convention: Convention;
  /** Whether it has a name by which others know it; false for names that only the file lists. */
  readonly isKnown: boolean;
}

/**
 * The convention of a layer: the one that is asked for or that the file names, else the one of those it may have whose names or
 * number of keypoints it has, else just the names that the file lists. Throws `MotionError` when nothing tells.
 */
export async function sourceConvention(
  layer: MotionLayer,
  { conventions, sourceConvention: stated }: SourceConventionOptions,
): Promise<SourceConvention> {
  const own = stated ?? layer.convention;
  if (own !== undefined) {
    const convention = await loadNamed(own, conventions, "sourceConvention");
    if (convention.keypoints.length === layer.points) return { convention, isKnown: true };
    throw new MotionError(
      `${layer.key} has ${layer.points} keypoints, ${convention.name} ${convention.keypoints.length}`,
      "sourceConvention",
    );
  }
  const names = layer.names?.length === layer.points ? layer.names : undefined;
  for (const name of layer.conventions ?? []) {
    const convention = await conventions(name);
    if (convention && isThat(convention, layer, names)) return { convention, isKnown: true };
  }
  if (names && new Set(names).size === names.length)
    return {
      convention: { name: "names of its own", description: "", keypoints: names.map((name) => ({ name })), limbs: [] },
      isKnown: false,
    };
  throw new MotionError(
    `nothing says in which convention the ${layer.points} keypoints of ${layer.key} are`,
    "sourceConvention",
  );
}

function isThat(convention: Convention, layer: MotionLayer, names: readonly string[] | undefined): boolean {
  if (convention.keypoints.length !== layer.points) return false;
  const spelled = spelledNames(convention, layer.spelled);
  return names === undefined ? layer.names === undefined : names.every((name, index) => name === spelled[index]);
}

/** The names of a convention's keypoints as they are spelled somewhere. */
export function spelledNames({ name, keypoints }: Convention, spelled: MotionLayer["spelled"]): readonly string[] {
  const others = spelled && Object.hasOwn(spelled, name) ? spelled[name] : undefined;
  return keypoints.map((keypoint) => others?.[keypoint.name] ?? keypoint.name);
}

/** A convention by name. Throws `MotionError` for one that there is not. */
export async function loadNamed(
  name: string,
  find: ConventionLookup,
  question: Extract<MotionQuestion, "convention" | "sourceConvention">,
): Promise<Convention> {
  const convention = await find(name);
  if (convention) return convention;
  throw new MotionError(`there is no convention ${JSON.stringify(name)}`, question);
}
