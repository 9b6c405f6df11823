import type {
  AnyLayout,
  ArrayLayout,
  AxisSize,
  CoordinateAxes,
  Dim,
  DTypeName,
  Encoding,
  FieldLayout,
  FilePlace,
  KeypointAxis,
  LegacyForm,
  ListLayout,
  MotionMark,
  Named,
  Numbered,
  ObjectLayout,
  Place,
  References,
  ScalarLayout,
  ScalarType,
  SparseLayout,
  StoredForm,
  Within,
} from "@somakit/core/gen/v1";
import type { Json, JsonObject } from "../ir.js";
import { child } from "../load/pointer.js";
import { elements, isObject, listOf, member, members, strings, text } from "../load/shape.js";

/** Keypoints of every convention of the project, by name. */
export type Counts = ReadonlyMap<string, number>;

/** What schemas name that lies in files of its own. */
export interface Known {
  readonly counts: Counts;
  /** How many names each list of names has. */
  readonly lists: Counts;
}

type Common = Pick<
  ArrayLayout,
  | "rule"
  | "stored"
  | "extension"
  | "unit"
  | "coordinates"
  | "motion"
  | "default"
  | "follows"
  | "becomes"
  | "maxBytes"
  | "requires"
  | "recommends"
  | "note"
  | "place"
>;

/** What all layouts have. `key` is that of the property, for those that are properties. */
export function common(schema: Json, rule: string, key: string | undefined): Common {
  const stored = member(schema, "stored");
  const unit = text(schema, "unit");
  const coordinates = member(schema, "coordinates");
  const motion = member(schema, "motion");
  const fallback = member(schema, "default");
  const follows = symbols(member(schema, "follows"));
  const becomes = strings(schema, "becomes");
  const maxBytes = member(schema, "maxBytes");
  const requires = strings(schema, "requires");
  const recommends = strings(schema, "recommends");
  const note = text(schema, "note");
  const place = placeOf(schema, key);
  return {
    rule,
    ...(isObject(stored) && { stored: stored as StoredForm }),
    ...(member(schema, "extension") === true && { extension: true }),
    ...(unit !== undefined && { unit }),
    ...(isObject(coordinates) && { coordinates: coordinates as unknown as CoordinateAxes }),
    ...(isObject(motion) && { motion: motion as unknown as MotionMark }),
    ...(isScalar(fallback) && { default: fallback }),
    ...(follows.length > 0 && { follows }),
    ...(becomes.length > 0 && { becomes }),
    ...(typeof maxBytes === "number" && { maxBytes }),
    ...(requires.length > 0 && { requires }),
    ...(recommends.length > 0 && { recommends }),
    ...(note !== undefined && { note }),
    ...(place && { place }),
  };
}

