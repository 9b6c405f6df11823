import { maskPositions, packByMask, unpackByMask } from "../engine/mask-pack.js";
import { concrete, memberField } from "../engine/resolve.js";
import { alignAxes, arrayLabel, fitsShape, shapeLabel } from "../engine/shape.js";
import { FormatError } from "../errors.js";
import type { ArrayLayout, Layout } from "../layout/layout.js";
import { moveRows } from "../ndarray/move-rows.js";
import { type NdArray, zeros } from "../ndarray/ndarray.js";
import { arrayNode } from "../tree/value-node.js";
import { memberPath } from "../value/path.js";
import { checkNumbers } from "./axis.js";
import { mapMask } from "./convert.js";
import type { Edits } from "./edits.js";
import type { KeypointMapping } from "./mapping.js";
import { onesOf, readMask } from "./mask.js";
import { axisOf, countProblem, fixedConvention, maskFields, maskOf, nameField } from "./siblings.js";
import { type KeypointsSite, memberOf } from "./sites.js";

/** What became of the keypoints of one array. */
export interface ConvertedSite {
  readonly mask: NdArray<"uint8", readonly [number]>;
  readonly dropped: readonly string[];
}

/** Converts one array of a record and plans what changes: the array, its mask, the name of its convention, stated sizes. */
export function convertSite(
  layout: Layout,
  site: KeypointsSite,
  mapping: KeypointMapping,
  edits: Edits,
): ConvertedSite {
  const { path, owner, holder, key } = site;
  const fixed = fixedConvention(site);
  if (fixed !== undefined && fixed.toLowerCase() !== mapping.to.name.toLowerCase())
    throw new FormatError("unwritable", `the schema says that these keypoints are ${fixed}`, { path });
  const axis = axisOf(site);
  at(path, () => checkNumbers(site.array));
  const fields = maskFields(site);
  const maskPath = memberPath(owner?.path ?? "", fields?.mask ?? "");
  const mask = at(maskPath, () => readAsMask(site, mapping));
  const bits = mapMask(mapping, mask);
  const logical = unpacked(site, axis, mapping, mask);
  const moved = moveRows(logical.array, axis, mapping.to.keypoints.length, mapping.pairs);
  checkShape(site, logical.array, moved);
  edits.plan(holder, key, logical.packed ? packByMask(moved, axis, onesOf(bits), bits.size, path) : moved, path);
  if (owner && fields) edits.plan(owner.record, fields.mask, storedMask(layout, site, fields.mask, bits), path);
  const named = nameField(site);
  if (owner && named !== undefined) edits.plan(owner.record, named, mapping.to.name, path);
  restateSize(site, axis, mapping.to.keypoints.length, edits);
  return { mask: bits, dropped: droppedBy(mapping, mask) };
}

/** Keypoints that no target takes, but for those that the mask says are not there. */
function droppedBy({ from, lost }: KeypointMapping, mask: NdArray<"uint8"> | undefined): readonly string[] {
  const gone = new Set(lost);
  return from.keypoints.flatMap(({ name }, index) => (gone.has(name) && mask?.data[index] !== 0 ? [name] : []));
}

function readAsMask(site: KeypointsSite, mapping: KeypointMapping): NdArray<"uint8"> | undefined {
  const mask = maskOf(site);
  return mask === undefined ? undefined : readMask(mask, mapping.from.keypoints.length);
}

/** The array with all keypoints of its convention, and whether it comes without those that its mask leaves out. */
function unpacked(
  site: KeypointsSite,
  axis: number,
  { from }: KeypointMapping,
  mask: NdArray<"uint8"> | undefined,
): { readonly array: NdArray; readonly packed: boolean } {
  const { array, owner, path } = site;
  const count = array.shape[axis] as number;
  const full = from.keypoints.length;
  if (count === full) return { array, packed: false };
  const when = maskFields(site)?.when;
  const mayBePacked = mask !== undefined && (when === undefined || memberOf(owner, when) === true);
  const ones = mayBePacked ? maskPositions(mask, path) : [];
  if (!mayBePacked || ones.length !== count) throw countProblem(site, axis, from);
  return { array: unpackByMask(array, axis, ones, full, path), packed: true };
}

/** A size that the schema fixes cannot change. (Outdated forms that never fitted are not this function's business.) */
function checkShape({ field, path }: KeypointsSite, before: NdArray, after: NdArray): void {
  if (fitsShape(field.shape, after.shape) || !fitsShape(field.shape, before.shape)) return;
  const wanted = field.kind === "array" ? arrayLabel(field) : shapeLabel(field.shape);
  throw new FormatError("unwritable", `the schema wants ${wanted}, the result is ${shapeLabel(after.shape)}`, { path });
}

/** The mask in a dtype that the schema allows for it. */
function storedMask(layout: Layout, { owner }: KeypointsSite, name: string, bits: NdArray<"uint8">): NdArray {
  const member = owner && memberField(owner.object, name)?.field;
  const field = member && concrete(layout, member, arrayNode(bits, name));
  const dtypes: ArrayLayout["dtype"] = field?.kind === "array" ? field.dtype : ["uint8"];
  const [first = "uint8"] = dtypes;
  if (dtypes.includes("uint8")) return bits;
  const mask = zeros(first, bits.shape);
  const [no, yes] = first === "bool" ? [false, true] : /^u?int64$/.test(first) ? [0n, 1n] : [0, 1];
  for (const [index, bit] of [...bits].entries()) mask.set([index], (bit === 1 ? yes : no) as never);
  return mask;
}

/** Holds the symbol of the axis to the sizes that the schema allows, and keeps a key true that states its size. */
function restateSize({ field, array, path, scopes }: KeypointsSite, axis: number, count: number, edits: Edits): void {
  const symbol = alignAxes(field.shape, array.shape)?.[axis]?.rule;
  if (typeof symbol !== "string") return;
  const scope = scopes.find(({ dims }) => Object.hasOwn(dims, symbol));
  const dim = scope?.dims[symbol];
  if (!scope || !dim) return;
  if (dim.size && !dim.size.includes(count))
    throw new FormatError("unwritable", `the schema wants ${dim.size.join(" or ")} keypoints, not ${count}`, { path });
  if (typeof dim.equals !== "string") return;
  const stated = memberOf(scope, dim.equals);
  if (typeof stated === "number" && stated !== dim.unset) edits.plan(scope.record, dim.equals, count, path);
}

/** Says where in the record an error of `run` is. */
function at<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof FormatError && error.path === "" ? error.within(path) : error;
  }
}
