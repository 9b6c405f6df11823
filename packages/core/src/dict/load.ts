import { type Decoder, decode, verifyHeader } from "../engine/decode.js";
import { fillDefaults } from "../engine/defaults.js";
import { modernise } from "../engine/legacy.js";
import { type OpenOptions, openFile } from "../engine/open.js";
import { concrete, memberField } from "../engine/resolve.js";
import { FormatError } from "../errors.js";
import type { FieldLayout, Layout } from "../layout/layout.js";
import { NdArray } from "../ndarray/ndarray.js";
import type { Input } from "../source/input.js";
import type { WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { arrayNode, isPlainObject, nodeOfValue } from "../tree/value-node.js";
import { memberPath } from "../value/path.js";
import { type DictRules, isSupported } from "./rules.js";

/** A tree as a dict takes it: packed as it is stored, otherwise up to date. */
export interface LoadedRecord {
  readonly record: Record<string, unknown>;
  /** Keys that were filled in and are no supported ones. */
  readonly added: readonly string[];
}

/** Reads all of a file; see {@link recordOfTree}. */
export async function loadFile(rules: DictRules, input: Input, options: OpenOptions): Promise<LoadedRecord> {
  const { container, root, source } = await openFile(rules.layout, input, options);
  try {
    return await recordOfTree(rules, root, { ...options, holds: container.codec.holds, nulls: container.nulls });
  } finally {
    if (source !== input) await source.close?.();
  }
}

type TreeOptions = WorkOptions & Partial<Pick<Decoder, "holds" | "nulls">>;

/**
 * All of a tree without unpacking it: outdated forms of values are brought up to date, names of conventions and other
 * defaults filled in, values that are not what the schema states left as they are.
 */
export async function recordOfTree(rules: DictRules, node: Node, tree: TreeOptions = {}): Promise<LoadedRecord> {
  const { layout, root } = rules;
  const { holds = "values", nulls = "keep", ...work } = tree;
  const options = { ...work, form: "stored", mismatches: "keep" } as const;
  const stored = await decode({ layout, holds, nulls, options }, root, node);
  if (!isPlainObject(stored)) throw new FormatError("mismatch", `${layout.title} is a dict`, { path: node.path });
  const record = current(layout, root, stored, "") as Record<string, unknown>;
  const present = new Set(Object.keys(record));
  fillDefaults(layout, root, record);
  const added = Object.keys(record).filter((key) => !present.has(key) && !isSupported(rules, key));
  return { record, added };
}

/** The value with arrays in outdated forms brought up to date. Dicts that are changed are new ones. */
function current(layout: Layout, field: FieldLayout, value: unknown, path: string): unknown {
  const target = concrete(layout, field, nodeOfValue(value, path));
  if (target.kind === "array" && value instanceof NdArray) {
    try {
      return verifyHeader(target, arrayNode(value, path)) ? modernise(target, value, path) : value;
    } catch (error) {
      if (error instanceof FormatError && error.code === "mismatch") return value;
      throw error;
    }
  }
  if (target.kind !== "object" || !isPlainObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => {
    const known = memberField(target, key);
    return [key, known ? current(layout, known.field, member, memberPath(path, key)) : member] as const;
  });
  return Object.fromEntries(members);
}
