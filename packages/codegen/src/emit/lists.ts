import { StructureKind } from "ts-morph";
import type { NamedList } from "../ir.js";
import { camelCase, identifier, Names, RESERVED_TYPES, RESERVED_VARIABLES } from "../plan/names.js";
import { docs } from "../print/comment.js";
import { Code, type Literal } from "../print/literal.js";
import { quote } from "../print/text.js";
import { CORE, constant, exportAll, exportName, importOf, type Output, sourceFile } from "./output.js";

/** The module with the lazy table. No list's name has a dot, so none has a file of this name. */
export const LAZY_LISTS = "lists/index.lazy.gen";
/** What that module exports. */
export const LAZY_LIST_NAMES: readonly string[] = ["lists", "loadList"];

interface Named {
  readonly list: NamedList;
  /** Name of the constant. */
  readonly name: string;
}

/**
 * `lists/<name>.gen.ts`, one for each list; a table that loads each when it is asked for; and an index of them all.
 * Nothing when there are none.
 */
export function emitLists(lists: readonly NamedList[]): Output[] {
  if (lists.length === 0) return [];
  const names = new Names([...RESERVED_VARIABLES, ...RESERVED_TYPES, ...LAZY_LIST_NAMES]);
  const named = lists.map((list) => ({ list, name: names.take(identifier(camelCase(list.name))) }));
  return [...named.map(listOf), lazyOf(named), indexOf(named)];
}

function listOf({ list, name }: Named): Output {
  const { file, description, items } = list;
  const literal: Literal = { name: list.name, description, items };
  return {
    path: `lists/${list.name}.gen.ts`,
    sources: [file],
    note: "",
    structure: sourceFile(importOf(CORE, ["type NamedList"]), [
      constant({ name, type: typeOf(list), value: literal, docs: docs({ text: [description] }, 117) }),
    ]),
  };
}

function typeOf({ items }: NamedList): string {
  return `NamedList<${typeof items[0] === "string" ? "string" : "number"}>`;
}

function lazyOf(named: readonly Named[]): Output {
  const opening = "All lists in brief, each loaded when first needed.";
  const load =
    "The list of that name, whatever the case of its letters; undefined when there is none. Loads that one only.";
  return {
    path: `${LAZY_LISTS}.ts`,
    sources: named.map(({ list }) => list.file),
    note: "",
    structure: sourceFile(importOf(CORE, ["type ListEntry", "type NamedList", "listLookup"]), [
      constant({
        name: "lists",
        type: "readonly ListEntry[]",
        value: named.map(entryOf),
        docs: docs({ opening, text: [] }),
      }),
      {
        kind: StructureKind.Function,
        name: "loadList",
        isExported: true,
        isAsync: true,
        docs: docs({ opening: load, text: [] }, 117),
        parameters: [{ name: "name", type: "string" }],
        returnType: "Promise<NamedList | undefined>",
        statements: ["return listLookup(lists)(name);"],
      },
    ]),
  };
}

function entryOf({ list, name }: Named): Literal {
  const module = quote(`./${list.name}.gen.js`);
  return {
    name: list.name,
    size: list.items.length,
    load: new Code(`() => import(${module}).then((module) => module.${name})`),
  };
}

function indexOf(named: readonly Named[]): Output {
  return {
    path: "lists/index.gen.ts",
    sources: named.map(({ list }) => list.file),
    note: "",
    structure: sourceFile(
      [],
      [...named.map(({ list, name }) => exportName(`./${list.name}.gen.js`, name)), exportAll("./index.lazy.gen.js")],
    ),
  };
}
