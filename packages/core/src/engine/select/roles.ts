import type { ArrayLayout, FieldLayout, Layout } from "../../layout/layout.js";
import { ownName } from "../encoding.js";
import { dereference, memberField } from "../resolve.js";
import type { Axes } from "./axes.js";

/**
 * What a member of the root says about other members: which items a mask left out of them, the convention of their
 * keypoints, whether they are packed, whether unknown keys are forbidden.
 */
export type Role = "mask" | "convention" | "packed" | "closed";

/** The role that the schema gives to the member `key`; `undefined` for one that speaks for itself. */
export function roleOf(axes: Axes, key: string): Role | undefined {
  if (axes.root.closed?.when === key) return "closed";
  return rolesOf(axes).find(({ template, owner }) => owns(axes, template, owner, key))?.role;
}

interface RoleRule {
  readonly role: Role;
  /** Name of the sibling that plays the role, `{key}` for that of the member it speaks about. */
  readonly template: string;
  /** That member, where it is a property; a pattern's members can be many. */
  readonly owner: string | undefined;
}

const known = new WeakMap<Axes, readonly RoleRule[]>();

function rolesOf(axes: Axes): readonly RoleRule[] {
  let rules = known.get(axes);
  if (!rules) {
    const properties = Object.entries(axes.root.properties).flatMap(([key, field]) => rulesIn(axes.layout, field, key));
    const patterns = axes.root.patterns.flatMap(({ field }) => rulesIn(axes.layout, field, undefined));
    rules = [...properties, ...patterns];
    known.set(axes, rules);
  }
  return rules;
}

function rulesIn(layout: Layout, field: FieldLayout, owner: string | undefined): RoleRule[] {
  return arraysIn(layout, field).flatMap(({ encoding, keypoints }) => {
    const rules: RoleRule[] = [];
    for (const step of encoding ?? []) {
      if (step.codec !== "mask-pack") continue;
      rules.push({ role: "mask", template: step.mask, owner });
      if (step.when !== undefined) rules.push({ role: "packed", template: step.when, owner });
    }
    if (keypoints?.field !== undefined) rules.push({ role: "convention", template: keypoints.field, owner });
    return rules;
  });
}

/** Whether `key` is the name that the template gives: for its owner, or for some member under the same pattern. */
function owns(axes: Axes, template: string, owner: string | undefined, key: string): boolean {
  if (owner !== undefined) return ownName(template, owner) === key;
  const [before, after, ...more] = template.split("{key}") as [string, string?, ...string[]];
  if (after === undefined) return template === key;
  if (more.length > 0 || !key.startsWith(before) || !key.endsWith(after)) return false;
  const about = key.slice(before.length, key.length - after.length);
  const member = ownName(template, about) === key ? memberField(axes.root, about) : undefined;
  return (
    member !== undefined && rulesIn(axes.layout, member.field, undefined).some((rule) => rule.template === template)
  );
}

/** The forms of a field that are arrays. */
export function arraysIn(layout: Layout, field: FieldLayout): readonly ArrayLayout[] {
  const target = dereference(layout, field);
  if (target.kind === "array") return [target];
  return target.kind === "choice" ? target.branches.flatMap((branch) => arraysIn(layout, branch)) : [];
}
