import { StructureKind } from "ts-morph";
import type { Convention } from "../ir.js";
import { camelCase, identifier, Names, RESERVED_TYPES, RESERVED_VARIABLES } from "../plan/names.js";
import { docs } from "../print/comment.js";
import { Code, type Literal } from "../print/literal.js";
import { quote } from "../print/text.js";
import { CORE, constant, exportAll, exportName, importOf, type Output, sourceFile } from "./output.js";

/** The module with the lazy table. No convention's name has a dot, so none has a file of this name. */
export const LAZY_CONVENTIONS = "conventions/index.lazy.gen";
/** What that module exports. */
export const LAZY_NAMES: readonly string[] = ["conventions", "loadConvention"];

interface Named {
  readonly convention: Convention;
  /** Name of the constant. */
  readonly name: string;
}

/**
 * `conventions/<name>.gen.ts`, one for each convention; a table that loads each when it is asked for; and an index of
 * them all. Nothing when there are none.
 */
export function emitConventions(conventions: readonly Convention[]): Output[] {
  if (conventions.length === 0) return [];
  const names = new Names([...RESERVED_VARIABLES, ...RESERVED_TYPES, ...LAZY_NAMES]);
  const named = conventions.map((convention) => ({
    convention,
    name: names.take(identifier(camelCase(convention.name))),
  }));
  return [...named.map(conventionOf), lazyOf(named), indexOf(named)];
}

function conventionOf({ convention, name }: Named): Output {
  const { file, description, keypoints, limbs } = convention;
  const literal = { name: convention.name, description, keypoints, limbs } as unknown as Literal;
  return {
    path: `conventions/${convention.name}.gen.ts`,
    sources: [file],
    note: "",
    structure: sourceFile(importOf(CORE, ["type Convention"]), [
      constant({ name, type: "Convention", value: literal, docs: docs({ text: [description] }, 117) }),
    ]),
  };
}

/** Bundles that find conventions by name hold the names at once and each convention when it is asked for. */
function lazyOf(named: readonly Named[]): Output {
  const opening = "All conventions in brief, each loaded when first needed.";
  const load =
    "The convention of that name, whatever the case of its letters; undefined when there is none. Loads that one only.";
  return {
    path: `${LAZY_CONVENTIONS}.ts`,
    sources: named.map(({ convention }) => convention.file),
    note: "",
    structure: sourceFile(importOf(CORE, ["type Convention", "type ConventionEntry", "conventionLookup"]), [
      constant({
        name: "conventions",
        type: "readonly ConventionEntry[]",
        value: named.map(entryOf),
        docs: docs({ opening, text: [] }),
      }),
      {
        kind: StructureKind.Function,
        name: "loadConvention",
        isExported: true,
        isAsync: true,
        docs: docs({ opening: load, text: [] }, 117),
        parameters: [{ name: "name", type: "string" }],
        returnType: "Promise<Convention | undefined>",
        statements: ["return conventionLookup(conventions)(name);"],
      },
    ]),
  };
}

function entryOf({ convention, name }: Named): Literal {
  const module = quote(`./${convention.name}.gen.js`);
  return {
    name: convention.name,
    size: convention.keypoints.length,
    load: new Code(`() => import(${module}).then((module) => module.${name})`),
  };
}

function indexOf(named: readonly Named[]): Output {
  return {
    path: "conventions/index.gen.ts",
    sources: named.map(({ convention }) => convention.file),
    note: "",
    structure: sourceFile(
      [],
      [
        ...named.map(({ convention, name }) => exportName(`./${convention.name}.gen.js`, name)),
        exportAll("./index.lazy.gen.js"),
      ],
    ),
  };
}