/** A symbol, or a list of them, as a list. */
function symbols(value: Json | undefined): string[] {
  return listOf(value).filter((symbol) => typeof symbol === "string");
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function placeOf(schema: Json, key: string | undefined): Place | undefined {
  const attribute = member(schema, "attribute");
  const name = attribute === true ? key : attribute;
  if (typeof name === "string") return { kind: "attribute", name };
  if (member(schema, "itself") === true) return { kind: "itself" };
  if (member(schema, "itemNumber") === true) return { kind: "number" };
  if (member(schema, "itemName") === true) return { kind: "name" };
  const folder = text(schema, "folder");
  if (folder !== undefined) return { kind: "folder", name: folder };
  const file = member(schema, "file");
  if (file === undefined) return undefined;
  return { kind: "file", ...(file as unknown as Omit<FilePlace, "kind">) };
}

export function arrayLayout(schema: Json, base: Common, counts: Counts): ArrayLayout {
  const array = member(schema, "ndarray");
  const values = elements(array, "values").filter((value) => typeof value === "number");
  const ranges = text(schema, "ranges");
  const keypoints = keypointAxis(schema, counts);
  const encoding = elements(schema, "encoding") as unknown as Encoding[];
  const legacy = elements(schema, "legacy").map(legacyForm);
  const where = member(array, "where");
  const within = member(schema, "within");
  return {
    kind: "array",
    ...base,
    dtype: dtypes(array),
    shape: shape(array),
    ...(isObject(where) && { where: where as NonNullable<ArrayLayout["where"]> }),
    ...(values.length > 0 && { values }),
    ...(member(schema, "finite") === true && { finite: true as const }),
    ...(member(schema, "ascending") === true && { ascending: true as const }),
    ...(isObject(within) && { within: within as unknown as Within }),
    ...(ranges !== undefined && { ranges }),
    ...(keypoints && { keypoints }),
    ...(encoding.length > 0 && { encoding }),
    ...(legacy.length > 0 && { legacy }),
  };
}

export function sparseLayout(schema: Json, base: Common, counts: Counts): SparseLayout {
  const sparse = member(schema, "sparse");
  const keypoints = keypointAxis(schema, counts);
  const written = member(sparse, "written");
  const decides = member(sparse, "decides");
  const columns = member(sparse, "columns");
  const part = (name: string) => text(member(sparse, "parts"), name) ?? "";
  return {
    kind: "sparse",
    ...base,
    layout: "csr",
    dtype: dtypes(sparse),
    shape: shape(sparse),
    parts: { data: part("data"), indices: part("indices"), indptr: part("indptr") },
    ...(columns !== undefined && { columns: columns as NonNullable<SparseLayout["columns"]> }),
    ...(isObject(written) && { written: written as NonNullable<SparseLayout["written"]> }),
    ...(typeof decides === "number" && { decides }),
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
  const disjoint = text(schema, "disjoint");
  const consecutive = member(schema, "consecutive");
  const span = member(schema, "span");
  return {
    kind: "object",
    ...base,
    ...(dims.length > 0 && { dims: Object.fromEntries(dims) }),
    properties: children.properties,
    required: strings(schema, "required"),
    patterns: children.patterns,
    additional: children.additional,
    ...(closed !== undefined && { closed: { when: closed } }),
    ...(disjoint !== undefined && { disjoint }),
    ...(consecutive !== undefined && { consecutive: consecutive as NonNullable<ObjectLayout["consecutive"]> }),
    ...(span !== undefined && { span: span as NonNullable<ObjectLayout["span"]> }),
  };
}

/** The children have been lowered already. */
export function listLayout(schema: Json, base: Common, children: Pick<ListLayout, "prefix" | "items">): ListLayout {
  const length = member(schema, "length");
  const numbered = member(schema, "numbered");
  const named = member(schema, "named");
  const unique = text(schema, "unique");
  const uniform = strings(schema, "uniform");
  const allOrNone = strings(schema, "allOrNone");
  return {
    kind: "list",
    ...base,
    prefix: children.prefix,
    items: children.items,
    ...((typeof length === "number" || typeof length === "string") && { length }),
    ...(numbered !== undefined && { numbered: numberedOf(numbered) }),
    ...(named !== undefined && { named: named as Named }),
    ...(unique !== undefined && { unique }),
    ...(uniform.length > 0 && { uniform }),
    ...(allOrNone.length > 0 && { allOrNone }),
  };
}

export function scalarLayout(
  schema: Json,
  base: Common,
  { types, lists }: { readonly types: readonly ScalarType[]; readonly lists: Counts },
): ScalarLayout {
  const references = member(schema, "references");
  const majors = elements(schema, "majors") as number[];
  const elsewhere = member(schema, "elsewhere");
  const list = text(schema, "labels");
  const size = list === undefined ? undefined : lists.get(list);
  return {
    kind: "scalar",
    ...base,
    types,
    ...(list !== undefined && size !== undefined && { labels: { list, size } }),
    ...(references !== undefined && { references: referencesOf(references) }),
    ...(majors.length > 0 && { majors }),
    ...(member(schema, "fileName") === true && { fileName: true as const }),
    ...(isObject(elsewhere) && { elsewhere: elsewhere as unknown as NonNullable<ScalarLayout["elsewhere"]> }),
  };
}

function referencesOf(references: Json): References {
  const key = listOf(member(references, "key")) as string[];
  const complete = member(references, "complete") === true;
  return { list: text(references, "list") ?? "", key, ...(complete && { complete }) };
}

/** An object about whose keys nothing is said but, perhaps, which numbers they are. */
export function dictLayout(schema: Json, base: Common): AnyLayout {
  const numberKeys = elements(schema, "numberKeys").filter((key) => typeof key === "number");
  return { kind: "any", ...base, is: "dict", ...(numberKeys.length > 0 && { numberKeys }) };
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
  const fallback = text(convention, "default");
  const bySize = member(convention, "bySize");
  if (field === undefined) return { axis, ...conventionsNamed(convention, counts) };
  return {
    axis,
    field,
    ...(fallback !== undefined && { default: fallback }),
    ...(isObject(bySize) && { bySize: bySize as Readonly<Record<string, string>> }),
    counts: Object.fromEntries(counts),
  };
}

/** What tells the convention where nothing beside the array does. */
function conventionsNamed(convention: Json | undefined, counts: Counts): Omit<KeypointAxis, "axis"> {
  const bySize = member(convention, "bySize");
  const root = text(convention, "root");
  const names = Object.fromEntries(members(convention, "names").map(([key, list]) => [key, listOf(list) as string[]]));
  const named = new Set([...Object.values(isObject(bySize) ? bySize : {}), ...Object.values(names).flat()]);
  return {
    ...(isObject(bySize) && { bySize: bySize as Readonly<Record<string, string>> }),
    ...(root !== undefined && { root, names }),
    counts: Object.fromEntries([...counts].filter(([name]) => named.has(name))),
  };
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
