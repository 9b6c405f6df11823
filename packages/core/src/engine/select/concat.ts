import { FormatError } from "../../errors.js";
import type { Layout } from "../../layout/layout.js";
import { astype } from "../../ndarray/astype.js";
import { concatenate } from "../../ndarray/concat.js";
import type { DType } from "../../ndarray/dtype.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { resultType } from "../../ndarray/result-type.js";
import { ownName } from "../encoding.js";
import { memberField } from "../resolve.js";
import { namesOf, type RangesField } from "./axes.js";
import { differing } from "./describe-value.js";
import { sameValue } from "./equal.js";
import { type Joiner, joinConstants, joinMembers, joinValues, type Member, type Part } from "./join.js";
import { dictLike, memberOf, membersOf } from "./member.js";
import type { ConcatOptions } from "./options.js";
import { type Ranges, rangesArray } from "./ranges.js";
import { arraysIn, roleOf } from "./roles.js";
import { restated, type Survey, survey, symbolsThrough } from "./survey.js";

/**
 * One record of many, items one after another along an axis (the frames, unless told otherwise): arrays joined in the type
 * that numpy gives, lists and tuples appended as lists, dicts member by member; stated sizes are sums, positions in a field
 * of ranges go on where those before end. A mask is 1 where all records have 1. Members come in the order of the first
 * record, then those that later ones add. Nothing is shared but constants.
 *
 * Records without items count for nothing. Packed records can be joined when their masks are equal; unpack them otherwise. Records in logical form whose masks differ give one that is not to be packed.
 *
 * Throws `RangeError` for no records; `FormatError`: `mismatch`, naming the key and what each record has, for different
 * kinds, shapes, conventions and constants (see `constants`), and all that `sliceWith` throws.
 */
export function concatWith<T extends object>(layout: Layout, records: readonly T[], options: ConcatOptions = {}): T {
  const surveys = records.map((record) => survey(layout, record, options));
  const [first] = surveys;
  if (!first) throw new RangeError("no records to join");
  const joiner: Joiner = { records: surveys, constants: options.constants ?? "equal" };
  const stated = totals(joiner);
  const join = (key: unknown, parts: readonly Part[]): readonly Member[] => {
    const name = String(key);
    if (stated.has(name)) return [[key, stated.get(name)]];
    return joinRole(joiner, name, parts) ?? joinValues(joiner, key, parts, name, true);
  };
  const dicts = surveys.map(({ plan }, index) => ({ index, plan }));
  return dictLike(first.record, joinMembers(dicts, "", join)) as T;
}

/** Members that state the size of a joined symbol, and fields of ranges, with what they are to be. */
function totals({ records }: Joiner): ReadonlyMap<string, unknown> {
  const { axes, symbol } = records[0] as Survey;
  const result = new Map<string, unknown>();
  for (const joined of symbolsThrough(axes, symbol)) {
    const sizes = records.map(({ sizes: own }) => own.get(joined));
    if (sizes.every((size) => size === undefined)) continue;
    const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    for (const { record } of records) {
      for (const [key, size] of restated(axes, record, joined, total)) if (!result.has(key)) result.set(key, size);
    }
  }
  for (const field of axes.ranges) {
    const value = joinRanges(records, field);
    if (value) result.set(field.key, value);
  }
  return result;
}

/** Ranges of all records, each beginning where the positions of those before it end. */
function joinRanges(records: readonly Survey[], field: RangesField): NdArray | undefined {
  const all: Ranges[] = [];
  let type: DType | undefined;
  let before = 0;
  for (const { ranges, sizes, axes, symbol } of records) {
    const own = ranges.find((used) => used.field === field);
    if (own && !symbolsThrough(axes, symbol).has(field.of))
      throw new RangeError(`${field.key} says which ${field.over} belong to each ${field.of}: join along ${field.of}`);
    if (own) {
      const offset = before;
      all.push({
        starts: own.ranges.starts.map((position) => position + offset),
        stops: own.ranges.stops.map((position) => position + offset),
      });
      type = type ? (resultType(type, own.value.type) ?? type) : own.value.type;
    }
    before += sizes.get(field.over) ?? 0;
  }
  if (!type) return undefined;
  const joined = (side: keyof Ranges): Float64Array =>
    concatenate(all.map((ranges) => NdArray.from("float64", ranges[side]))).data as Float64Array;
  return rangesArray(field.field, type, { starts: joined("starts"), stops: joined("stops") }, field.key);
}

