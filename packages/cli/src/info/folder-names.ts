import type { FieldLayout, Layout, ObjectLayout } from "@somakit/core";
import { numberedNames } from "@somakit/core/engine";
import { dereferenced, type Names } from "./names.js";

interface Member {
  readonly key: string;
  /** What its file or folder is called; a list stands for all of its items. */
  readonly name: string;
  readonly is: (name: string) => boolean;
}

/** The names of files and folders that an object of a schema has in its folder. */
export function folderNames(layout: Layout, object: ObjectLayout): Names {
  const members = Object.entries(object.properties).flatMap(([key, field]) => memberAt(layout, key, field) ?? []);
  const patterns = object.patterns.map(({ pattern }) => new RegExp(pattern, "u"));
  const find = (name: string): Member | undefined => members.find(({ is }) => is(name));
  const byKey = new Map(members.map((member) => [member.key, member]));
  return {
    describes: (name) => find(name) !== undefined || patterns.some((pattern) => pattern.test(name)),
    memberOf: (name) => find(name)?.key,
    // What lies in no file of its own is in one of the others.
    required: object.required.filter((key) => byKey.has(key)),
    nameOf: (key) => byKey.get(key)?.name ?? key,
  };
}

/** Undefined for what has no file or folder of its own. */
function memberAt(layout: Layout, key: string, field: FieldLayout): Member | undefined {
  const target = dereferenced(layout, field);
  const place = field.place ?? target?.place;
  if (place?.kind === "folder") return called(key, place.name);
  if (place?.kind === "file" && place.path !== undefined) return called(key, place.path);
  if (target?.kind !== "list") return undefined;
  const { numbered, named } = target;
  if (numbered) {
    const is = (name: string): boolean => numberedNames([name], { ...numbered, gaps: true }).children.length > 0;
    return { key, name: `${numbered.prefix}*${numbered.suffix}`, is };
  }
  if (named?.pattern === undefined) return undefined;
  const pattern = new RegExp(named.pattern, "u");
  return { key, name: named.pattern, is: (name) => pattern.test(name) };
}

/** By the first part of a path: a file of a folder is in the folder. */
function called(key: string, path: string): Member {
  const [first = path] = path.split("/");
  return { key, name: path, is: (name) => name === first };
}
