import type { FieldLayout, Layout, ObjectLayout } from "@somakit/core";

/** The names under which something is known, and those that it has to have. */
export interface Names {
  /** Whether the schema describes a name. */
  readonly describes: (name: string) => boolean;
  /** What of the schema a name is; undefined for one that only a pattern allows. */
  readonly memberOf: (name: string) => string | undefined;
  /** Members that have to be there, by what {@link memberOf} calls them. */
  readonly required: readonly string[];
  /** What files call a member. */
  readonly nameOf: (member: string) => string;
}

/** A reference as what it refers to. */
export function dereferenced(layout: Layout, field: FieldLayout): FieldLayout | undefined {
  let target: FieldLayout | undefined = field;
  for (let hops = 0; target?.kind === "ref" && hops < 64; hops++) target = layout.defs[target.name];
  return target?.kind === "ref" ? undefined : target;
}

/** Names as files store them; attributes with `@` in front. */
export function storedNames(layout: Layout, object: ObjectLayout): Names {
  const stored = Object.entries(object.properties).map(([key, field]) => [key, namesOf(layout, key, field)] as const);
  const members = new Map(stored.flatMap(([key, names]) => names.map((name) => [name, key] as const)));
  const first = new Map(stored.map(([key, [name = key]]) => [key, name]));
  const patterns = object.patterns.map(({ pattern }) => new RegExp(pattern, "u"));
  return {
    describes: (name) => members.has(name) || patterns.some((pattern) => pattern.test(name)),
    memberOf: (name) => members.get(name),
    required: object.required,
    nameOf: (member) => first.get(member) ?? member,
  };
}

function namesOf(layout: Layout, key: string, field: FieldLayout): readonly string[] {
  const { stored } = field;
  const place = field.place ?? dereferenced(layout, field)?.place;
  if (place?.kind === "attribute") return [`@${place.name}`];
  return [stored?.name ?? key, ...(stored?.aliases ?? [])];
}
