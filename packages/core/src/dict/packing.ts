import { ownName } from "../engine/encoding.js";
import { maskPositions, packByMask, unpackByMask } from "../engine/mask-pack.js";
import { concrete, memberField } from "../engine/resolve.js";
import { shapeLabel } from "../engine/shape.js";
import { FormatError } from "../errors.js";
import type { TypedArray } from "../ndarray/elements.js";
import { countFilledRows } from "../ndarray/filled-rows.js";
import { NdArray } from "../ndarray/ndarray.js";
import { arrayNode } from "../tree/value-node.js";
import { type DictContent, refusal } from "./content.js";
import type { DictRules, MaskPack } from "./rules.js";

/** How an array is packed. */
export interface Packing {
  readonly key: string;
  readonly array: NdArray;
  readonly axis: number;
  /** Key of the mask. */
  readonly mask: string;
}

/** How the value under `key` is packed; undefined for values that never are. */
export function packingOf({ layout, root }: DictRules, key: string, value: unknown): Packing | undefined {
  const field = value instanceof NdArray ? memberField(root, key)?.field : undefined;
  if (!field || !(value instanceof NdArray)) return undefined;
  const target = concrete(layout, field, arrayNode(value, key));
  const step = target.kind === "array" && target.encoding?.find(isMaskPack);
  if (!step || value.ndim <= step.axis) return undefined;
  return { key, array: value, axis: step.axis, mask: ownName(step.mask, key) };
}

function isMaskPack(step: { readonly codec: string }): step is MaskPack {
  return step.codec === "mask-pack";
}

/** All arrays of a dict that packing concerns, in its order. */
export function packings({ rules, items }: DictContent): readonly Packing[] {
  return [...items].flatMap(([key, value]) => packingOf(rules, key, value) ?? []);
}

export interface Mask {
  readonly positions: readonly number[];
  readonly length: number;
}

/** The mask under `key`; undefined when there is none. Throws `IssueError` for one that holds other than 0 and 1. */
export function maskAt({ rules, items }: DictContent, key: string): Mask | undefined {
  const mask = items.get(key);
  if (mask === undefined) return undefined;
  if (!(mask instanceof NdArray)) throw refusal(rules, "type", key, "a mask is an array");
  try {
    return { positions: maskPositions(mask, key), length: mask.size };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw refusal(rules, "encoding", key, error.reason, { cause: error });
  }
}

/** The rows that the mask keeps. Throws `IssueError` when the mask is of another length than the axis. */
export function packed(rules: DictRules, { key, array, axis, mask: name }: Packing, mask: Mask): NdArray {
  const rows = array.shape[axis];
  if (rows !== mask.length) {
    const message = `${rows} along axis ${axis} of ${shapeLabel(array.shape)}, but its mask ${name} has ${mask.length}`;
    throw refusal(rules, "encoding", key, message, { expected: String(mask.length), actual: String(rows) });
  }
  return packByMask(array, axis, mask.positions, mask.length, key);
}

/** The whole array that a packed one stands for. Throws `IssueError` when the mask has not one 1 for each row. */
export function unpacked(rules: DictRules, packing: Packing, mask: Mask): NdArray {
  verifyPacked(rules, packing, mask);
  return unpackByMask(packing.array, packing.axis, mask.positions, mask.length, packing.key);
}

/** Throws `IssueError` when an array has not the number of axes that packed ones must have. */
export function verifyRank({ rules, packedRank }: DictContent, { key, array }: Packing): void {
  if (packedRank === undefined || array.ndim === packedRank) return;
  const message = `an array with ${packedRank} axes is needed for packing, ${shapeLabel(array.shape)} found`;
  throw refusal(rules, "shape", key, message, { expected: String(packedRank), actual: String(array.ndim) });
}

/** Throws `IssueError` when a packed array has not one row for each 1 of its mask. */
export function verifyPacked(rules: DictRules, { key, array, axis, mask: name }: Packing, mask: Mask): void {
  const [rows, ones] = [array.shape[axis], mask.positions.length];
  if (rows === ones) return;
  const message = `${rows} along axis ${axis} of ${shapeLabel(array.shape)}, but its mask ${name} has ${ones} ones`;
  throw refusal(rules, "encoding", key, message, { expected: String(ones), actual: String(rows) });
}

/** How many rows along the axis, of all blocks before it, hold something other than zero and are lost by packing. */
export function lostRows({ array, axis }: Packing, mask: Mask): number {
  const kept = new Set(mask.positions);
  const dropped = Array.from({ length: mask.length }, (_, row) => row).filter((row) => !kept.has(row));
  return countFilledRows(array, axis, dropped);
}

/**
 * 1 for each row along the axis whose confidence, the last element of the last axis, is above 0 in some block; 0 for
 * NaN and for negative ones. Throws `IssueError` when there are no blocks to tell it from.
 */
export function maskOfConfidence(rules: DictRules, { key, array, axis }: Packing): NdArray<"uint8"> {
  const count = array.shape[axis] as number;
  if (array.size === 0 && count > 0)
    throw refusal(rules, "shape", key, `no confidence to make a mask of in an array of ${shapeLabel(array.shape)}`);
  const whole = array.contiguous();
  const channels = axis === whole.ndim - 1 ? 1 : (whole.shape.at(-1) as number);
  const inner = whole.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const data = whole.data as TypedArray;
  const mask = new Uint8Array(count);
  for (let row = 0, blocks = count === 0 ? 0 : whole.size / (count * inner); row < count; row++) {
    for (let block = 0; block < blocks && mask[row] === 0; block++) {
      const start = whole.offset + (block * count + row) * inner;
      for (let at = start + channels - 1; at < start + inner; at += channels)
        if (isPositive(data[at] as number | bigint, whole.dtype)) mask[row] = 1;
    }
  }
  return NdArray.from("uint8", mask);
}

/** float16 elements are bit patterns: those of positive numbers lie between 0 and infinity. */
function isPositive(element: number | bigint, dtype: string): boolean {
  return dtype === "float16" ? Number(element) > 0 && Number(element) <= 0x7c00 : element > 0;
}
