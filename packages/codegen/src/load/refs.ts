import type { Json, JsonObject } from "../ir.js";
import { everySchema, mapSchema } from "./keywords.js";
import { at, child } from "./pointer.js";
import type { Place, Problems } from "./problems.js";
import { elements, isObject, member, members, text } from "./shape.js";
import { didYouMean } from "./suggest.js";

/** A schema file as far as references care. */
export interface RefTarget {
  readonly schema: JsonObject;
}

/** Where in the folder `path` leads when it stands in `file`; `undefined` when it leaves the folder. */
export function resolvePath(file: string, path: string): string | undefined {
  const segments = file.split("/").slice(0, -1);
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.join("/");
}

/** File name without folders. */
export function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** What `reference` names when it stands in `file`; `undefined` when that is outside the folder or no reference. */
export function resolveRef(file: string, reference: string): Place | undefined {
  const [path = "", fragment = ""] = reference.split("#");
  const decoded = decode(path);
  const pointer = decode(fragment);
  if (decoded === undefined || pointer === undefined) return undefined;
  const target = decoded === "" ? file : resolvePath(file, decoded);
  return target === undefined ? undefined : { file: target, pointer };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** All references in a schema file, with the pointers of the `$ref` keywords. */
export function* referencesOf(schema: JsonObject): Generator<{ readonly reference: string; readonly pointer: string }> {
  for (const node of everySchema(schema, "")) {
    const reference = text(node.schema, "$ref");
    if (reference !== undefined) yield { reference, pointer: child(node.pointer, "$ref") };
  }
  for (const [index, record] of elements(schema, "records").entries()) {
    const reference = text(member(record, "schema"), "$ref");
    if (reference !== undefined) yield { reference, pointer: child("/records", index, "schema", "$ref") };
  }
}

/** Says which references lead nowhere. `unread` are files that are there, yet could not be read as schemas. */
export function checkRefs(
  files: ReadonlyMap<string, RefTarget>,
  unread: ReadonlySet<string>,
  problems: Problems,
): void {
  for (const [file, { schema }] of files) {
    for (const { reference, pointer } of referencesOf(schema)) {
      const message = fault(file, reference, files, unread);
      if (message !== undefined) problems.error({ file, pointer }, `"$ref" ${JSON.stringify(reference)} ${message}`);
    }
  }
}

function fault(
  file: string,
  reference: string,
  files: ReadonlyMap<string, RefTarget>,
  unread: ReadonlySet<string>,
): string | undefined {
  const target = resolveRef(file, reference);
  if (target === undefined) return "leads out of the folder of schemas";
  if (unread.has(target.file)) return undefined;
  const schema = files.get(target.file)?.schema;
  if (schema === undefined)
    return `names no schema: there is no ${target.file}${didYouMean(target.file, files.keys())}`;
  if (at(schema, target.pointer) === undefined) {
    const known = members(schema, "$defs").map(([name]) => `#/$defs/${name}`);
    return `names nothing in ${target.file}${didYouMean(`#${target.pointer}`, known)}`;
  }
  return leadsBack(target, files) ? "leads back to itself and to nothing else" : undefined;
}

/** Whether following references from `start` never arrives at anything but references. */
function leadsBack(start: Place, files: ReadonlyMap<string, RefTarget>): boolean {
  const seen = new Set<string>();
  for (let place: Place | undefined = start; place; ) {
    const key = `${place.file}#${place.pointer}`;
    if (seen.has(key)) return true;
    seen.add(key);
    const schema: JsonObject = files.get(place.file)?.schema ?? {};
    const reference: string | undefined = text(at(schema, place.pointer), "$ref");
    place = reference === undefined ? undefined : resolveRef(place.file, reference);
  }
  return false;
}

/** A copy of a file's schema without references that lead nowhere: such nodes may be anything. */
export function withoutDeadRefs(file: string, schema: JsonObject, files: ReadonlyMap<string, RefTarget>): JsonObject {
  const alive = (reference: string) => {
    const target = resolveRef(file, reference);
    const found = target && files.get(target.file);
    return target && found && at(found.schema, target.pointer) !== undefined && !leadsBack(target, files);
  };
  const mapped = mapSchema(schema, "", (node) => {
    const reference = text(node, "$ref");
    if (reference === undefined || alive(reference)) return node;
    return Object.fromEntries(Object.entries(node).filter(([keyword]) => keyword !== "$ref"));
  });
  if (!isObject(mapped) || mapped["records"] === undefined) return mapped as JsonObject;
  const records = elements(mapped, "records").filter((record) => alive(text(member(record, "schema"), "$ref") ?? ""));
  return { ...mapped, records: records as Json[] };
}
