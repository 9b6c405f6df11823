import type { ObjectLayout, References } from "../../layout/layout.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Report } from "./report.js";
import type { Walk } from "./state.js";

/** The names that were met for a list of the file. */
export interface Naming {
  readonly references: References;
  readonly rule: string;
  readonly names: { readonly name: string | number; readonly path: string }[];
}

/** Remembers a name for the end, when the list that it refers to is known. */
export function noteReference(
  walk: Walk,
  { references, rule }: { readonly references: References; readonly rule: string },
  met: Naming["names"][number],
): void {
  let naming = walk.namings.get(rule);
  if (!naming) {
    naming = { references, rule, names: [] };
    walk.namings.set(rule, naming);
  }
  naming.names.push(met);
}

/**
 * Reports names that lead nowhere, and items that nobody names where somebody should. `root` is plain, without arrays; `lists` are
 * those of its lists that are not in it. Where not all items were looked at nobody can tell.
 */
export function checkReferences(
  report: Report,
  namings: Iterable<Naming>,
  root: unknown,
  lists: ReadonlyMap<string, readonly unknown[]>,
): void {
  for (const { references, rule, names } of namings) {
    const items = lists.get(references.list) ?? (isRecord(root) ? root[references.list] : undefined);
    if (!Array.isArray(items) || report.isCut(references.complete ? undefined : memberPath("", references.list)))
      continue;
    const [first] = items as readonly unknown[];
    const key = references.key.find((candidate) => isRecord(first) && Object.hasOwn(first, candidate));
    const known = key === undefined ? new Map<string | number, number>() : positionsOf(items, key);
    const what = key ?? references.key.join(" or ");
    const used = new Set<string | number>();
    for (const { name, path } of names) {
      used.add(name);
      if (known.has(name)) continue;
      const message = `no item of ${references.list} has the ${what} ${JSON.stringify(name)}`;
      report.add({ code: "constraint", path, message, actual: String(name), rule: `${rule}/references` });
    }
    const unnamed = references.complete ? [...known].filter(([name]) => !used.has(name)) : [];
    if (unnamed.length > 0) reportUnnamed(report, { references, rule, what }, unnamed, known.size);
  }
}

/** Names that are told of many. */
const SHOWN = 5;

/** One issue for all items that nobody names: there may be as many as there are items. */
function reportUnnamed(
  report: Report,
  { references, rule, what }: Pick<Naming, "references" | "rule"> & { readonly what: string },
  unnamed: readonly (readonly [name: string | number, index: number])[],
  total: number,
): void {
  const names = unnamed.map(([name]) => JSON.stringify(name));
  const [[actual, index]] = unnamed as [readonly [string | number, number]];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const list = `${names.slice(0, SHOWN).join(", ")}${more}`;
  const isOne = names.length === 1;
  report.add({
    code: "constraint",
    path: isOne ? elementPath(references.list, index) : references.list,
    message: isOne
      ? `nothing refers to it by its ${what}, ${list}`
      : `nothing refers to ${names.length} of ${total} items by their ${what}: ${list}`,
    actual: String(actual),
    rule: `${rule}/references`,
  });
}

/** The first item that has each name, or number. */
function positionsOf(items: readonly unknown[], key: string): ReadonlyMap<string | number, number> {
  const known = new Map<string | number, number>();
  for (const [index, item] of items.entries()) {
    const name = isRecord(item) ? item[key] : undefined;
    if ((typeof name === "string" || typeof name === "number") && !known.has(name)) known.set(name, index);
  }
  return known;
}

/** Reports items of lists that another list has too, where the keys of both belong together. */
export function checkDisjoint(
  walk: Walk,
  field: ObjectLayout,
  path: string,
  record: Readonly<Record<string, unknown>>,
): void {
  if (field.disjoint === undefined) return;
  const expression = new RegExp(field.disjoint, "u");
  const groups = new Map<string, Map<unknown, string>>();
  for (const [key, items] of Object.entries(record)) {
    const match = expression.exec(key);
    if (!match || !Array.isArray(items)) continue;
    const group = JSON.stringify(match.slice(1));
    const owners = groups.get(group) ?? new Map<unknown, string>();
    groups.set(group, owners);
    for (const [index, item] of (items as readonly unknown[]).entries()) {
      const owner = owners.get(item);
      if (owner === undefined) owners.set(item, key);
      else if (owner !== key) report(walk, field, elementPath(memberPath(path, key), index), { item, owner });
    }
  }
}

function report(walk: Walk, field: ObjectLayout, path: string, found: { item: unknown; owner: string }): void {
  const item = JSON.stringify(found.item);
  const message = `${item} is in ${found.owner} as well`;
  walk.report.add({ code: "constraint", path, message, actual: item, rule: `${field.rule}/disjoint` });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
