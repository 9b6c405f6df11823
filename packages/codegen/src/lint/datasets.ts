import type { Dataset, Field, Json } from "../ir.js";
import type { Loaded } from "../load/files.js";
import { child } from "../load/pointer.js";
import type { Problems } from "../load/problems.js";
import { elements, listOf, member, members, strings, text } from "../load/shape.js";
import { didYouMean } from "../load/suggest.js";
import type { Bundle } from "../lower/bundle.js";
import { ruleOfPart } from "../lower/dataset.js";
import { kindOf } from "../lower/kind.js";
import type { LintContext } from "./rule.js";
import { memberOf, resolved } from "./walk.js";

/** What concerns a data set as a whole. */
export function lintDataset(context: LintContext): void {
  lintContainers(context);
  lintDetect(context);
  lintProfiles(context);
  lintDocumentation(context);
}

/** Kinds of files that hold named values, so that the root must be an object. */
const NAMED: readonly string[] = ["npz", "hdf5", "folder"];

function lintContainers({ dataset, problems }: LintContext): void {
  const listed = Array.isArray(dataset.bundled["container"]);
  for (const [index, { kind, supported, wrap }] of dataset.containers.entries()) {
    const place = { file: dataset.file, pointer: child("/container", ...(listed ? [index] : [])) };
    const rest = "types, layout, validator and docs are generated, open/read/write are not";
    if (!supported) problems.warning(place, `core has no support for ${kind} compressed by ${wrap} yet: ${rest}`);
    const kinds = rootKinds(dataset.root, dataset);
    if (NAMED.includes(kind) && kinds.some((root) => root !== "object")) {
      problems.error(place, `${kind} holds named values, but the root is no object with described keys`);
    }
    if (kind === "npy" && kinds.some((root) => root !== "array"))
      problems.error(place, "npy holds one array, but the root is none");
  }
}

/** What the root may be; nothing where anything may. */
function rootKinds(field: Field, dataset: Dataset): string[] {
  const target = resolved(field, dataset);
  if (target.layout.kind === "choice") return target.branches.flatMap((branch) => rootKinds(branch, dataset));
  return [target.layout.kind];
}

function lintDetect({ dataset, problems }: LintContext): void {
  for (const [index, rule] of elements(dataset.bundled, "detect").entries()) {
    const listed = Array.isArray(rule);
    const roots = keyed(member(rule, "in"), dataset);
    if (roots.length === 0) continue;
    const present = (listed ? listOf(rule) : strings(rule, "present")).map((key, place) => {
      return { key, way: [...(listed ? [] : ["present"]), place] };
    });
    const values = members(rule, "values").map(([key]) => ({ key, way: ["values", key] }));
    for (const { key, way } of [...present, ...values]) {
      if (typeof key !== "string" || roots.some((root) => isStored(root, key))) continue;
      const pointer = child("/detect", index, ...way);
      const known = roots.flatMap((root) => root.properties.map((property) => property.key));
      const message = `key ${JSON.stringify(key)} is not described${didYouMean(key, known)}`;
      problems.warning({ file: dataset.file, pointer }, message);
    }
  }
}

/** The objects whose keys a rule of detection speaks of; none where anything may be. */
function keyed(place: Json | undefined, dataset: Dataset): Field[] {
  const root = resolved(dataset.root, dataset);
  const named = text(place, "member");
  if (named !== undefined) {
    const found = root.properties.find(({ key }) => key === named);
    return found ? rootObjects(found.field, dataset) : [];
  }
  if (place !== "items" && place !== "members") return rootObjects(dataset.root, dataset);
  const inner = place === "items" ? [root.items] : [...root.properties.map(({ field }) => field), root.additional];
  return inner.flatMap((field) => (field ? rootObjects(field, dataset) : []));
}

function rootObjects(field: Field, dataset: Dataset): Field[] {
  const target = resolved(field, dataset);
  if (target.layout.kind === "choice") return target.branches.flatMap((branch) => rootObjects(branch, dataset));
  return target.layout.kind === "object" ? [target] : [];
}

function isStored(object: Field, key: string): boolean {
  const stored = object.properties.flatMap(({ field }) => [
    field.layout.stored?.name,
    ...(field.layout.stored?.aliases ?? []),
    entryOf(field),
  ]);
  return memberOf(object, key) !== undefined || stored.includes(key);
}

/** The file or folder of a value: in the folder of the object around it, that is its name. */
function entryOf({ layout: { place } }: Field): string | undefined {
  const path = place?.kind === "file" ? place.path : place?.kind === "folder" ? place.name : undefined;
  return path?.split("/")[0];
}

function lintProfiles({ dataset, bundle, fields, problems }: LintContext): void {
  for (const [name, profile] of members(dataset.bundled, "profiles")) {
    for (const [part, keys] of members(profile, "required")) {
      const pointer = child("/profiles", name, "required", part);
      const rule = ruleOfPart(part, bundle, dataset.file);
      const object = fields.find(({ layout }) => layout.rule === rule && layout.kind === "object");
      if (!object) {
        const known = dataset.defs.map((def) => def.name);
        problems.error(
          { file: dataset.file, pointer },
          `${JSON.stringify(part)} names no object of the schema${didYouMean(part, known)}`,
        );
        continue;
      }
      for (const [place, key] of listOf(keys).entries()) {
        if (typeof key !== "string" || memberOf(object, key)) continue;
        const known = object.properties.map((property) => property.key);
        const message = `required key ${JSON.stringify(key)} is not described${didYouMean(key, known)}`;
        problems.error({ file: dataset.file, pointer: child(pointer, place) }, message);
      }
    }
  }
}

/** People learn what a value means from its description, in the generated code and in the docs. */
function lintDocumentation({ dataset, fields, problems }: LintContext): void {
  const root = { file: dataset.file, pointer: "" };
  for (const keyword of ["title", "description"]) {
    if (text(dataset.bundled, keyword) === undefined) problems.warning(root, `the data set has no "${keyword}"`);
  }
  for (const field of fields) {
    const described = [
      ...field.properties.map((property) => ({ what: JSON.stringify(property.key), inner: property.field })),
      ...field.patterns.map((pattern) => ({
        what: `pattern ${JSON.stringify(pattern.pattern)}`,
        inner: pattern.field,
      })),
    ];
    for (const { what, inner } of described) {
      if (isDescribed(inner, dataset)) continue;
      problems.warning({ file: inner.file, pointer: inner.pointer }, `${what} has no "description"`);
    }
  }
}

function isDescribed(field: Field, dataset: Dataset): boolean {
  if (field.description !== undefined || resolved(field, dataset).description !== undefined) return true;
  const record = field.pointer.startsWith("/records/") ? field.items : undefined;
  return record !== undefined && isDescribed(record, dataset);
}

/** A file that says what a value is, without being a data set or a part of one, was forgotten. */
export function lintUnused({ schemas }: Loaded, bundles: readonly Bundle[], problems: Problems): void {
  const used = new Set(bundles.flatMap((bundle) => [...bundle.origins.values()].map((origin) => origin.file)));
  for (const { path, kind, schema, whole } of schemas.values()) {
    if (kind !== "part" || !whole || used.has(path)) continue;
    const root = kindOf(schema) === "any" && member(schema, "container") === undefined;
    const hint = root ? undefined : 'a data set needs "container" at its root';
    problems.warning({ file: path, pointer: "" }, "no data set refers to this file", hint);
  }
}
