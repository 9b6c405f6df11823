import type { FieldLayout, StoredForm } from "@somakit/core/gen/v1";
import type { Dataset, Field, Json } from "../ir.js";
import type { Place, Problems } from "../load/problems.js";
import { elements, listOf, members } from "../load/shape.js";
import { kindOf, scalarType } from "../lower/kind.js";
import type { LintContext } from "./rule.js";
import { brokenKeyword, isListed } from "./values.js";
import { inside, resolved, type Visit } from "./walk.js";

/** What a node says must fit what it is: its type, its stored form, its default. */
export function lintFields(context: LintContext): void {
  for (const field of context.fields) {
    lintKind(field, context);
    lintStored(field, context);
    lintDefault(field, context);
  }
  const named = new Set(context.fields.flatMap((field) => field.properties.map((property) => property.field)));
  const matched = new Set(context.fields.flatMap((field) => field.patterns.map((pattern) => pattern.field)));
  for (const field of context.fields) {
    if (!named.has(field)) lintUnnamed(field, context);
    if (field.layout.extension && !named.has(field) && !matched.has(field)) {
      context.problems.error(inside(field, "extension"), "only a property can be an extension");
    }
  }
  for (const visit of context.visits) lintExtension(visit, context);
}

/** Keywords that need a `type` to take effect in plain JSON Schema, too. */
const NEED_TYPE: Readonly<Record<string, readonly string[]>> = {
  object: ["properties", "patternProperties", "additionalProperties", "dims"],
  array: ["items", "prefixItems"],
};

function lintKind(field: Field, { problems }: LintContext): void {
  const { schema } = field;
  const types = listOf(schema["type"]);
  if (types.length > 1 && (types.includes("object") || types.includes("array"))) {
    problems.error(inside(field, "type"), 'a list of types may name scalars only; use "anyOf" for the rest');
  }
  for (const [type, keywords] of Object.entries(NEED_TYPE)) {
    const keyword = keywords.find((name) => schema[name] !== undefined);
    const other = kindOf(schema) === "choice" || (types.length > 0 && types[0] !== type);
    if (keyword === undefined || types.length > 1) continue;
    if (types.length === 0) problems.error(inside(field, keyword), `"${keyword}" needs "type": "${type}" beside it`);
    else if (other)
      problems.error(inside(field, keyword), `"${keyword}" does not go with "type": ${JSON.stringify(types[0])}`);
  }
  for (const segments of impossible(schema)) {
    const hint = segments[0] === "properties" ? 'leave it out, or say "not": { "required": [...] }' : undefined;
    problems.error(inside(field, ...segments), "false describes no value", hint);
  }
}

/** Where `false` stands for a value that is to be stored. */
function impossible(schema: Json): (readonly (string | number)[])[] {
  const maps = ["properties", "patternProperties"].flatMap((keyword) => {
    return members(schema, keyword).map(([key, value]) => ({ value, segments: [keyword, key] }));
  });
  const lists = ["prefixItems", ...(kindOf(schema) === "choice" ? ["anyOf", "oneOf"] : [])].flatMap((keyword) => {
    return elements(schema, keyword).map((value, index) => ({ value, segments: [keyword, index] }));
  });
  return [...maps, ...lists].filter(({ value }) => value === false).map(({ segments }) => segments);
}

const FORMS: Readonly<
  Record<NonNullable<StoredForm["as"]>, { readonly what: string; readonly kinds: readonly FieldLayout["kind"][] }>
> = {
  "scalar-array": { what: "a scalar", kinds: ["scalar"] },
  "string-array": { what: "a list of strings", kinds: ["list"] },
  array: { what: "a list", kinds: ["list"] },
  tuple: { what: "a list", kinds: ["list"] },
  list: { what: "a list", kinds: ["list"] },
  "pickled-scalar": { what: "an object or a list", kinds: ["object", "list"] },
  "python-scalar": { what: "a scalar", kinds: ["scalar"] },
};

