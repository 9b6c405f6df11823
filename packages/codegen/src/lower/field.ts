import type { FieldLayout } from "@somakit/core/gen/v1";
import type { Field, Json, JsonObject, Property } from "../ir.js";
import { child, segmentsOf } from "../load/pointer.js";
import type { Place } from "../load/problems.js";
import { elements, isObject, member, members, strings, text } from "../load/shape.js";
import type { Bundle } from "./bundle.js";
import { choices, kindOf, scalarTypes } from "./kind.js";
import {
  additionalRule,
  anything,
  arrayLayout,
  common,
  dictLayout,
  type Known,
  listLayout,
  objectLayout,
  scalarLayout,
  sparseLayout,
} from "./layouts.js";

/** Lowers the nodes of one bundled schema. Positions follow from rules, see {@link sourceOf}. */
export class Lowering {
  readonly #bundle: Bundle;
  readonly #file: string;
  readonly #known: Known;

  constructor(bundle: Bundle, file: string, known: Known) {
    this.#bundle = bundle;
    this.#file = file;
    this.#known = known;
  }

  /** The field at `rule`, a pointer in the bundled schema. `key` is that of the property, for those that are one. */
  field(schema: Json, rule: string, key?: string): Field {
    const node = isObject(schema) ? schema : {};
    const { file, pointer } = sourceOf(this.#bundle, this.#file, rule);
    const children = this.#children(node, rule);
    return {
      file,
      pointer,
      title: text(node, "title"),
      description: text(node, "description"),
      deprecated: node["deprecated"] === true,
      layout: this.#layout(node, rule, key, children),
      schema: node,
      ...children,
      shape: shapeOf(node),
    };
  }

  #children(node: JsonObject, rule: string): Children {
    const kind = kindOf(node);
    if (kind === "object") return { ...NONE, ...this.#objectChildren(node, rule) };
    if (kind === "list") return { ...NONE, ...this.#listChildren(node, rule) };
    if (kind !== "choice") return NONE;
    const { keyword, branches } = choices(node) ?? { keyword: "anyOf", branches: [] };
    return { ...NONE, branches: branches.map((branch, index) => this.field(branch, child(rule, keyword, index))) };
  }

  #objectChildren(node: JsonObject, rule: string): Pick<Children, "properties" | "patterns" | "additional"> {
    const required = strings(node, "required");
    const additional = member(node, "additionalProperties");
    return {
      properties: members(node, "properties").map(([key, schema]) => {
        return {
          key,
          required: required.includes(key),
          field: this.field(schema, child(rule, "properties", key), key),
        };
      }),
      patterns: members(node, "patternProperties").map(([pattern, schema]) => {
        return { pattern, field: this.field(schema, child(rule, "patternProperties", pattern)) };
      }),
      additional: isObject(additional) ? this.field(additional, child(rule, "additionalProperties")) : undefined,
    };
  }

  #listChildren(node: JsonObject, rule: string): Pick<Children, "items" | "prefix"> {
    const items = member(node, "items");
    return {
      items: isObject(items) ? this.field(items, child(rule, "items")) : undefined,
      prefix: elements(node, "prefixItems").map((item, index) => this.field(item, child(rule, "prefixItems", index))),
    };
  }

  #layout(node: JsonObject, rule: string, key: string | undefined, children: Children): FieldLayout {
    const base = common(node, rule, key);
    switch (kindOf(node)) {
      case "ref":
        return this.#reference(node, base);
      case "array":
        return arrayLayout(node, base, this.#known.counts);
      case "sparse":
        return sparseLayout(node, base, this.#known.counts);
      case "object":
        return objectLayout(node, base, objectChildren(node, rule, children));
      case "dict":
        return dictLayout(node, base);
      case "list":
        return listLayout(node, base, listChildren(node, rule, children));
      case "scalar":
        return scalarLayout(node, base, { types: scalarTypes(node), lists: this.#known.lists });
      case "choice":
        return { kind: "choice", ...base, branches: children.branches.map((branch) => branch.layout) };
      case "any":
        return { kind: "any", ...base };
    }
  }

  /** A default that a part states goes for whatever refers to it, unless that states another. */
  #reference(node: JsonObject, base: ReturnType<typeof common>): FieldLayout {
    const name = text(node, "$ref") ?? "";
    const fallback = base.default ?? this.#default(node);
    return {
      kind: "ref",
      ...base,
      ...(fallback !== undefined && { default: fallback }),
      name: name.slice("#/$defs/".length),
    };
  }

  #default(node: JsonObject): FieldLayout["default"] {
    let part: Json | undefined = node;
    // References that lead round in circles are told elsewhere.
    for (let hops = 0; hops < 64 && text(part, "$ref") !== undefined; hops++) {
      part = member(member(this.#bundle.schema, "$defs"), (text(part, "$ref") as string).slice("#/$defs/".length));
      const { default: fallback } = common(part ?? {}, "", undefined);
      if (fallback !== undefined) return fallback;
    }
    return undefined;
  }
}

type Children = Pick<Field, "properties" | "patterns" | "additional" | "items" | "prefix" | "branches">;

const NONE: Children = {
  properties: [],
  patterns: [],
  additional: undefined,
  items: undefined,
  prefix: [],
  branches: [],
};

function objectChildren(node: JsonObject, rule: string, children: Children): Parameters<typeof objectLayout>[2] {
  const properties = children.properties.map(({ key, field }: Property) => [key, field.layout] as const);
  const open = children.additional?.layout ?? anything(additionalRule(node, rule));
  return {
    properties: Object.fromEntries(properties),
    patterns: children.patterns.map(({ pattern, field }) => ({ pattern, field: field.layout })),
    additional: member(node, "additionalProperties") === false ? false : open,
  };
}

function listChildren(node: JsonObject, rule: string, children: Children): Parameters<typeof listLayout>[2] {
  const items = member(node, "items");
  const open = children.items?.layout ?? anything(items === undefined ? rule : child(rule, "items"));
  return { prefix: children.prefix.map((field) => field.layout), items: items === false ? false : open };
}

function shapeOf(node: JsonObject): Field["shape"] {
  const shape = member(node["ndarray"] ?? node["sparse"], "shape");
  return Array.isArray(shape) ? (shape as Field["shape"]) : undefined;
}

/** Where what stands at `rule` in the bundled schema was written: in another file, under another name, as a record. */
function sourceOf({ schema, origins }: Bundle, file: string, rule: string): Place {
  const [keyword, name = "", ...rest] = segmentsOf(rule);
  const origin = keyword === "$defs" ? origins.get(name) : undefined;
  if (origin) return { file: origin.file, pointer: child(origin.pointer, ...rest) };
  if (keyword !== "properties") return { file, pointer: rule };
  const index = elements(schema, "records").findIndex((record) => text(record, "name") === name);
  return { file, pointer: index < 0 ? rule : child("/records", index, "schema") };
}