/** Members that the schema gives a say about others; `undefined` for all that stand for themselves. */
function joinRole(joiner: Joiner, key: string, parts: readonly Part[]): readonly Member[] | undefined {
  const { axes } = joiner.records[0] as Survey;
  const values = parts.map(({ plan }) => plan.value);
  const equal = values.every((value) => sameValue(value, values[0]));
  const role = roleOf(axes, key);
  if (role === "closed") return [[key, joiner.constants === "suffix" || !equal ? false : values[0]]];
  if (role === "packed") return [[key, equal && sameMasks(joiner) ? values[0] : false]];
  if (role === "convention" && !equal) return differing(parts, key, "one convention");
  if (role === "convention") return [[key, values[0]]];
  if (role === "mask") return joinMasks(key, parts);
  if (Object.values(axes.dims).some((dim) => namesOf(dim).includes(key)))
    return joinConstants({ ...joiner, constants: "equal" }, key, parts, key);
  verifyPacked(joiner, key, parts);
  return undefined;
}

/** Whether packing the joined record by the product of the masks leaves out nothing that one of them kept. */
function sameMasks({ records }: Joiner): boolean {
  const { axes } = records[0] as Survey;
  const masks = records.map(({ record }) => membersOf(record).filter(([key]) => roleOf(axes, String(key)) === "mask"));
  return masks
    .flat()
    .every(([key, mask]) => records.every(({ record }) => sameValue(memberOf(record, String(key)), mask)));
}

/** Masks multiplied; `undefined` when one of them is no mask. */
function joinMasks(key: string, parts: readonly Part[]): readonly Member[] | undefined {
  const masks = parts.map(({ plan }) => plan.value).filter(isMask);
  const [first, ...others] = masks;
  if (!first || masks.length < parts.length) return undefined;
  const product = others.reduce((left, right): NdArray => {
    const type = resultType(left.type, right.type);
    if (left.size !== right.size)
      throw new FormatError("mismatch", `masks of ${left.size} and ${right.size}`, { path: key });
    if (!type) return differing(parts, key, "masks of numbers");
    const data = astype(left, "float64").copy();
    const factors = astype(right, "float64");
    for (let item = 0; item < left.size; item++) data.set([item], data.get(item) * factors.get(item));
    return astype(data, type);
  }, first);
  return [[key, others.length > 0 ? product : first]];
}

function isMask(value: unknown): value is NdArray {
  return value instanceof NdArray && value.ndim === 1 && /^(bool|u?int|float)/.test(value.dtype);
}

/** Values that a mask has left items out of fit together only when all masks are the same. */
function verifyPacked({ records }: Joiner, key: string, parts: readonly Part[]): void {
  const { axes } = records[0] as Survey;
  const member = memberField(axes.root, key)?.field;
  const step = (member ? arraysIn(axes.layout, member) : [])
    .flatMap(({ encoding }) => encoding ?? [])
    .find((encoding) => encoding.codec === "mask-pack");
  if (!step) return;
  const siblings = parts.map(({ index, plan: { value } }) => {
    const { record } = records[index] as Survey;
    const mask = memberOf(record, ownName(step.mask, key));
    const flag = step.when === undefined || memberOf(record, ownName(step.when, key)) === true;
    const packed = flag && mask instanceof NdArray && value instanceof NdArray && value.shape[step.axis] !== mask.size;
    return { mask, packed };
  });
  if (siblings.some(({ packed }) => packed) && !siblings.every(({ mask }) => sameValue(mask, siblings[0]?.mask)))
    throw new FormatError("mismatch", "packed by different masks: unpack the records first", { path: key });
}
