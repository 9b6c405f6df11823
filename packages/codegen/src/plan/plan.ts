import type { Dataset, Field } from "../ir.js";
import { identifier, Names, pascalCase, RESERVED_TYPES } from "./names.js";
import { definitionSizes, innerSizes, type Sizes } from "./sizes.js";
import { children, isRecordList, memberKind, resolve } from "./walk.js";

/** A type that the generated files declare: the data set itself, a shared part, or an object inside one of them. */
export interface NamedType {
  readonly name: string;
  readonly field: Field;
  /** Sizes of the symbols around it. */
  readonly sizes: Sizes;
}

/** Names and paths of all that is generated for one data set, decided once so that emitters agree on them. */
export interface Plan {
  readonly dataset: Dataset;
  /** Whether core can open its files. */
  readonly supported: boolean;
  /** Declarations in order: the data set, its shared parts, objects inside them. */
  readonly types: readonly NamedType[];
  /** Accessor classes, the file's own first; only those that can be reached from it. */
  readonly accessors: readonly { readonly name: string; readonly type: NamedType }[];
  /** Name of the type that is declared for this very field. */
  typeName(field: Field): string | undefined;
  /** Name of the type of a shared part. */
  definitionName(name: string): string;
  /** Name of the accessor class of an object, found through references. */
  accessorName(field: Field): string;
}

export function planDataset(dataset: Dataset): Plan {
  const names = new Names(RESERVED_TYPES);
  const supported = dataset.containers.some((container) => container.supported);
  const types = nameTypes(dataset, names);
  const byField = new Map(types.map((type) => [type.field, type]));
  const accessors = supported ? nameAccessors(dataset, byField, names) : [];
  const classes = new Map(accessors.map(({ name, type }) => [type.field, name]));
  const definitions = new Map(dataset.defs.map(({ name, field }) => [name, byField.get(field)?.name]));
  return {
    dataset,
    supported,
    types,
    accessors,
    typeName: (field) => byField.get(field)?.name,
    definitionName: (name) => known(definitions.get(name), name),
    accessorName: (field) => known(classes.get(resolve(dataset, field)), field.pointer),
  };
}

function nameTypes(dataset: Dataset, names: Names): NamedType[] {
  const inherited = definitionSizes(dataset);
  const named: NamedType[] = [
    { name: names.take(typeIdentifier(dataset.typeName)), field: dataset.root, sizes: new Map() },
  ];
  for (const { name, field } of dataset.defs) {
    named.push({ name: names.take(typeIdentifier(name)), field, sizes: inherited.get(name) ?? new Map() });
  }
  const inner: NamedType[] = [];
  const visit = (field: Field, prefix: string, outer: Sizes): void => {
    const sizes = innerSizes(field, outer);
    for (const { field: child, label } of children(field)) {
      const wanted = prefix + pascalCase(label);
      const name = child.layout.kind === "object" ? names.take(wanted) : wanted;
      if (child.layout.kind === "object") inner.push({ name, field: child, sizes });
      visit(child, name, sizes);
    }
  };
  for (const { name, field, sizes } of named) visit(field, name, sizes);
  return [...named, ...inner];
}

function nameAccessors(
  dataset: Dataset,
  types: ReadonlyMap<Field, NamedType>,
  names: Names,
): { name: string; type: NamedType }[] {
  const accessors: { name: string; type: NamedType }[] = [];
  const seen = new Set<Field>();
  const visit = (field: Field, suffix: string): void => {
    const type = types.get(field);
    if (!type || seen.has(field)) return;
    seen.add(field);
    accessors.push({ name: names.take(type.name + suffix), type });
    for (const { field: property } of field.properties) {
      const kind = field === dataset.root && isRecordList(dataset, property) ? "value" : memberKind(dataset, property);
      const target = resolve(dataset, property);
      if (kind === "group") visit(target, "Accessor");
      else if (kind === "list" && target.items) visit(resolve(dataset, target.items), "Accessor");
    }
  };
  const root = resolve(dataset, dataset.root);
  visit(root, "File");
  if (memberKind(dataset, root) === "list" && root.items) visit(resolve(dataset, root.items), "Accessor");
  return accessors;
}

function typeIdentifier(name: string): string {
  return identifier(/^[A-Z][\w$]*$/.test(name) ? name : pascalCase(name));
}

function known(name: string | undefined, what: string): string {
  if (name === undefined) throw new Error(`nothing was planned for ${JSON.stringify(what)}`);
  return name;
}
