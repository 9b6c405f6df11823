import { StructureKind } from "ts-morph";
import { camelCase, identifier, Names, RESERVED_TYPES, RESERVED_VARIABLES } from "../plan/names.js";
import { docs } from "../print/comment.js";
import { Code, type Literal } from "../print/literal.js";
import { quote } from "../print/text.js";
import { CORE, constant, exportAll, exportName, importOf, type Output, sourceFile } from "./output.js";

/** A thing that a file of its own describes, and that data sets name: a convention, a list. */
interface Item {
  readonly name: string;
  readonly file: string;
  readonly description: string;
}

/** How the modules of one kind of things are called and what stands in them. */
export interface Catalog<T extends Item> {
  /** Folder of the modules, and name of the table: `conventions`. */
  readonly plural: string;
  /** `convention` */
  readonly singular: string;
  /** Names in core: the type of a thing, that of an entry of the table, and the function that looks things up. */
  readonly type: string;
  readonly entry: string;
  readonly lookup: string;
  /** The type of one thing's constant, where it is narrower. */
  readonly typeOf: (item: T) => string;
  readonly literal: (item: T) => Literal;
  readonly size: (item: T) => number;
}

/** The module with the lazy table. No thing's name has a dot, so none has a file of this name. */
export function lazyModule({ plural }: Pick<Catalog<never>, "plural">): string {
  return `${plural}/index.lazy.gen`;
}

/** What that module exports: `conventions`, `loadConvention`. */
export function lazyNames({ plural, singular }: Pick<Catalog<never>, "plural" | "singular">): readonly string[] {
  return [plural, camelCase(`load_${singular}`)];
}

/**
 * `<plural>/<name>.gen.ts`, one for each thing; a table that loads each when it is asked for; and an index of them all.
 * Nothing when there are none.
 */
export function emitCatalog<T extends Item>(catalog: Catalog<T>, items: readonly T[]): Output[] {
  if (items.length === 0) return [];
  const names = new Names([...RESERVED_VARIABLES, ...RESERVED_TYPES, ...lazyNames(catalog)]);
  const named = items.map((item) => ({ item, name: names.take(identifier(camelCase(item.name))) }));
  return [...named.map((each) => moduleOf(catalog, each)), lazyOf(catalog, named), indexOf(catalog, named)];
}

interface Named<T> {
  readonly item: T;
  /** Name of the constant. */
  readonly name: string;
}

function moduleOf<T extends Item>(catalog: Catalog<T>, { item, name }: Named<T>): Output {
  const { plural, type, typeOf, literal } = catalog;
  return {
    path: `${plural}/${item.name}.gen.ts`,
    sources: [item.file],
    note: "",
    structure: sourceFile(importOf(CORE, [`type ${type}`]), [
      constant({ name, type: typeOf(item), value: literal(item), docs: docs({ text: [item.description] }, 117) }),
    ]),
  };
}

/** Bundles that find things by name hold the names at once and each thing when it is asked for. */
function lazyOf<T extends Item>(catalog: Catalog<T>, named: readonly Named<T>[]): Output {
  const { plural, singular, type, entry, lookup, size } = catalog;
  const [table, load] = lazyNames(catalog) as [string, string];
  const opening = `All ${plural} in brief, each loaded when first needed.`;
  const loading = `The ${singular} of that name, whatever the case of its letters; undefined when there is none. Loads that one only.`;
  const entries = named.map(({ item, name }): Literal => {
    const module = quote(`./${item.name}.gen.js`);
    const code = new Code(`() => import(${module}).then((module) => module.${name})`);
    return { name: item.name, size: size(item), load: code };
  });
  return {
    path: `${lazyModule(catalog)}.ts`,
    sources: named.map(({ item }) => item.file),
    note: "",
    structure: sourceFile(importOf(CORE, [`type ${type}`, `type ${entry}`, lookup]), [
      constant({ name: table, type: `readonly ${entry}[]`, value: entries, docs: docs({ opening, text: [] }) }),
      {
        kind: StructureKind.Function,
        name: load,
        isExported: true,
        isAsync: true,
        docs: docs({ opening: loading, text: [] }, 117),
        parameters: [{ name: "name", type: "string" }],
        returnType: `Promise<${type} | undefined>`,
        statements: [`return ${lookup}(${table})(name);`],
      },
    ]),
  };
}

function indexOf<T extends Item>({ plural }: Catalog<T>, named: readonly Named<T>[]): Output {
  return {
    path: `${plural}/index.gen.ts`,
    sources: named.map(({ item }) => item.file),
    note: "",
    structure: sourceFile(
      [],
      [...named.map(({ item, name }) => exportName(`./${item.name}.gen.js`, name)), exportAll("./index.lazy.gen.js")],
    ),
  };
}
