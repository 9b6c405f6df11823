import type { KeypointAxis, ObjectLayout } from "../../layout/layout.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { memberPath } from "../../value/path.js";
import { ownName } from "../encoding.js";
import { memberField } from "../resolve.js";
import { describe } from "../select/member.js";
import type { Changes } from "./changes.js";

/**
 * Names the convention of keypoints whose number tells it: where no name is given, or where the one that is taken when none
 * is given cannot be right.
 */
export function nameConventions(
  changes: Changes,
  field: ObjectLayout,
  members: Map<unknown, unknown>,
  path: string,
): void {
  const closed = field.closed !== undefined && members.get(field.closed.when) === true;
  for (const [key, value] of [...members]) {
    const member = typeof key === "string" ? memberField(field, key) : undefined;
    if (!member || !(value instanceof NdArray) || (closed && member.by !== "property")) continue;
    const { field: described } = describe(changes.layout, member.field, value);
    if (described.kind !== "array" || described.keypoints?.field === undefined) continue;
    const { keypoints } = described;
    const packing = described.encoding?.find((step) => step.codec === "mask-pack");
    const size = packing ? unpackedSize(packing, String(key), value, members) : value.shape[keypoints.axis];
    const sibling = ownName(described.keypoints.field, String(key));
    const name = size === undefined ? undefined : nameFor(keypoints, size, members.get(sibling));
    if (name === undefined) continue;
    members.set(sibling, name);
    changes.add(memberPath(path, sibling), `${size} keypoints are those of ${name}`, described.rule);
  }
}

/** The name that a number of keypoints gives; undefined when the present one can stay. */
function nameFor(keypoints: KeypointAxis, size: number, present: unknown): string | undefined {
  const name = keypoints.bySize?.[String(size)];
  if (name === undefined || present === undefined) return name;
  const taken = present === keypoints.default ? keypoints.counts[present as string] : undefined;
  return taken !== undefined && taken !== size ? name : undefined;
}

/** Items along the axis before a mask left some out. */
function unpackedSize(
  step: { readonly axis: number; readonly mask: string; readonly when?: string },
  key: string,
  value: NdArray,
  members: ReadonlyMap<unknown, unknown>,
): number | undefined {
  const mask = members.get(ownName(step.mask, key));
  const flagged = step.when === undefined || members.get(ownName(step.when, key)) === true;
  return flagged && mask instanceof NdArray && mask.ndim === 1 ? mask.size : value.shape[step.axis];
}
