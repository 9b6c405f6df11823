import { FormatError } from "../errors.js";
import type { DetectRule } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, Node } from "../tree/node.js";
import type { Value } from "../value/value.js";
import { exactValue } from "./exact.js";
import { RecordTree } from "./records/tree.js";
import { plainScalar } from "./scalar.js";

/** The largest number of keys and values that one of the rules demands and the file has; 0 when it fits none. */
export async function bestScore(rules: readonly DetectRule[], root: Node, options: WorkOptions = {}): Promise<number> {
  let score = 0;
  for (const rule of rules) score = Math.max(score, await scoreOf(rule, root, options));
  return score;
}

async function scoreOf(rule: DetectRule, root: Node, options: WorkOptions): Promise<number> {
  const named = rule.names === undefined ? undefined : matching(rule.names, root);
  if (rule.names !== undefined && named === undefined) return 0;
  const group = await unlessDamaged(groupOf(rule, root, { ...options, named }));
  if (!group) return 0;
  const keys = new Set(group.keys);
  const fits = rule.present.every((key) => keys.has(key)) && !rule.absent.some((key) => keys.has(key));
  const values = Object.entries(rule.values ?? {});
  if (!fits || !values.every(([key]) => keys.has(key))) return 0;
  for (const [key, value] of values) {
    const found = await unlessDamaged(valueAt(group, key, options));
    if (found !== value) return 0;
  }
  return rule.present.length + values.length + (named === undefined ? 0 : 1);
}

/** The first key of the root that matches. */
function matching(names: string, root: Node): string | undefined {
  const expression = new RegExp(names, "u");
  return root.kind === "group" ? root.keys.find((key) => expression.test(key)) : undefined;
}

/** What is damaged says nothing for a data set, and nothing against another one. */
export async function unlessDamaged<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** A single value; undefined for anything that is none, which is not read. */
async function valueAt(group: GroupNode, key: string, options: WorkOptions): Promise<unknown> {
  const node = await group.child(key, options);
  const single = node?.kind === "scalar" || (node?.kind === "array" && node.shape.length === 0);
  return single ? plainScalar((await exactValue(node, options)) as Value) : undefined;
}

interface MemberOptions extends WorkOptions {
  /** The member of which a rule speaks, where it says so. */
  readonly named: string | undefined;
}

/** The dict whose keys a rule speaks of. */
async function groupOf(rule: DetectRule, root: Node, options: MemberOptions): Promise<GroupNode | undefined> {
  let node: Node | undefined = root;
  if (rule.in === "items") node = root.kind === "list" && root.length > 0 ? await root.child(0, options) : undefined;
  else if (rule.in === "members") {
    const first = options.named ?? (root.kind === "group" ? root.keys[0] : undefined);
    node = root.kind === "group" && first !== undefined ? await root.child(first, options) : undefined;
  } else if (typeof rule.in === "object") node = await memberOf(root, rule.in.member, options);
  return node?.kind === "group" ? node : undefined;
}

/** A member, of a list its first item: that of a stream without counting the others. */
async function memberOf(root: Node, key: string, options: WorkOptions): Promise<Node | undefined> {
  if (root instanceof RecordTree && root.records.path === key) return root.records.node(0, options);
  const member = root.kind === "group" ? await root.child(key, options) : undefined;
  return member?.kind === "list" && member.length > 0 ? member.child(0, options) : member;
}
