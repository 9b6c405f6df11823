import { dereference, memberField } from "../engine/resolve.js";
import type { Dim, Encoding, FieldLayout, Layout, ObjectLayout } from "../layout/layout.js";
import { type RangesRule, rangesRule } from "./ranges.js";

/** A size that a key of the data set states. */
export interface StatedSize {
  readonly symbol: string;
  readonly key: string;
  /** Value of the key that means "not known". */
  readonly unset: number | undefined;
}

/** What a layout says about dicts of its data set as a whole. */
export interface DictRules {
  readonly layout: Layout;
  readonly root: ObjectLayout;
  /** The key whose truth closes the dict to unsupported keys. */
  readonly strict: string | undefined;
  /** The key whose truth says that arrays are packed by their masks. */
  readonly packed: string | undefined;
  readonly sizes: readonly StatedSize[];
  /** Keys that say something about the dict and are no items of it, in schema order. */
  readonly state: readonly string[];
  readonly ranges: RangesRule | undefined;
}

export type MaskPack = Extract<Encoding, { codec: "mask-pack" }>;

const known = new WeakMap<Layout, DictRules>();

/** The rules of a layout. Throws `TypeError` when its root is no object. */
export function dictRules(layout: Layout): DictRules {
  let rules = known.get(layout);
  if (!rules) {
    rules = makeRules(layout);
    known.set(layout, rules);
  }
  return rules;
}

function makeRules(layout: Layout): DictRules {
  const root = dereference(layout, layout.root);
  if (root.kind !== "object") throw new TypeError(`${layout.title} is no dict: its root is of kind ${root.kind}`);
  const strict = root.closed?.when;
  const packed = packedKey(layout, root);
  const sizes = Object.entries(root.dims ?? {}).flatMap(([symbol, dim]) => statedSize(symbol, dim));
  const keys = new Set([strict, packed, ...sizes.map(({ key }) => key)]);
  const state = Object.keys(root.properties).filter((key) => keys.has(key));
  return { layout, root, strict, packed, sizes, state, ranges: rangesRule(layout, root) };
}

function statedSize(symbol: string, { equals, unset }: Dim): StatedSize[] {
  return typeof equals === "string" ? [{ symbol, key: equals, unset }] : [];
}

/** The flag that packing depends on. Throws `TypeError` when fields name several: a dict is packed as a whole. */
function packedKey(layout: Layout, root: ObjectLayout): string | undefined {
  const fields = [...Object.values(root.properties), ...root.patterns.map(({ field }) => field)];
  const flags = new Set(fields.flatMap((field) => maskPacks(layout, field).flatMap(({ when }) => when ?? [])));
  if (flags.size > 1) throw new TypeError(`${layout.title} packs by several flags: ${[...flags].join(", ")}`);
  return [...flags][0];
}

/** The mask-pack steps that a field, or a branch of it, has. */
function maskPacks(layout: Layout, field: FieldLayout): readonly MaskPack[] {
  const target = dereference(layout, field);
  if (target.kind === "choice") return target.branches.flatMap((branch) => maskPacks(layout, branch));
  if (target.kind !== "array") return [];
  return (target.encoding ?? []).filter((step): step is MaskPack => step.codec === "mask-pack");
}

/** Whether `key` is one of those that a strict dict may have. */
export function isSupported({ root }: DictRules, key: string): boolean {
  return Object.hasOwn(root.properties, key) && root.properties[key]?.extension !== true;
}

/** Whether values under `key` may be packed by a mask. */
function mayPack({ layout, root }: DictRules, key: string): boolean {
  const field = memberField(root, key)?.field;
  return field !== undefined && maskPacks(layout, field).length > 0;
}

/** Whether `key` is where the mask of a packed array stands. */
export function isMaskKey(rules: DictRules, key: string): boolean {
  const { layout, root } = rules;
  const fields = [...Object.values(root.properties), ...root.patterns.map(({ field }) => field)];
  return fields.some((field) => maskPacks(layout, field).some(({ mask }) => maskedBy(rules, mask, key)));
}

/** Whether `key` is the name that `template` gives the mask of some array. */
function maskedBy(rules: DictRules, template: string, key: string): boolean {
  const [before = "", after] = template.split("{key}");
  if (after === undefined) return template === key;
  if (!key.startsWith(before) || !key.endsWith(after) || key.length <= before.length + after.length) return false;
  return mayPack(rules, key.slice(before.length, key.length - after.length));
}
