import type { FieldLayout, Layout } from "@somakit/core";

/** Whether the root of a data set has a member that is stored, or once was, under a name that the schema gives. */
export function namesMember(layout: Layout, name: string): boolean {
  const root = layout.root.kind === "ref" ? layout.defs[layout.root.name] : layout.root;
  if (root?.kind !== "object") return true;
  return (
    Object.entries(root.properties).some(
      ([key, { stored }]) => name === (stored?.name ?? key) || stored?.aliases?.includes(name) === true,
    ) || root.patterns.some(({ pattern }) => new RegExp(pattern, "u").test(name))
  );
}

/** Whether the schema describes a key of that name, at any depth. */
export function describesKey({ root, defs }: Layout, key: string): boolean {
  return [root, ...Object.values(defs)].some((field) => hasKey(field, key));
}

function hasKey(field: FieldLayout, key: string): boolean {
  switch (field.kind) {
    case "object": {
      if (Object.hasOwn(field.properties, key)) return true;
      const others = [
        ...field.patterns.map((pattern) => pattern.field),
        ...(field.additional ? [field.additional] : []),
      ];
      return [...Object.values(field.properties), ...others].some((member) => hasKey(member, key));
    }
    case "list":
      return [...field.prefix, ...(field.items ? [field.items] : [])].some((item) => hasKey(item, key));
    case "choice":
      return field.branches.some((branch) => hasKey(branch, key));
    default:
      return false;
  }
}
