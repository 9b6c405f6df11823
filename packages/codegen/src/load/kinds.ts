import { dialectFiles } from "../dialect/dialect.gen.js";
import { editorSchema } from "../dialect/editor.js";
import type { JsonObject } from "../ir.js";
import { CONVENTION_ID, DIALECT_ID, LIST_ID } from "./dialect.js";
import type { Problems } from "./problems.js";
import { baseName, resolvePath } from "./refs.js";
import { text } from "./shape.js";

/** What a file of the folder is: a schema, a convention, a list, or a copy of the dialect for editors. */
export type FileKind = "schema" | "convention" | "list" | "dialect";

const CONVENTION = /(?:^|\/)dialect\/convention\.json$/;
const LIST = /(?:^|\/)dialect\/list\.json$/;
const SCHEMA = /(?:^|\/)dialect\/(?:editor|dialect)\.json$/;
/** What editors understand, see docs/decisions.md. */
const HINT = "name the dialect by the relative path of dialect/editor.json (convention.json, list.json), or by its URN";

/** Decides by `$schema`; says what is wrong with it. */
export function kindOf(
  file: string,
  value: JsonObject,
  known: ReadonlySet<string>,
  problems: Problems,
): FileKind | undefined {
  if (isDialectFile(file)) return "dialect";
  const named = text(value, "$schema");
  if (named === undefined) {
    problems.error({ file, pointer: "" }, 'there is no "$schema"', HINT);
    return undefined;
  }
  const place = { file, pointer: "/$schema" };
  const kind = kindNamed(named);
  if (kind === undefined) {
    problems.error(place, `"$schema" ${JSON.stringify(named)} is not somakit's dialect`, HINT);
    return undefined;
  }
  if (named.endsWith("/dialect.json")) {
    const better = named.replace(/dialect\.json$/, "editor.json");
    problems.warning(place, "editors cannot follow dialect.json", `write ${JSON.stringify(better)}`);
  }
  const path = named.includes(":") ? undefined : resolvePath(file, named);
  if (path !== undefined && !known.has(path)) problems.warning(place, `"$schema" names no file: there is no ${path}`);
  return kind;
}

function kindNamed(named: string): FileKind | undefined {
  if (named === DIALECT_ID || SCHEMA.test(named)) return "schema";
  if (named === LIST_ID || LIST.test(named)) return "list";
  return named === CONVENTION_ID || CONVENTION.test(named) ? "convention" : undefined;
}

/** Copies of the dialect lie in a folder `dialect`, where they are for editors only. */
function isDialectFile(file: string): boolean {
  return /(?:^|\/)dialect\/[^/]+$/.test(file);
}

/** A copy of the dialect that differs tells people something else than the generator does. */
export function checkCopy(file: string, value: JsonObject, problems: Problems): void {
  const name = baseName(file);
  const own = name === "editor.json" ? editorSchema(dialectFiles) : dialectFiles[name];
  if (own === undefined || JSON.stringify(own) === JSON.stringify(value)) return;
  problems.warning({ file, pointer: "" }, "this copy of the dialect is not that of this version of somakit");
}