function lintStored(field: Field, { dataset, problems }: LintContext): void {
  const stored = field.layout.stored;
  if (!stored) return;
  if (stored.dtype !== undefined) lintStoredType(stored.dtype, stored.as, inside(field, "stored", "dtype"), problems);
  const form = stored.as && FORMS[stored.as];
  if (!form || couldBe(field, form.kinds, dataset)) return;
  problems.error(inside(field, "stored", "as"), `"${stored.as}" is a form of ${form.what}, which this is not`);
}

function lintStoredType(
  type: NonNullable<StoredForm["dtype"]>,
  form: StoredForm["as"],
  place: Place,
  problems: Problems,
): void {
  if (form === "string-array") {
    if (type !== "string" && type !== "bytes")
      problems.error(place, `a "string-array" is of string or bytes, not ${type}`);
  } else if (form !== "scalar-array" && form !== "array") {
    problems.error(place, '"dtype" goes with "as" "scalar-array", "array" or "string-array" only');
  }
}

/** Whether a value may be of one of these kinds, through references, choices and what is left open. */
function couldBe(field: Field, kinds: readonly FieldLayout["kind"][], dataset: Dataset): boolean {
  const target = resolved(field, dataset);
  if (target.layout.kind === "any") return true;
  return kinds.includes(target.layout.kind) || target.branches.some((branch) => couldBe(branch, kinds, dataset));
}

function lintDefault(field: Field, { dataset, problems }: LintContext): void {
  const value = field.layout.default;
  // One that comes from the part that is referred to is looked at there.
  if (value === undefined || field.schema["default"] === undefined) return;
  const target = resolved(field, dataset);
  const place = inside(field, "default");
  const { layout, schema } = target;
  const open = layout.kind === "choice" || (layout.kind === "any" && layout.is === undefined);
  if (layout.kind !== "scalar" && !open) {
    problems.error(place, "only scalars may have a default");
  } else if (
    layout.kind === "scalar" &&
    !layout.types.some((type) => type === scalarType(value) || (type === "number" && typeof value === "number"))
  ) {
    problems.error(place, `default ${JSON.stringify(value)} is no ${layout.types.join(" or ")}`);
  } else if (!isListed(value, schema)) {
    problems.error(place, `default ${JSON.stringify(value)} is not one of the allowed values`);
  } else if (!isPossible(value, target, dataset)) {
    const broken = brokenKeyword(value, schema) ?? (schema["const"] === undefined ? undefined : '"const"');
    const reason = broken === undefined ? "has none of the allowed forms" : `breaks ${broken}`;
    problems.error(place, `default ${JSON.stringify(value)} ${reason}`);
  }
}

/** Whether a scalar obeys a schema, or that of a branch, as far as single keywords say. */
function isPossible(value: Json, field: Field, dataset: Dataset): boolean {
  const { layout, schema, branches } = resolved(field, dataset);
  if (layout.kind !== "scalar" && layout.kind !== "any" && layout.kind !== "choice") return false;
  const constant = schema["const"];
  if (constant !== undefined && constant !== value) return false;
  if (!isListed(value, schema) || brokenKeyword(value, schema) !== undefined) return false;
  return layout.kind !== "choice" || branches.some((branch) => isPossible(value, branch, dataset));
}

/** What only properties can have. */
function lintUnnamed(field: Field, { problems }: LintContext): void {
  if (field.schema["attribute"] === true) {
    problems.error(inside(field, "attribute"), "only a property has a key to name its attribute; give the name");
  }
  if (field.layout.stored?.name !== undefined)
    problems.error(inside(field, "stored", "name"), "only a property has a stored name");
}

function lintExtension({ field, owner }: Visit, { problems }: LintContext): void {
  if (!field.layout.extension || owner?.field.layout.kind !== "object" || owner.field.layout.closed) return;
  problems.warning(
    inside(field, "extension"),
    'an extension of an object that is never "closed" is like any other property',
  );
}
