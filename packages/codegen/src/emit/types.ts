import {
  type InterfaceDeclarationStructure,
  type OptionalKind,
  type PropertySignatureStructure,
  StructureKind,
  type TypeAliasDeclarationStructure,
} from "ts-morph";
import type { Dataset, Field } from "../ir.js";
import type { NamedType, Plan } from "../plan/plan.js";
import { type Doc, docs } from "../print/comment.js";
import { indented } from "../print/indented.js";
import { propertyName } from "../print/literal.js";
import { code } from "../print/markdown.js";
import { together } from "../print/text.js";
import { printType, referencedNames, type TypeMember, UNDEFINED, union } from "../print/type.js";
import { descriptionOf, dimText, engineFacts, valueFacts } from "./describe.js";
import { CORE, importOf, type Output, sourceFile } from "./output.js";
import { outputPath } from "./paths.js";
import type { ValueType } from "./value-types.js";

/** `<name>.types.gen.ts`: the values that a user holds. */
export function emitTypes(plan: Plan, types: ReadonlyMap<NamedType, ValueType>): Output {
  const { dataset } = plan;
  const declarations = [...types].map(([type, value]) =>
    value.kind === "interface" ? interfaceOf(dataset, type, value.members) : aliasOf(dataset, type, value),
  );
  const used = [...types.values()].flatMap((value) =>
    value.kind === "alias"
      ? referencedNames(value.type)
      : value.members.flatMap((member) => referencedNames(member.type)),
  );
  const core = ["NdArray", "Shape", "Value"].filter((name) => used.includes(name)).map((name) => `type ${name}`);
  return {
    path: outputPath(dataset, "types"),
    sources: [dataset.file],
    note: `behaviour goes in ${dataset.name}.ts beside it`,
    structure: sourceFile(importOf(CORE, core), declarations),
  };
}

function interfaceOf(
  dataset: Dataset,
  { name, field }: NamedType,
  members: readonly TypeMember[],
): InterfaceDeclarationStructure {
  const properties = new Map(field.properties.map((property) => [property.key, property.field]));
  const index = members.find((member) => member.key === undefined);
  const wider = members.some((member) => member.optional) ? [UNDEFINED] : [];
  return {
    kind: StructureKind.Interface,
    name,
    isExported: true,
    docs: docs({ text: [descriptionOf(dataset, field)], ...symbolFacts(field), tags: tagsOf(field) }, 117),
    properties: members.flatMap((member) => {
      const property = member.key === undefined ? undefined : properties.get(member.key);
      return property ? [propertyOf(dataset, member, property)] : [];
    }),
    indexSignatures: index
      ? [
          {
            keyName: "key",
            keyType: "string",
            returnType: indented(printType(union([index.type, ...wider]), 2, 18)),
            docs: docs({ text: patternText(dataset, field) }),
          },
        ]
      : [],
  };
}

function propertyOf(dataset: Dataset, member: TypeMember, field: Field): OptionalKind<PropertySignatureStructure> {
  const name = propertyName(member.key ?? "");
  const type = member.optional ? union([member.type, UNDEFINED]) : member.type;
  return {
    name,
    hasQuestionToken: member.optional,
    type: indented(printType(type, 2, name.length + 5)),
    docs: memberDocs(dataset, field, member.key),
  };
}

function aliasOf(
  dataset: Dataset,
  { name, field }: NamedType,
  value: ValueType & { kind: "alias" },
): TypeAliasDeclarationStructure {
  return {
    kind: StructureKind.TypeAlias,
    name,
    isExported: true,
    type: indented(printType(value.type, 0, `export type ${name} = `.length)),
    docs: docs({ text: [descriptionOf(dataset, field)], facts: factsText(dataset, field), tags: tagsOf(field) }, 117),
  };
}

/** The documentation of a property, for its type and for its accessor. */
export function memberDocs(dataset: Dataset, field: Field, key?: string): string[] {
  return docs({ text: [descriptionOf(dataset, field)], facts: factsText(dataset, field, key), tags: tagsOf(field) });
}

function factsText(dataset: Dataset, field: Field, key?: string): string[] {
  const extension = field.layout.extension ? ["An extension: strict files must not have it."] : [];
  const facts = [...valueFacts(dataset, field), ...engineFacts(dataset, field, key), ...extension];
  return facts.length === 0 ? [] : [facts.join(" ")];
}

function tagsOf(field: Field): { name: string; text?: string }[] {
  const value = field.layout.default;
  const defaults = value === undefined ? [] : [{ name: "default", text: JSON.stringify(value) }];
  const successors = together((field.layout.becomes ?? []).map(code));
  const instead = successors === "" ? {} : { text: `Use ${successors}.` };
  return field.deprecated ? [...defaults, { name: "deprecated", ...instead }] : defaults;
}

/** The sizes that an object binds, as a sentence or a list of them. */
function symbolFacts(field: Field): Pick<Doc, "facts" | "list"> {
  const dims = field.layout.kind === "object" ? Object.entries(field.layout.dims ?? {}) : [];
  const facts = dims.map(([symbol, dim]) => {
    const bound = dimText(dim);
    const role = dim.role ? ` (${dim.role})` : "";
    return `\`${symbol}${bound === undefined ? "" : ` = ${bound}`}\`${role}${dim.description ? `: ${dim.description}` : ""}`;
  });
  if (facts.length < 2) return { facts: facts.map((fact) => `Size: ${fact.replace(/\.$/, "")}.`) };
  return { list: { opening: "Sizes:", items: facts } };
}

function patternText(dataset: Dataset, field: Field): string[] {
  const patterns = field.patterns.map(
    ({ pattern, field: value }) => `Keys that match ${code(pattern)}: ${textOf(dataset, value)}`,
  );
  const others = field.additional && textOf(dataset, field.additional);
  return others ? [...patterns, `${patterns.length > 0 ? "Other keys" : "Any key"}: ${others}`] : patterns;
}

function textOf(dataset: Dataset, field: Field): string {
  return [descriptionOf(dataset, field) ?? "", ...valueFacts(dataset, field), ...engineFacts(dataset, field)]
    .filter((text) => text !== "")
    .join(" ");
}
