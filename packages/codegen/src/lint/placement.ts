import type { Json } from "../ir.js";
import type { SchemaFile } from "../load/files.js";
import { CONDITIONS, everySchema, ROOT_KEYWORDS, STORAGE_KEYWORDS, subschemas } from "../load/keywords.js";
import { at, child } from "../load/pointer.js";
import type { Place, Problems } from "../load/problems.js";
import { resolveRef } from "../load/refs.js";
import { text } from "../load/shape.js";
import { choices, kindOf } from "../lower/kind.js";

/** Keywords must stand where they mean something: those of a file at its root, those of storage not in conditions. */
export function lintPlacement(file: SchemaFile, files: ReadonlyMap<string, SchemaFile>, problems: Problems): void {
  for (const { schema, pointer } of everySchema(file.schema, "")) {
    if (pointer === "") continue;
    for (const keyword of Object.keys(schema).filter((name) => ROOT_KEYWORDS.has(name))) {
      problems.error(
        { file: file.path, pointer: child(pointer, keyword) },
        `"${keyword}" belongs at the root of a file`,
      );
    }
  }
  for (const { keyword, condition, place } of conditionsOf(file))
    lintCondition(keyword, condition, place, { files, problems });
}

interface Condition {
  readonly keyword: string;
  readonly condition: Json;
  readonly place: Place;
}

/** The outermost conditions of a file. */
function conditionsOf(file: SchemaFile): Condition[] {
  const found: Condition[] = [];
  const search = (schema: Json, pointer: string): void => {
    for (const sub of subschemas(schema, pointer)) {
      if (isCondition(schema, sub.keyword)) {
        found.push({ keyword: sub.keyword, condition: sub.schema, place: { file: file.path, pointer: sub.pointer } });
      } else search(sub.schema, sub.pointer);
    }
  };
  search(file.schema, "");
  return found;
}

function isCondition(schema: Json, keyword: string): boolean {
  if (CONDITIONS.includes(keyword)) return true;
  if (keyword !== "anyOf" && keyword !== "oneOf") return false;
  return kindOf(schema) !== "choice" || choices(schema)?.keyword !== keyword;
}

function lintCondition(keyword: string, condition: Json, { file, pointer }: Place, context: FilesAndProblems): void {
  for (const node of everySchema(condition, pointer)) {
    const place = (name: string) => ({ file, pointer: child(node.pointer, name) });
    for (const name of Object.keys(node.schema).filter((key) => STORAGE_KEYWORDS.has(key))) {
      context.problems.error(
        place(name),
        `"${name}" inside "${keyword}" has no effect: conditions say nothing about storage`,
      );
    }
    const reference = text(node.schema, "$ref");
    const stored = reference === undefined ? undefined : storageIn(file, reference, context.files);
    if (stored === undefined) continue;
    const message = `"$ref" inside "${keyword}" names a part with "${stored}": conditions say nothing about storage`;
    context.problems.error(place("$ref"), message);
  }
}

interface FilesAndProblems {
  readonly files: ReadonlyMap<string, SchemaFile>;
  readonly problems: Problems;
}

/** A keyword of storage in the part that `reference` names. */
function storageIn(file: string, reference: string, files: ReadonlyMap<string, SchemaFile>): string | undefined {
  const target = resolveRef(file, reference);
  const part = target && at(files.get(target.file)?.schema ?? {}, target.pointer);
  for (const { schema } of everySchema(part ?? true, "")) {
    const found = Object.keys(schema).find((keyword) => STORAGE_KEYWORDS.has(keyword));
    if (found !== undefined) return found;
  }
  return undefined;
}
