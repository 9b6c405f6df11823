import { ownName } from "../engine/encoding.js";
import { FormatError } from "../errors.js";
import { NdArray } from "../ndarray/ndarray.js";
import { memberPath } from "../value/path.js";
import type { Convention } from "./convention.js";
import type { KeypointMask } from "./mask.js";
import { type KeypointsSite, memberOf } from "./sites.js";

/** The keypoint axis of an array, counted from the front. */
export function axisOf({ array, keypoints, path }: KeypointsSite): number {
  const axis = keypoints.axis < 0 ? keypoints.axis + array.ndim : keypoints.axis;
  if (axis < 0 || axis >= array.ndim) {
    const found = `(${array.shape.join(", ")})`;
    throw new FormatError("mismatch", `keypoints lie along axis ${keypoints.axis}, found an array ${found}`, { path });
  }
  return axis;
}

/** The sibling that names the convention of an array; undefined when none does. */
export function nameField({ keypoints, key, owner }: KeypointsSite): string | undefined {
  return keypoints.field === undefined || !owner ? undefined : ownName(keypoints.field, String(key));
}

/**
 * The name of the convention that an array has: what the schema fixes, else what its sibling says, else the default;
 * without such a sibling what the number of keypoints tells.
 * Throws `FormatError` `mismatch` for a sibling that is no text, `missing` when nothing names one.
 */
export function statedConvention(site: KeypointsSite): string {
  const { keypoints, owner, path } = site;
  const field = nameField(site);
  const stated = field === undefined ? undefined : memberOf(owner, field);
  if (keypoints.convention !== undefined) return keypoints.convention;
  if (typeof stated === "string") return stated;
  if (stated !== undefined && stated !== null)
    throw new FormatError("mismatch", "text expected", { path: memberPath(owner?.path ?? "", field as string) });
  if (keypoints.default !== undefined) return keypoints.default;
  const bySize = field === undefined ? keypoints.bySize?.[String(site.array.shape[axisOf(site)])] : undefined;
  if (bySize !== undefined) return bySize;
  const how = field === undefined ? 'give "from"' : `${JSON.stringify(field)} is missing; give "from"`;
  throw new FormatError("missing", `nothing names the convention of these keypoints: ${how}`, { path });
}

/** The convention that an array must keep, as no sibling could say another; undefined when there is none. */
export function fixedConvention(site: KeypointsSite): string | undefined {
  const { keypoints, owner } = site;
  return keypoints.convention ?? (owner ? undefined : keypoints.default);
}

/** The sibling by whose ones an array is packed along its keypoint axis, and the one that says whether it is. */
export function maskFields(site: KeypointsSite): { readonly mask: string; readonly when?: string } | undefined {
  const { field, key, owner, array } = site;
  if (field.kind !== "array" || !owner) return undefined;
  const axis = axisOf(site);
  for (const step of field.encoding ?? []) {
    if (step.codec !== "mask-pack" || (step.axis < 0 ? step.axis + array.ndim : step.axis) !== axis) continue;
    const mask = ownName(step.mask, String(key));
    return step.when === undefined ? { mask } : { mask, when: ownName(step.when, String(key)) };
  }
  return undefined;
}

/** The mask of an array; undefined when it has none. Throws `FormatError` `mismatch` for what is no mask. */
export function maskOf(site: KeypointsSite): KeypointMask | undefined {
  const name = maskFields(site)?.mask;
  const mask = name === undefined ? undefined : memberOf(site.owner, name);
  if (mask === undefined || mask === null) return undefined;
  if (mask instanceof NdArray || Array.isArray(mask)) return mask as KeypointMask;
  throw new FormatError("mismatch", "a mask expected", { path: memberPath(site.owner?.path ?? "", name as string) });
}

/** Why an array cannot have the convention, and which ones it can have. */
export function countProblem(site: KeypointsSite, axis: number, convention: Convention): FormatError {
  const count = site.array.shape[axis] as number;
  const { bySize, counts } = site.keypoints;
  const known = bySize?.[String(count)];
  const fitting = Object.keys(counts).filter((name) => counts[name] === count);
  const hint =
    known === undefined
      ? fitting.length === 0
        ? ""
        : `; conventions of ${count}: ${fitting.join(", ")}`
      : `; files that name none mean ${known}`;
  const has = `${convention.name} has ${convention.keypoints.length}`;
  return new FormatError("mismatch", `${count} keypoints along axis ${axis}, but ${has}${hint}`, { path: site.path });
}
