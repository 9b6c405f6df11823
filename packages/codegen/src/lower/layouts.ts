import type {
  ArrayLayout,
  AxisSize,
  Dim,
  DTypeName,
  Encoding,
  FieldLayout,
  KeypointAxis,
  LegacyForm,
  ListLayout,
  Numbered,
  ObjectLayout,
  Place,
  SparseLayout,
  StoredForm,
} from "@somakit/core/gen/v1";
import type { Json, JsonObject } from "../ir.js";
import { child } from "../load/pointer.js";
import { elements, isObject, listOf, member, members, strings, text } from "../load/shape.js";

/** Keypoints of every convention of the project, by name. */
export type Counts = ReadonlyMap<string, number>;

type Common = Pick<ArrayLayout, "rule" | "stored" | "extension" | "unit" | "default" | "place">;

/** What all layouts have. `key` is that of the property, for those that are properties. */
export function common(schema: Json, rule: string, key: string | undefined): Common {
  const stored = member(schema, "stored");
  const unit = text(schema, "unit");
  const fallback = member(schema, "default");
  const place = placeOf(schema, key);
  return {
    rule,
    ...(isObject(stored) && { stored: stored as StoredForm }),
    ...(member(schema, "extension") === true && { extension: true }),
    ...(unit !== undefined && { unit }),
    ...(isScalar(fallback) && { default: fallback }),
    ...(place && { place }),
  };
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function placeOf(schema: Json, key: string | undefined): Place | undefined {
  const attribute = member(schema, "attribute");
  const name = attribute === true ? key : attribute;
  if (typeof name === "string") return { kind: "attribute", name };
  const folder = text(schema, "folder");
  if (folder !== undefined) return { kind: "folder", name: folder };
  const file = member(schema, "file");
  if (file === undefined) return undefined;
  return { kind: "file", path: text(file, "path") ?? "", media: text(file, "media") ?? "" };
}

export function arrayLayout(schema: Json, base: Common, counts: Counts): ArrayLayout {
  const array = member(schema, "ndarray");
  const values = elements(array, "values").filter((value) => typeof value === "number");
  const keypoints = keypointAxis(schema, counts);
  const encoding = elements(schema, "encoding") as unknown as Encoding[];
  const legacy = elements(schema, "legacy").map(legacyForm);
  return {
    kind: "array",
    ...base,
    dtype: dtypes(array),
    shape: shape(array),
    ...(values.length > 0 && { values }),
    ...(keypoints && { keypoints }),
    ...(encoding.length > 0 && { encoding }),
    ...(legacy.length > 0 && { legacy }),
  };
}

export function sparseLayout(schema: Json, base: Common, counts: Counts): SparseLayout {
  const sparse = member(schema, "sparse");
  const keypoints = keypointAxis(schema, counts);
  const part = (name: string) => text(member(sparse, "parts"), name) ?? "";
  return {
    kind: "sparse",
    ...base,
    layout: "csr",
    dtype: (text(sparse, "dtype") ?? "") as DTypeName,
    shape: shape(sparse),
    parts: { data: part("data"), indices: part("indices"), indptr: part("indptr") },
    ...(keypoints && { keypoints }),
  };
}

/** The children have been lowered already. */
export function objectLayout(
  schema: Json,
  base: Common,
  children: Pick<ObjectLayout, "properties" | "patterns" | "additional">,
): ObjectLayout {
  const dims = members(schema, "dims").map(([symbol, dim]) => [symbol, dimOf(dim)] as const);
  const closed = text(member(schema, "closed"), "when");
  return {
    kind: "object",
    ...base,
    ...(dims.length > 0 && { dims: Object.fromEntries(dims) }),
    properties: children.properties,
    required: strings(schema, "required"),
    patterns: children.patterns,
    additional: children.additional,
    ...(closed !== undefined && { closed: { when: closed } }),
  };
}

/** The children have been lowered already. */
export function listLayout(schema: Json, base: Common, children: Pick<ListLayout, "prefix" | "items">): ListLayout {
  const length = member(schema, "length");
  const numbered = member(schema, "numbered");
  return {
    kind: "list",
    ...base,
    prefix: children.prefix,
    items: children.items,
    ...((typeof length === "number" || typeof length === "string") && { length }),
    ...(numbered !== undefined && { numbered: numberedOf(numbered) }),
  };
}

/** Whatever else may be there. */
export function anything(rule: string): FieldLayout {
  return { kind: "any", rule };
}

function numberedOf(numbered: Json): Numbered {
  return {
    prefix: text(numbered, "prefix") ?? "",
    suffix: text(numbered, "suffix") ?? "",
    from: Number(member(numbered, "from") ?? 0),
    pad: Number(member(numbered, "pad") ?? 0),
    gaps: member(numbered, "gaps") === true,
  };
}

function dimOf(dim: Json): Dim {
  const { size, ...rest } = dim as JsonObject;
  return { ...rest, ...(size !== undefined && { size: listOf(size) as number[] }) } as Dim;
}

function legacyForm(form: Json): LegacyForm {
  const { shape: _shape, dtype: _dtype, ...rest } = form as JsonObject;
  return {
    ...(member(form, "shape") !== undefined && { shape: shape(form) }),
    ...(member(form, "dtype") !== undefined && { dtype: dtypes(form) }),
    ...(rest as Pick<LegacyForm, "description">),
  };
}

function keypointAxis(schema: Json, counts: Counts): KeypointAxis | undefined {
  const keypoints = member(schema, "keypoints");
  if (keypoints === undefined) return undefined;
  const axis = Number(member(keypoints, "axis"));
  const convention = member(keypoints, "convention");
  if (typeof convention === "string") {
    const count = counts.get(convention);
    return { axis, convention, counts: count === undefined ? {} : { [convention]: count } };
  }
  const field = text(convention, "field");
  if (field === undefined) return { axis, counts: {} };
  const fallback = text(convention, "default");
  return { axis, field, ...(fallback !== undefined && { default: fallback }), counts: Object.fromEntries(counts) };
}

function dtypes(owner: Json | undefined): DTypeName[] {
  return listOf(member(owner, "dtype")) as DTypeName[];
}

function shape(owner: Json | undefined): AxisSize[] {
  return elements(owner, "shape") as AxisSize[];
}

/** Where the rule of a key that is not described stands. */
export function additionalRule(schema: Json, rule: string): string {
  return member(schema, "additionalProperties") === undefined ? rule : child(rule, "additionalProperties");
}
