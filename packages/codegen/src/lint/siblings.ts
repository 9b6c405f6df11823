import type { FieldLayout, ScalarType } from "@somakit/core/gen/v1";
import type { Dataset, Field, Json } from "../ir.js";
import { child } from "../load/pointer.js";
import type { Place } from "../load/problems.js";
import { elements, isObject, member, members, strings } from "../load/shape.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { inside, memberOf, type Owner, resolved, type Visit } from "./walk.js";

/** Keywords that name a key beside them must name one that the schema describes, of a kind that fits. */
export function lintSiblings(context: LintContext): void {
  for (const visit of context.visits) {
    lintObject(visit.field, context);
    lintArray(visit, context);
    lintElsewhere(visit, context);
  }
  for (const field of context.fields) lintRequired(field, field.schema, field.pointer, context);
}

function lintObject(field: Field, context: LintContext): void {
  if (field.layout.kind !== "object") return;
  const owner: Owner = { field, key: undefined };
  for (const [symbol, { equals }] of Object.entries(field.layout.dims ?? {})) {
    if (equals === undefined) continue;
    const names = typeof equals === "string" ? [equals] : equals.minus;
    for (const [index, name] of names.entries()) {
      const way = typeof equals === "string" ? [] : ["minus", index];
      const place = inside(field, "dims", symbol, "equals", ...way);
      check({ keyword: "equals", name, place, owner, fits: NUMBER }, context);
    }
  }
  const when = field.layout.closed?.when;
  if (when !== undefined)
    check({ keyword: "when", name: when, place: inside(field, "closed", "when"), owner, fits: BOOLEAN }, context);
  for (const [keyword, name] of Object.entries(field.layout.span ?? {}))
    check({ keyword, name, place: inside(field, "span", keyword), owner, fits: NUMBER }, context);
}

function lintArray({ field, owner }: Visit, context: LintContext): void {
  const { layout } = field;
  if (layout.kind !== "array" && layout.kind !== "sparse") return;
  const named = layout.keypoints?.field;
  if (named !== undefined) {
    check(
      { keyword: "field", name: named, place: inside(field, "keypoints", "convention", "field"), owner, fits: TEXT },
      context,
    );
  }
  for (const [index, step] of (layout.kind === "array" ? (layout.encoding ?? []) : []).entries()) {
    if (step.codec !== "mask-pack") continue;
    const place = (keyword: string) => inside(field, "encoding", index, keyword);
    check({ keyword: "mask", name: step.mask, place: place("mask"), owner, fits: ARRAY }, context);
    if (step.when !== undefined)
      check({ keyword: "when", name: step.when, place: place("when"), owner, fits: BOOLEAN }, context);
  }
}

/** What is in another file is found by the text of a key beside. */
function lintElsewhere({ field, owner }: Visit, context: LintContext): void {
  const { layout } = field;
  if (layout.kind !== "scalar" || !layout.elsewhere) return;
  if (!isScalar(layout, ["string"]))
    context.problems.error(inside(field, "elsewhere"), '"elsewhere" is for a text, which is the path of a file');
  const place = inside(field, "elsewhere", "entry");
  check({ keyword: "entry", name: layout.elsewhere.entry, place, owner, fits: TEXT }, context);
}

interface Naming {
  readonly keyword: string;
  readonly name: string;
  readonly place: Place;
  readonly owner: Owner | undefined;
  readonly fits: Fits;
}

interface Fits {
  readonly what: string;
  readonly test: (layout: FieldLayout) => boolean;
}

const NUMBER: Fits = { what: "no whole number", test: (layout) => isScalar(layout, ["integer", "number"]) };
const BOOLEAN: Fits = { what: "no boolean", test: (layout) => isScalar(layout, ["boolean"]) };
const TEXT: Fits = { what: "no string", test: (layout) => isScalar(layout, ["string"]) };
const ARRAY: Fits = { what: "no array", test: (layout) => layout.kind === "array" };

function isScalar(layout: FieldLayout, types: readonly ScalarType[]): boolean {
  return layout.kind === "scalar" && types.some((type) => layout.types.includes(type));
}

function check({ keyword, name, place, owner, fits }: Naming, { dataset, problems }: LintContext): void {
  if (!owner) {
    problems.error(place, `"${keyword}" names a key beside it, but elements of lists have none`);
    return;
  }
  // What keys a pattern will match is not known yet, so neither is what stands beside them.
  if (name.includes("{key}") && owner.key === undefined) return;
  const key = name.replaceAll("{key}", () => owner.key ?? "");
  const found = memberOf(owner.field, key);
  if (!found) {
    problems.error(
      place,
      `"${keyword}" names ${JSON.stringify(key)}, which is not there${didYouMean(key, keysOf(owner.field))}`,
    );
  } else if (!acceptable(found, fits, dataset)) {
    problems.error(place, `"${keyword}" names ${JSON.stringify(key)}, which is ${fits.what}`);
  }
}

function acceptable(field: Field, fits: Fits, dataset: Dataset): boolean {
  const target = resolved(field, dataset);
  if (target.layout.kind === "any" && target.layout.is === undefined) return true;
  return fits.test(target.layout) || target.branches.some((branch) => acceptable(branch, fits, dataset));
}

function keysOf(object: Field): string[] {
  return object.properties.map((property) => property.key);
}

/** `required` and `dependentRequired`, also in conditions on the same object. */
function lintRequired(field: Field, schema: Json, pointer: string, context: LintContext): void {
  if (field.layout.kind !== "object") return;
  const named = strings(schema, "required").map((key, index) => ({ key, pointer: child(pointer, "required", index) }));
  const dependent = members(schema, "dependentRequired").flatMap(([first, others]) => {
    const at = child(pointer, "dependentRequired", first);
    const keys = Array.isArray(others) ? others.filter((key) => typeof key === "string") : [];
    return [{ key: first, pointer: at }, ...keys.map((key, index) => ({ key, pointer: child(at, index) }))];
  });
  for (const { key, pointer: at } of [...named, ...dependent]) {
    if (memberOf(field, key) || isObject(member(member(schema, "properties"), key))) continue;
    const message = `required key ${JSON.stringify(key)} is not described${didYouMean(key, keysOf(field))}`;
    context.problems.error({ file: field.file, pointer: at }, message);
  }
  for (const condition of conditionsIn(schema, pointer))
    lintRequired(field, condition.schema, condition.pointer, context);
}

/** Schemas that set conditions on the same object. */
function conditionsIn(schema: Json, pointer: string): { readonly schema: Json; readonly pointer: string }[] {
  const single = ["if", "then", "else", "not"].flatMap((keyword) => {
    const condition = member(schema, keyword);
    return condition === undefined ? [] : [{ schema: condition, pointer: child(pointer, keyword) }];
  });
  const lists = ["allOf", "anyOf", "oneOf"].flatMap((keyword) => {
    return elements(schema, keyword).map((condition, index) => ({
      schema: condition,
      pointer: child(pointer, keyword, index),
    }));
  });
  return [...single, ...lists];
}
