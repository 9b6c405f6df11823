import type { ArrayLayout, AxisSize } from "@somakit/core/gen/v1";
import { compile } from "json-schema-to-typescript";
import { Project } from "ts-morph";
import type { Field, Json, JsonObject } from "../ir.js";
import type { NamedType, Plan } from "../plan/plan.js";
import { innerSizes, type Sizes } from "../plan/sizes.js";
import { quote } from "../print/text.js";
import { parseMembers, parseType, type TypeMember, type TypeTree } from "../print/type.js";

/** What json-schema-to-typescript made of a named type: members for an interface, a type for an alias. */
export type ValueType =
  | { readonly kind: "interface"; readonly members: readonly TypeMember[] }
  | { readonly kind: "alias"; readonly type: TypeTree };

/** A JSON Schema of draft 07 with json-schema-to-typescript's `tsType`. */
type Draft07 = { readonly [keyword: string]: Json | Draft07 | readonly Draft07[] };

const OPTIONS = { format: false, bannerComment: "", unknownAny: true, additionalProperties: false } as const;

/**
 * The value types of a plan. json-schema-to-typescript reads neither 2020-12 tuples nor our arrays, names types by the
 * order in which it meets them and trusts every string, so it is given draft-07 schemas in which each type and property
 * has a number for its name and references are done; the names come back here.
 */
export async function valueTypes(plan: Plan): Promise<ReadonlyMap<NamedType, ValueType>> {
  const properties = Object.fromEntries(plan.types.map((type, index) => [`t${index}`, namedSchema(plan, type)]));
  const schema = { title: "All", type: "object", additionalProperties: false, properties };
  const printed = await compile(schema as Parameters<typeof compile>[0], "All", OPTIONS);
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("types.ts", printed);
  const interfaces = new Map(file.getInterfaces().map((declaration) => [declaration.getName(), declaration]));
  return new Map(
    plan.types.map((type, index): [NamedType, ValueType] => {
      const name = `T${index}`;
      const declaration = interfaces.get(name);
      if (!declaration)
        return [type, { kind: "alias", type: parseType(file.getTypeAliasOrThrow(name).getTypeNodeOrThrow()) }];
      return [
        type,
        { kind: "interface", members: parseMembers(declaration).map((member) => rename(member, type.field)) },
      ];
    }),
  );
}

/** The n-th property was called `pn`. */
function rename(member: TypeMember, field: Field): TypeMember {
  if (member.key === undefined) return member;
  const property = field.properties[Number(member.key.slice(1))];
  if (!property) throw new Error(`json-schema-to-typescript printed an unknown member ${member.key}`);
  return { ...member, key: property.key };
}

function namedSchema(plan: Plan, { field, sizes }: NamedType): Draft07 {
  const title = `T${plan.types.findIndex((type) => type.field === field)}`;
  const schema = field.layout.kind === "object" ? objectSchema(plan, field, sizes) : lower(plan, field, sizes);
  return { ...schema, title };
}

function objectSchema(plan: Plan, field: Field, outer: Sizes): Draft07 {
  const sizes = innerSizes(field, outer);
  const child = (inner: Field): Draft07 => lower(plan, inner, sizes);
  const required = field.properties.flatMap((property, index) => (property.required ? [`p${index}`] : []));
  const properties = Object.fromEntries(
    field.properties.map((property, index) => [`p${index}`, child(property.field)]),
  );
  const patterns = Object.fromEntries(field.patterns.map((pattern, index) => [`q${index}`, child(pattern.field)]));
  const open = field.layout.kind === "object" && field.layout.additional !== false;
  const additionalProperties = open
    ? field.additional && !isAnything(field.additional)
      ? child(field.additional)
      : true
    : false;
  return { type: "object", required, properties, patternProperties: patterns, additionalProperties };
}

function isAnything(field: Field): boolean {
  return field.layout.kind === "any" && field.layout.is === undefined;
}

function lower(plan: Plan, field: Field, sizes: Sizes): Draft07 {
  const named = plan.typeName(field);
  const { layout } = field;
  if (named !== undefined && layout.kind === "object") return { tsType: named };
  switch (layout.kind) {
    case "array":
      return { tsType: arrayType(layout.dtype, fixedShape(layout), sizes) };
    case "sparse":
      return { tsType: arrayType(layout.dtype, layout.shape, sizes) };
    case "ref":
      return { tsType: plan.definitionName(layout.name) };
    case "any":
      return {
        tsType:
          layout.is === "dict" ? "ReadonlyMap<Value, Value>" : layout.is === "list" ? "readonly Value[]" : "Value",
      };
    case "choice":
      return { anyOf: field.branches.map((branch) => lower(plan, branch, sizes)) };
    case "list":
      return listSchema(plan, field, sizes);
    case "scalar":
      return scalarSchema(layout.types, field.schema);
    case "object":
      throw new Error(`the object at ${field.pointer} has no name`);
  }
}

function listSchema(plan: Plan, field: Field, sizes: Sizes): Draft07 {
  const items = field.items ? lower(plan, field.items, sizes) : undefined;
  const closed = field.layout.kind === "list" && field.layout.items === false;
  if (field.prefix.length === 0)
    return closed ? { tsType: "never[]" } : { type: "array", items: items ?? { tsType: "Value" } };
  const minItems = Math.min(Number(field.schema["minItems"] ?? 0), field.prefix.length);
  return {
    type: "array",
    items: field.prefix.map((item) => lower(plan, item, sizes)),
    additionalItems: closed ? false : (items ?? { tsType: "Value" }),
    minItems,
  };
}

/** Only what shapes a type is passed on; enum and const decide over the type where they are given. */
function scalarSchema(types: readonly string[], schema: JsonObject): Draft07 {
  const { enum: values, const: value } = schema;
  if (value !== undefined) return { const: value };
  if (Array.isArray(values) && values.length > 0) return { enum: values };
  const distinct = [...new Set(types.map((type) => (type === "integer" ? "number" : type)))];
  return { type: distinct.length === 1 ? (distinct[0] as string) : distinct };
}

/** The shape with the sizes that symbols have in this form. */
function fixedShape({ shape, where = {} }: ArrayLayout): readonly AxisSize[] {
  return shape.map((size) => {
    const fixed = typeof size === "string" && Object.hasOwn(where, size) ? where[size] : undefined;
    return typeof fixed === "number" ? fixed : size;
  });
}

function arrayType(dtypes: readonly string[], shape: readonly (number | string)[], sizes: Sizes): string {
  const dtype = dtypes.map(quote).join(" | ");
  if (shape.includes("...")) return `NdArray<${dtype}, Shape>`;
  const axes = shape.map((size) => (typeof size === "number" ? size : (sizes.get(size) ?? "number")));
  return `NdArray<${dtype}, readonly [${axes.join(", ")}]>`;
}
