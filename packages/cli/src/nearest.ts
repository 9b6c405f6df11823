import type { Layout, Node, ObjectLayout, RegistryEntry } from "@somakit/core";

/** The data set whose keys a file has most of, and how the file differs from it. */
export interface Nearest {
  readonly id: string;
  readonly title: string;
  /** Required keys that the file has not, as files store them. */
  readonly missing: readonly string[];
  /** Keys of the file that the schema does not describe. */
  readonly extra: readonly string[];
  /** Keys that both have. */
  readonly common: number;
}

/** Undefined for files without keys, and where no data set of this container shares any. */
export async function nearestOf(
  registry: readonly RegistryEntry[],
  container: string,
  root: Node,
): Promise<Nearest | undefined> {
  if (root.kind !== "group") return undefined;
  const { keys: attributes = [] } = (await root.attributes?.()) ?? {};
  const keys = [...root.keys, ...attributes.map((name) => `@${name}`)];
  let best: { readonly nearest: Nearest; readonly likeness: number } | undefined;
  for (const entry of registry.filter(({ containers }) => containers.includes(container))) {
    const layout = await entry.load();
    const object = rootOf(layout);
    const found = object && compared(layout, object, keys);
    if (!found || found.common === 0) continue;
    const likeness = found.common / (found.common + found.missing.length + found.extra.length);
    if (best && best.likeness >= likeness) continue;
    best = { nearest: { id: entry.id, title: entry.title, ...found }, likeness };
  }
  return best?.nearest;
}

function compared(layout: Layout, object: ObjectLayout, keys: readonly string[]): Omit<Nearest, "id" | "title"> {
  const names = new Map(Object.entries(object.properties).map(([key, field]) => [key, namesOf(layout, key, field)]));
  const known = new Set([...names.values()].flat());
  const patterns = object.patterns.map(({ pattern }) => new RegExp(pattern, "u"));
  const common = keys.filter((key) => known.has(key));
  const extra = keys.filter((key) => !known.has(key) && !patterns.some((pattern) => pattern.test(key)));
  const present = new Set(keys);
  const lacks = object.required.filter((key) => !(names.get(key) ?? [key]).some((name) => present.has(name)));
  const missing = lacks.map((key) => names.get(key)?.[0] ?? key);
  return { missing, extra, common: common.length };
}

/** Names of a member, as files store them; attributes with `@` in front. */
function namesOf(layout: Layout, key: string, field: ObjectLayout["properties"][string]): readonly string[] {
  const { stored } = field;
  const { place } = field.kind === "ref" && !field.place ? (layout.defs[field.name] ?? field) : field;
  if (place?.kind === "attribute") return [`@${place.name}`];
  return [stored?.name ?? key, ...(stored?.aliases ?? [])];
}

function rootOf(layout: Layout): ObjectLayout | undefined {
  let { root } = layout;
  for (let hops = 0; root.kind === "ref" && hops < 64; hops++) root = layout.defs[root.name] ?? root;
  return root.kind === "object" ? root : undefined;
}

const SHOWN = 8;

/** `lacks a, b; has x besides`. */
export function nearestText({ title, id, missing, extra, common }: Nearest): string {
  const parts = [
    `${title} (${id}): ${common} ${common === 1 ? "key" : "keys"} in common`,
    ...(missing.length > 0 ? [`lacks ${listed(missing)}`] : []),
    ...(extra.length > 0 ? [`has ${listed(extra)} besides`] : []),
  ];
  return parts.join("; ");
}

function listed(keys: readonly string[]): string {
  const more = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : "";
  return keys.slice(0, SHOWN).join(", ") + more;
}
