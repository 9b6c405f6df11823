import { type StructureSchema, type StructureValidator, structureValidator } from "@somakit/core/gen/v1/structure";
import type { Dataset } from "../ir.js";
import { Names, RESERVED_TYPES, RESERVED_VARIABLES } from "../plan/names.js";
import { indented } from "../print/indented.js";
import { Code, type Literal, type LiteralObject, printLiteral } from "../print/literal.js";
import { constant, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, SHARED_PARTS, sharedPartsPath } from "./paths.js";
import { structuralSchema } from "./structure.js";

/** The entry of core that generated validators import. */
const CORE = "@somakit/core/gen/v1/structure";

/** What stands on a line of its own anyway is not worth a name. */
const MIN_SHARED = 60;

/**
 * `<name>.validate.gen.ts` for each data set of a system: the structure of a value, as a schema that core checks without
 * evaluating code. Parts that are the same in several of them stand once, in `index.parts.gen.ts`.
 */
export function emitValidators(system: string, datasets: readonly Dataset[]): Output[] {
  const structures = datasets.map((dataset) => ({ dataset, schema: structuralSchema(dataset.bundled) }));
  const shared = sharedParts(structures);
  return [
    ...structures.map((structure) => validatorModule(structure, shared)),
    ...(shared.size > 0 ? [partsModule(system, shared)] : []),
  ];
}

/** The same check for a schema that is interpreted. */
export function structureOf(dataset: Dataset): StructureValidator {
  let validator: StructureValidator | undefined;
  const made = (): StructureValidator => (validator ??= structureValidator(structuralSchema(dataset.bundled)));
  const validate: StructureValidator = (value) => {
    const fits = made()(value);
    validate.errors = made().errors ?? null;
    return fits;
  };
  validate.itemsOf = (key) => made().itemsOf?.(key);
  return validate;
}

interface Structure {
  readonly dataset: Dataset;
  readonly schema: StructureSchema;
}

interface SharedPart {
  /** Name of its constant. */
  readonly name: string;
  readonly schema: StructureSchema;
  readonly users: readonly Dataset[];
}

/** Parts of the same name and content in several data sets, by {@link keyOf}. */
function sharedParts(structures: readonly Structure[]): ReadonlyMap<string, SharedPart> {
  const users = new Map<
    string,
    { readonly part: string; readonly schema: StructureSchema; readonly users: Dataset[] }
  >();
  for (const { dataset, schema } of structures) {
    for (const [part, definition] of partsOf(schema)) {
      const key = keyOf(part, definition);
      const known = users.get(key);
      if (known) known.users.push(dataset);
      else users.set(key, { part, schema: definition, users: [dataset] });
    }
  }
  const names = new Names([
    ...RESERVED_VARIABLES,
    ...RESERVED_TYPES,
    "StructureSchema",
    "structureValidator",
    "validate",
  ]);
  return new Map(
    [...users]
      .filter(([key, part]) => part.users.length > 1 && key.length >= MIN_SHARED)
      .map(([key, part]) => [key, { name: names.take(part.part), schema: part.schema, users: part.users }]),
  );
}

function partsOf(schema: StructureSchema): [string, StructureSchema][] {
  return typeof schema === "object" ? Object.entries(schema.$defs ?? {}) : [];
}

function keyOf(part: string, schema: StructureSchema): string {
  return `${part} ${JSON.stringify(schema)}`;
}

function validatorModule({ dataset, schema }: Structure, shared: ReadonlyMap<string, SharedPart>): Output {
  const used: string[] = [];
  const parts = partsOf(schema).map(([part, definition]): [string, Literal] => {
    const known = shared.get(keyOf(part, definition));
    if (known === undefined) return [part, definition as Literal];
    used.push(known.name);
    return [part, new Code(known.name)];
  });
  const literal =
    parts.length > 0 ? { ...(schema as LiteralObject), $defs: Object.fromEntries(parts) } : (schema as Literal);
  const head = "export const validate: StructureValidator = /* @__PURE__ */ structureValidator(";
  return {
    path: outputPath(dataset, "validate"),
    sources: [dataset.file],
    note: "",
    structure: sourceFile(
      [...importOf(CORE, ["type StructureValidator", "structureValidator"]), ...importOf(SHARED_PARTS, used)],
      [
        `/** True, or false with what is wrong in \`errors\`. */\n${head}${indented(printLiteral(literal, { column: head.length }))});`,
      ],
    ),
  };
}

function partsModule(system: string, shared: ReadonlyMap<string, SharedPart>): Output {
  const parts = [...shared.values()];
  return {
    path: sharedPartsPath(system),
    sources: parts.flatMap(({ users }) => users.map(({ file }) => file)),
    note: "",
    structure: sourceFile(
      importOf(CORE, ["type StructureSchema"]),
      parts.map(({ name, schema, users }, index) => ({
        ...constant({
          name,
          type: "StructureSchema",
          value: schema as Literal,
          docs: [`Shared by ${users.map((dataset) => dataset.name).join(", ")}.`],
        }),
        ...(index > 0 && { leadingTrivia: "\n" }),
      })),
    ),
  };
}
