import type { Convention } from "../ir.js";
import { camelCase, identifier, Names, RESERVED_TYPES, RESERVED_VARIABLES } from "../plan/names.js";
import { docs } from "../print/comment.js";
import type { Literal } from "../print/literal.js";
import { CORE, constant, exportAll, importOf, type Output, sourceFile } from "./output.js";

/** `conventions/<name>.gen.ts`, one for each convention, and an index of them; nothing when there are none. */
export function emitConventions(conventions: readonly Convention[]): Output[] {
  const names = new Names([...RESERVED_VARIABLES, ...RESERVED_TYPES]);
  const named = conventions.map((convention) => ({
    convention,
    name: names.take(identifier(camelCase(convention.name))),
  }));
  return conventions.length === 0
    ? []
    : [...named.map(({ convention, name }) => conventionOf(convention, name)), indexOf(conventions)];
}

function conventionOf(convention: Convention, name: string): Output {
  const { file, description, keypoints, edges } = convention;
  const literal: Literal = { name: convention.name, description, keypoints: keypoints as unknown as Literal, edges };
  return {
    path: `conventions/${convention.name}.gen.ts`,
    sources: [file],
    note: "",
    structure: sourceFile(importOf(CORE, ["type Convention"]), [
      constant({ name, type: "Convention", value: literal, docs: docs({ text: [description] }, 117) }),
    ]),
  };
}

function indexOf(conventions: readonly Convention[]): Output {
  return {
    path: "conventions/index.gen.ts",
    sources: conventions.map(({ file }) => file),
    note: "",
    structure: sourceFile(
      [],
      conventions.map(({ name }) => exportAll(`./${name}.gen.js`)),
    ),
  };
}
