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
  const candidates: Convention[] = [];
  for (const name of layer.conventions ?? []) {
    const candidate = await conventions(name);
    if (candidate) candidates.push(candidate);
  }
  const stored = candidates.map((candidate) => asStored(candidate, layer, names));
  // One with the order of the file rather than one with its names in another order.
  const convention = stored.find((one) => one && candidates.includes(one)) ?? stored.find((one) => one);
  if (convention) return { convention, isKnown: true };
  if (names && new Set(names).size === names.length)
    return { convention: ownNames(names, candidates, layer.spelled), isKnown: false };
  throw new MotionError(
    `nothing says in which convention the ${layer.points} keypoints of ${layer.key} are`,
    "sourceConvention",
  );
}

/** A convention with its keypoints in the order of the file; undefined where it has others than the file. */
function asStored(
  convention: Convention,
  layer: MotionLayer,
  names: readonly string[] | undefined,
): Convention | undefined {
  const { keypoints } = convention;
  if (keypoints.length !== layer.points) return undefined;
  const spelled = spelledNames(convention, layer.spelled);
  // A file may name the keypoints of the first of its lists alone.
  if (names === undefined)
    return layer.names?.every((name, at) => name === spelled[at]) === false ? undefined : convention;
  const positions = new Map<string, number>();
  for (const [at, { aliases = [] }] of keypoints.entries()) for (const alias of aliases) positions.set(alias, at);
  for (const [at, name] of spelled.entries()) positions.set(name, at);
  const order = names.map((name) => positions.get(name));
  if (order.includes(undefined) || new Set(order).size < order.length) return undefined;
  if (order.every((from, at) => from === at)) return convention;
  return {
    ...convention,
    keypoints: order.map((from) => keypoints[from as number] as Convention["keypoints"][number]),
  };
}

/** Names that only the file lists; those that a convention has as other names or spellings of keypoints are these keypoints. */
function ownNames(
  names: readonly string[],
  candidates: readonly Convention[],
  spelled: MotionLayer["spelled"],
): Convention {
  const known = new Map<string, string>();
  for (const candidate of candidates) {
    const spellings = spelledNames(candidate, spelled);
    for (const [at, { name, aliases = [] }] of candidate.keypoints.entries())
      for (const other of [spellings[at] as string, ...aliases]) if (!known.has(other)) known.set(other, name);
  }
  const found = names.map((name) => known.get(name) ?? name);
  const keypoints = (new Set(found).size === found.length ? found : names).map((name) => ({ name }));
  return { name: "names of its own", description: "", keypoints, limbs: [] };
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
