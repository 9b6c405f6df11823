import type { FieldLayout } from "@somakit/core/gen/v1";
import type { Dataset, Field, JsonObject } from "../../src/ir.js";

/** A field with all its children, made from a layout alone; `texts` describes fields by rule. */
export function fieldOf(
  layout: FieldLayout,
  texts: Readonly<Record<string, string>> = {},
  schema: JsonObject = {},
): Field {
  const child = (inner: FieldLayout): Field => fieldOf(inner, texts);
  return {
    file: "test.json",
    pointer: layout.rule,
    title: undefined,
    description: texts[layout.rule],
    deprecated: false,
    layout,
    schema,
    properties:
      layout.kind === "object"
        ? Object.entries(layout.properties).map(([key, inner]) => ({
            key,
            required: layout.required.includes(key),
            field: child(inner),
          }))
        : [],
    patterns:
      layout.kind === "object" ? layout.patterns.map(({ pattern, field }) => ({ pattern, field: child(field) })) : [],
    additional: layout.kind === "object" && layout.additional !== false ? child(layout.additional) : undefined,
    items: layout.kind === "list" && layout.items !== false ? child(layout.items) : undefined,
    prefix: layout.kind === "list" ? layout.prefix.map(child) : [],
    branches: layout.kind === "choice" ? layout.branches.map(child) : [],
    shape: layout.kind === "array" || layout.kind === "sparse" ? layout.shape : undefined,
  };
}

/** A data set `test/test` with this root and these shared parts. */
export function datasetOf(root: Field, overrides: Partial<Dataset> = {}): Dataset {
  return {
    id: "test",
    system: "test",
    name: "test",
    typeName: "Test",
    file: "test/test.json",
    schemaId: "urn:somakit:test",
    title: "Test",
    description: "A data set for tests.",
    containers: [{ kind: "npz", supported: true, extensions: [".npz"], nulls: "keep", classes: [] }],
    detect: [],
    profiles: {},
    severity: {},
    root,
    defs: [],
    bundled: { type: "object" },
    ...overrides,
  };
}
