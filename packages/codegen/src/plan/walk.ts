import type { Dataset, Field } from "../ir.js";

/** A child of a field and the words that name it within its parent. */
export interface Child {
  readonly field: Field;
  readonly label: string;
}

/** Every field directly below `field`, in schema order. */
export function children(field: Field): Child[] {
  return [
    ...field.properties.map(({ key, field: child }) => ({ field: child, label: key })),
    ...field.patterns.map(({ field: child }, index) => ({ field: child, label: `pattern ${index + 1}` })),
    ...(field.additional ? [{ field: field.additional, label: "value" }] : []),
    ...field.prefix.map((child, index) => ({ field: child, label: `item ${index + 1}` })),
    ...(field.items ? [{ field: field.items, label: "item" }] : []),
    ...field.branches.map((child, index) => ({ field: child, label: `option ${index + 1}` })),
  ];
}

/** The field that `field` stands for: itself, or what its chain of references ends at. */
export function resolve(dataset: Dataset, field: Field): Field {
  const seen = new Set<Field>();
  let current = field;
  while (current.layout.kind === "ref" && !seen.has(current)) {
    seen.add(current);
    const { name } = current.layout;
    const target = dataset.defs.find((def) => def.name === name)?.field;
    if (!target) throw new Error(`${dataset.file}: no definition is called ${JSON.stringify(name)}`);
    current = target;
  }
  return current;
}

/** Says what to do with each property of an object in an accessor. */
export type MemberKind = "value" | "group" | "list";

export function memberKind(dataset: Dataset, field: Field): MemberKind {
  const target = resolve(dataset, field);
  if (target.layout.kind === "object") return "group";
  if (target.layout.kind !== "list" || target.prefix.length > 0 || !target.items) return "value";
  return resolve(dataset, target.items).layout.kind === "object" ? "list" : "value";
}

/** Whether a property of the root holds the records of a stream that repeat: these are read, not found in an open file. */
export function isRecordList(dataset: Dataset, field: Field): boolean {
  const list = dataset.records?.find(({ repeat }) => repeat);
  return (
    list !== undefined && dataset.root.properties.some(({ key, field: own }) => key === list.name && own === field)
  );
}
