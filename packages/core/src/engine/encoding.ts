import { FormatError } from "../errors.js";
import type { Encoding } from "../layout/layout.js";
import type { NdArray } from "../ndarray/ndarray.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode } from "../tree/node.js";
import type { Value } from "../value/value.js";
import { type AxisCut, clipped } from "./cut.js";
import { exactValue } from "./exact.js";
import { maskPositions, packByMask, unpackByMask } from "./mask-pack.js";
import { describeNode } from "./resolve.js";
import { plainScalar } from "./scalar.js";
import { indexAt } from "./select/pick.js";

/** Siblings of a field, which its encodings refer to. */
export interface Siblings {
  /** The stored name of the field itself. */
  readonly key: string;
  readonly group: GroupNode | undefined;
}

export const NO_SIBLINGS: Siblings = { key: "", group: undefined };

export type MaskPack = Extract<Encoding, { codec: "mask-pack" }>;

/** Everything that a step of an encoding needs to know. */
export interface EncodingPlace {
  readonly path: string;
  readonly siblings: Siblings;
  readonly options: WorkOptions;
}

/** The value behind its stored form: masks undone, last one first. Numbers are {@link decodeNumbers}'s affair. */
export async function undoEncodings(
  steps: readonly Encoding[],
  stored: NdArray,
  { path, siblings, options }: EncodingPlace,
): Promise<NdArray> {
  let array = stored;
  for (const step of [...steps].reverse()) {
    if (step.codec !== "mask-pack") continue;
    const mask = await maskInUse(step, siblings, options);
    if (mask) array = unpackByMask(array, step.axis, mask.positions, mask.length, path);
  }
  return array;
}

/** The value packed by its masks. */
export async function applyEncodings(
  steps: readonly Encoding[],
  value: NdArray,
  { path, siblings, options }: EncodingPlace,
): Promise<NdArray> {
  let array = value;
  for (const step of steps) {
    if (step.codec !== "mask-pack") continue;
    const mask = await maskInUse(step, siblings, options);
    if (mask) array = packByMask(array, step.axis, mask.positions, mask.length, path);
  }
  return array;
}

/** The axes along which stored positions are not those of the value. */
export function encodedAxes(steps: readonly Encoding[]): ReadonlySet<number> {
  return new Set(steps.flatMap((step) => (step.codec === "mask-pack" ? [step.axis] : [])));
}

/** The same cut of an encoded axis in stored positions: of a packed axis those rows that are there. */
export async function storedCut(
  steps: readonly Encoding[],
  cut: AxisCut,
  { siblings, options }: EncodingPlace,
): Promise<AxisCut> {
  const step = steps.find((candidate): candidate is MaskPack => {
    return candidate.codec === "mask-pack" && candidate.axis === cut.axis;
  });
  const mask = step && (await maskInUse(step, siblings, options));
  if (!mask) return cut;
  const places = new Map(mask.positions.map((position, index) => [position, index]));
  const wanted = clipped(cut.pick, mask.length);
  const indices: number[] = [];
  for (let i = 0; i < wanted.length; i++) {
    const place = places.get(indexAt(wanted, i));
    if (place !== undefined) indices.push(place);
  }
  return { axis: cut.axis, pick: { kind: "indices", indices, length: indices.length } };
}

export interface MaskInUse {
  /** Indices of the ones. */
  readonly positions: readonly number[];
  readonly length: number;
}

/** The mask that packs a value, undefined when the file says that it is not packed. Throws `mismatch` without a usable mask. */
export async function maskInUse(
  step: MaskPack,
  { key, group }: Siblings,
  options: WorkOptions,
): Promise<MaskInUse | undefined> {
  if (!group) return undefined;
  if (step.when !== undefined) {
    const flag = await group.child(ownName(step.when, key), options);
    if (!flag || plainScalar((await exactValue(flag, options)) as Value) !== true) return undefined;
  }
  const name = ownName(step.mask, key);
  const node = await group.child(name, options);
  if (node?.kind !== "array") {
    const found = node ? describeNode(node) : "missing";
    throw new FormatError("mismatch", `${key} is packed, but its mask ${name} is ${found}`, { path: key });
  }
  const mask = await node.load(options);
  return { positions: maskPositions(mask, node.path), length: mask.size };
}

/** Puts the field's own key into a sibling's name. */
export function ownName(template: string, key: string): string {
  return template.replaceAll("{key}", key);
}
