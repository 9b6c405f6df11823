import { FormatError } from "../../errors.js";
import { concatenate } from "../../ndarray/concat.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { memberPath } from "../../value/path.js";
import { shapeLabel } from "../shape.js";
import { differing, verifyKinds } from "./describe-value.js";
import { sameValue } from "./equal.js";
import { dictLike } from "./member.js";
import type { ConcatOptions } from "./options.js";
import type { SymbolAxis } from "./place.js";
import type { CutPlan, DictPlan, Plan } from "./plan.js";
import type { Survey } from "./survey.js";

/** What joining goes by. */
export interface Joiner {
  readonly records: readonly Survey[];
  readonly constants: NonNullable<ConcatOptions["constants"]>;
}

/** One record's value for a key. */
export interface Part {
  /** Number of the record. */
  readonly index: number;
  readonly plan: Plan;
}

export type Member = readonly [key: unknown, value: unknown];

/** Members of dicts that belong together, under the keys of the first one, then those that later ones add. */
export function joinMembers(
  dicts: readonly { readonly index: number; readonly plan: DictPlan }[],
  path: string,
  join: (key: unknown, parts: readonly Part[]) => readonly Member[],
): Member[] {
  const byKey = new Map<unknown, Part[]>();
  for (const { index, plan } of dicts) {
    for (const [key, member] of plan.members) {
      const parts = byKey.get(key) ?? [];
      parts.push({ index, plan: member });
      byKey.set(key, parts);
    }
  }
  const members = new Map<unknown, unknown>();
  for (const [key, parts] of byKey) {
    for (const [name, value] of join(key, parts)) {
      if (members.has(name)) {
        const place = memberPath(path, String(name));
        throw new FormatError("mismatch", "two values would get this name; rename one of them first", { path: place });
      }
      members.set(name, value);
    }
  }
  return [...members];
}

/** What becomes of one key. `top` for members of the records themselves. */
export function joinValues(
  joiner: Joiner,
  key: unknown,
  parts: readonly Part[],
  path: string,
  top: boolean,
): readonly Member[] {
  verifyKinds(parts, path);
  const lacking = joiner.records.filter((_, index) => parts.every((part) => part.index !== index));
  // A record without items lacks none of theirs.
  const complete = joiner.constants === "suffix" ? lacking.length === 0 : lacking.every(({ size }) => size === 0);
  if (parts.every(isDictPart)) return joinDicts(joiner, key, parts, path, { top, complete });
  if (!parts.some(({ plan }) => hasItems(plan))) return joinConstants(joiner, key, parts, path);
  const cuts = parts.every(isCutPart) ? parts : undefined;
  const axis = cuts && commonAxis(joiner, cuts, path);
  if (cuts && !axis && cuts.every(({ plan }) => plan.axes.length === 0)) return joinLists(joiner, key, cuts, path);
  if (cuts && axis && complete) return [[key, joined(cuts, axis, path)]];
  if (joiner.constants === "suffix") return suffixed(key, parts, top || !cuts);
  const reason = axis
    ? `items along ${axis.symbol} that only some records have: not record ${missingFrom(joiner, parts)}`
    : "items that lie along an axis in some records only, or along different ones";
  throw new FormatError("mismatch", `${reason}; constants: "suffix" keeps them apart`, { path });
}

function joinDicts(
  joiner: Joiner,
  key: unknown,
  parts: readonly (Part & { readonly plan: DictPlan })[],
  path: string,
  { top, complete }: { readonly top: boolean; readonly complete: boolean },
): readonly Member[] {
  const apart = joiner.constants === "suffix" && top && !complete;
  if (apart && parts.some(({ plan }) => plan.members.length > 0)) return suffixed(key, parts, true);
  const join = (name: unknown, members: readonly Part[]): readonly Member[] =>
    joinValues(joiner, name, members, memberPath(path, String(name)), false);
  return [[key, dictLike((parts[0] as Part & { plan: DictPlan }).plan.value, joinMembers(parts, path, join))]];
}

/** Lists of one length whose items have places of their own. */
function joinLists(
  joiner: Joiner,
  key: unknown,
  parts: readonly (Part & { readonly plan: CutPlan })[],
  path: string,
): readonly Member[] {
  const lists = parts.map(({ index, plan }) => ({
    index,
    plan: { kind: "dict", value: {}, members: (plan.items ?? []).map((item, at) => [at, item] as const) } as const,
  }));
  const strict: Joiner = joiner.constants === "suffix" ? { ...joiner, constants: "equal" } : joiner;
  const join = (at: unknown, items: readonly Part[]): readonly Member[] =>
    items.length === parts.length
      ? joinValues(items.every(isDictPart) ? joiner : strict, at, items, `${path}[${String(at)}]`, false)
      : differing(parts, path, "lists of one length");
  return [[key, joinMembers(lists, path, join).map(([, item]) => item)]];
}

export function joinConstants(joiner: Joiner, key: unknown, parts: readonly Part[], path: string): readonly Member[] {
  const [first, ...others] = parts.map(({ plan }) => plan.value);
  if (joiner.constants === "suffix") return suffixed(key, parts, false);
  if (joiner.constants === "equal" && !others.every((other) => sameValue(first, other)))
    return differing(parts, path, "equal constants");
  return [[key, first]];
}

/** The values under names of their own; a single one may keep its name. */
function suffixed(key: unknown, parts: readonly Part[], always: boolean): readonly Member[] {
  if (parts.length === 1 && !always) return [[key, (parts[0] as Part).plan.value]];
  return parts.map(({ index, plan }) => [`${String(key)}_${index}`, plan.value]);
}

/** The axis that the values of all records lie along. One that could be either of two symbols is what the others are. */
function commonAxis(
  joiner: Joiner,
  parts: readonly (Part & { readonly plan: CutPlan })[],
  path: string,
): SymbolAxis | undefined {
  if (parts.some(({ plan }) => plan.axes.length > 1 || (plan.axes.length === 1 && plan.items)))
    throw new FormatError("unsupported", "items along more than one axis cannot be joined", { path });
  const candidates = parts.flatMap(({ plan }) => plan.axes);
  return candidates.find(({ axis, symbol }) =>
    parts.every(({ index, plan: { axes } }) => {
      const [own] = axes;
      const size = (joiner.records[index] as Survey).sizes.get(symbol);
      return own !== undefined && own.axis === axis && (own.symbol === symbol || own.size === size);
    }),
  );
}

function joined(parts: readonly (Part & { readonly plan: CutPlan })[], { axis }: SymbolAxis, path: string): unknown {
  const values = parts.map(({ plan }) => plan.value);
  if (!values.every((value) => value instanceof NdArray)) return (values as readonly (readonly unknown[])[]).flat();
  try {
    return concatenate(values, axis);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    const found = values.map((value) => `${value.dtype} ${shapeLabel(value.shape)}`).join(", ");
    throw new FormatError("mismatch", `${error.message}: cannot join ${found}`, { path, cause: error });
  }
}

function missingFrom({ records }: Joiner, parts: readonly Part[]): string {
  const missing = records.flatMap(({ size }, index) =>
    size > 0 && parts.every((part) => part.index !== index) ? [index] : [],
  );
  return missing.join(", ");
}

function hasItems(plan: Plan): boolean {
  if (plan.kind === "dict") return plan.members.some(([, member]) => hasItems(member));
  return plan.kind === "cut";
}

function isDictPart(part: Part): part is Part & { readonly plan: DictPlan } {
  return part.plan.kind === "dict";
}

function isCutPart(part: Part): part is Part & { readonly plan: CutPlan } {
  return part.plan.kind === "cut";
}
