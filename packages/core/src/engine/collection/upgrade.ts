import type { Layout, ObjectLayout } from "../../layout/layout.js";
import type { GroupNode } from "../../tree/node.js";
import { memberPath } from "../../value/path.js";
import { NumpyScalar } from "../../value/value.js";
import type { GroupAccessor } from "../accessor.js";
import { concrete, dereference, memberField } from "../resolve.js";
import type { Change } from "../upgrade/changes.js";
import type { Collection } from "./collection.js";
import { itemField } from "./content.js";
import type { MemberEdits } from "./item.js";

/** A collection as its schema wants it, and what was changed for that, in the order of its items. */
export interface UpgradedCollection<C> {
  readonly list: C;
  readonly changes: readonly Change[];
}

/** What a data set does to an item beyond what its schema says. */
export type UpgradeItem<A> = (
  item: A,
  note: (key: string, message: string, rule?: string) => void,
) => MemberEdits | Promise<MemberEdits>;

/**
 * The records of a list as the schema has them today: entries that are no records left out, numbers of Python where the
 * schema wants them in place of numpy's, and whatever `more` does. `note` takes the key that is changed, and the key of the
 * schema that says so when it is another one. Arrays stay where they are.
 */
export async function upgradeCollection<A extends GroupAccessor<unknown>, C extends Collection<A>>(
  list: C,
  more: UpgradeItem<A> = () => ({}),
): Promise<UpgradedCollection<C>> {
  const { layout, facts } = list.kind;
  const field = dereference(layout, itemField(layout, facts)) as ObjectLayout;
  const changes: Change[] = list.gaps.map((index) => ({
    path: list.at(index).path,
    message: "no record; left out",
    rule: `${layout.schema}#${field.rule}`,
  }));
  const whole = list.withoutGaps();
  const edited = await whole.edit(async (item) => {
    const group = (await item.node()) as GroupNode;
    const note = (key: string, message: string, rule = key): void =>
      void changes.push({ path: memberPath(item.path, key), message, rule: ruleOf(layout, field, rule) });
    return { ...(await pythonNumbers(layout, field, group, note)), ...(await more(item, note)) };
  });
  return { list: changes.length === 0 ? list : edited, changes };
}

function ruleOf({ schema }: Layout, field: ObjectLayout, key: string): string {
  return `${schema}#${memberField(field, key)?.field.rule ?? field.rule}`;
}

/** numpy's whole numbers where the schema wants Python's. */
async function pythonNumbers(
  layout: Layout,
  field: ObjectLayout,
  group: GroupNode,
  note: (key: string, message: string) => void,
): Promise<MemberEdits> {
  const edits: Record<string, unknown> = {};
  for (const key of group.keys) {
    // Numbers of Python need no node.
    if (group.valueNow?.(key) !== undefined) continue;
    const node = await group.child(key);
    if (node?.kind !== "scalar" || !(node.value instanceof NumpyScalar) || !/int/.test(node.value.type.name)) continue;
    const member = memberField(field, key);
    const target = member && concrete(layout, member.field, node);
    if (target?.kind !== "scalar" || target.stored?.as !== "python-scalar") continue;
    const { value } = node.value;
    edits[key] = Number.isSafeInteger(Number(value)) ? Number(value) : value;
    note(key, `a number of numpy (${node.value.type.name}); it becomes Python's`);
  }
  return edits;
}
