import type { Dataset, Field } from "../ir.js";
import type { SchemaFile } from "../load/files.js";
import type { Problems } from "../load/problems.js";
import { members, text } from "../load/shape.js";
import { partName } from "../lower/bundle.js";
import { idOf } from "../lower/dataset.js";
import { pascalCase } from "../lower/names.js";
import type { LintContext } from "./rule.js";
import { inside } from "./walk.js";

/** Names of generated files at the top: a system of such a name would overwrite them. */
const RESERVED_SYSTEMS: ReadonlySet<string> = new Set(["conventions", "dialect", "registry", "index"]);
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** Names of files become names of modules: they must be plain and unique, also where case does not count. */
export function lintFileNames(files: readonly SchemaFile[], problems: Problems): void {
  const ids = new Map<string, string>();
  const schemaIds = new Map<string, string>();
  for (const { path, schema } of files) {
    const place = { file: path, pointer: "" };
    const { id, system, name } = idOf(path);
    const odd = [...system.split("/"), name].find((segment) => !FILE_NAME.test(segment));
    if (odd !== undefined) {
      problems.error(place, `the name ${JSON.stringify(odd)} cannot name a module: only letters, digits, "-" and "_"`);
    } else if (RESERVED_SYSTEMS.has(system.toLowerCase()) || name.toLowerCase() === "index") {
      problems.error(place, `the name ${JSON.stringify(id)} is taken by generated files`);
    }
    const other = ids.get(id.toLowerCase());
    if (other !== undefined)
      problems.error(place, `the data set is called ${JSON.stringify(id)}, and so is that of ${other}`);
    ids.set(id.toLowerCase(), path);
    const schemaId = text(schema, "$id");
    const twin = schemaId === undefined ? undefined : schemaIds.get(schemaId);
    if (twin !== undefined) problems.error({ file: path, pointer: "/$id" }, `"$id" is that of ${twin}, too`);
    if (schemaId !== undefined) schemaIds.set(schemaId, path);
  }
}

/** Types of one system are exported together. */
export function lintTypeNames(datasets: readonly Dataset[], problems: Problems): void {
  const taken = new Map<string, string>();
  for (const { system, typeName, file } of datasets) {
    const key = `${system}/${typeName}`;
    const other = taken.get(key);
    const message = `the title makes the type ${typeName}, and so does that of ${other}`;
    if (other !== undefined) problems.error({ file, pointer: "/title" }, message);
    taken.set(key, file);
  }
}

/** Names within one data set. */
export function lintNames(context: LintContext): void {
  lintParts(context);
  lintTitles(context);
  for (const field of context.fields) lintStoredNames(field, context);
}

/** Parts become types named after their keys; two keys may come to the same. */
function lintParts({ dataset, files, problems }: LintContext): void {
  const taken = new Map([[dataset.typeName, "the data set itself"]]);
  for (const [key] of members(files.get(dataset.file)?.schema, "$defs")) {
    const place = { file: dataset.file, pointer: `/$defs/${key.replaceAll("~", "~0").replaceAll("/", "~1")}` };
    const name = pascalCase(partName(place, files));
    const other = taken.get(name);
    if (other !== undefined) problems.error(place, `the part makes the type ${name}, and so does ${other}`);
    taken.set(name, JSON.stringify(key));
  }
}

/** Titles of objects and choices name types, too. */
function lintTitles({ fields, problems }: LintContext): void {
  const taken = new Map<string, Field>();
  for (const field of fields) {
    const { kind } = field.layout;
    if (field.title === undefined || (kind !== "object" && kind !== "choice")) continue;
    const name = pascalCase(field.title);
    const other = taken.get(name);
    const message = `the title ${JSON.stringify(field.title)} is that of ${other?.file}#${other?.pointer}, too`;
    if (other) problems.error(inside(field, "title"), message, "every type needs a name of its own");
    taken.set(name, field);
  }
}

/** No two keys of an object may be stored in the same place. */
function lintStoredNames(field: Field, { problems }: LintContext): void {
  const taken = new Map<string, string>();
  for (const { key, field: property } of field.properties) {
    for (const { slot, keyword } of slotsOf(key, property)) {
      const other = taken.get(slot);
      const message = `${JSON.stringify(key)} is stored where ${JSON.stringify(other)} is`;
      if (other !== undefined) problems.error(inside(property, ...keyword), message);
      else taken.set(slot, key);
    }
  }
}

interface Slot {
  readonly slot: string;
  readonly keyword: readonly string[];
}

function slotsOf(key: string, { layout }: Field): Slot[] {
  const { place, stored } = layout;
  if (place?.kind === "attribute") return [{ slot: `attribute ${place.name}`, keyword: ["attribute"] }];
  if (place?.kind === "file")
    return place.path === undefined ? [] : [{ slot: `path ${place.path}`, keyword: ["file", "path"] }];
  if (place?.kind === "itself" || place?.kind === "number" || place?.kind === "name")
    return [{ slot: place.kind, keyword: [] }];
  // Several objects may share a folder: their files differ.
  if (place?.kind === "folder") return [];
  if (layout.kind === "sparse") {
    const parts = Object.entries(layout.parts).map(([part, name]) => ({
      slot: `key ${name}`,
      keyword: ["sparse", "parts", part],
    }));
    const [said] = typeof layout.columns === "object" ? Object.entries(layout.columns) : [];
    if (!said) return parts;
    const slot = `${said[0] === "array" ? "key" : said[0]} ${said[1]}`;
    return [...parts, { slot, keyword: ["sparse", "columns", said[0]] }];
  }
  if (layout.kind === "list" && layout.numbered) return [];
  return [{ slot: `key ${stored?.name ?? key}`, keyword: stored?.name === undefined ? [] : ["stored", "name"] }];
}
