import {
  type ClassDeclarationStructure,
  type GetAccessorDeclarationStructure,
  type MethodDeclarationStructure,
  type OptionalKind,
  StructureKind,
} from "ts-morph";
import type { Property } from "../ir.js";
import {
  memberNames,
  RESERVED_FILE_MEMBERS,
  RESERVED_GROUP_MEMBERS,
  RESERVED_RECORD_FILE_MEMBERS,
} from "../plan/names.js";
import type { NamedType, Plan } from "../plan/plan.js";
import { isRecordList, memberKind, resolve } from "../plan/walk.js";
import { docs } from "../print/comment.js";
import { propertyName } from "../print/literal.js";
import { quote } from "../print/text.js";
import { flatType, referencedNames, type TypeTree, UNDEFINED, union } from "../print/type.js";
import { descriptionOf } from "./describe.js";
import { recordType } from "./functions.js";
import { CORE, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, siblingModule } from "./paths.js";
import { memberDocs } from "./types.js";
import type { ValueType } from "./value-types.js";

const CORE_TYPES: ReadonlySet<string> = new Set(["LoadOptions", "NdArray", "Shape", "Value"]);

/** What the classes of one file refer to, collected while they are made. */
interface Context {
  readonly plan: Plan;
  readonly types: ReadonlyMap<NamedType, ValueType>;
  readonly core: Set<string>;
  readonly local: Set<string>;
}

/** `<name>.access.gen.ts`: one class for each object of an open file, one member for each property. */
export function emitAccess(plan: Plan, types: ReadonlyMap<NamedType, ValueType>): Output {
  const { dataset } = plan;
  const context: Context = { plan, types, core: new Set(), local: new Set() };
  const [file, ...groups] = plan.accessors;
  const isList = memberKind(dataset, dataset.root) === "list";
  const fileBase = dataset.records ? "RecordFileAccessor" : "FileAccessor";
  const classes = [
    ...(file ? [isList ? listFileOf(context, file) : classOf(context, file, fileBase)] : []),
    ...groups.map((accessor) => classOf(context, accessor, "GroupAccessor")),
  ];
  return {
    path: outputPath(dataset, "access"),
    sources: [dataset.file],
    note: `behaviour goes in ${dataset.name}.ts beside it`,
    structure: sourceFile(
      [
        ...importOf(CORE, context.core),
        ...importOf(
          siblingModule(dataset, "types"),
          [...context.local].map((name) => `type ${name}`),
        ),
      ],
      classes,
    ),
  };
}

type Accessor = Plan["accessors"][number];

function fileDocs({ plan }: Context, { type }: Accessor): string[] {
  const text = [descriptionOf(plan.dataset, type.field)];
  return docs({ opening: `An open file: {@link ${type.name}}.`, text }, 117);
}

/** A file whose root is a list of objects. */
function listFileOf(context: Context, accessor: Accessor): ClassDeclarationStructure {
  const { dataset } = context.plan;
  const { name, type } = accessor;
  const root = resolve(dataset, dataset.root);
  const item = context.plan.accessorName(root.items ?? root);
  for (const core of ["ListFileAccessor", "type Location"]) context.core.add(core);
  context.local.add(type.name);
  return {
    kind: StructureKind.Class,
    name,
    isExported: true,
    extends: `ListFileAccessor<${type.name}, ${item}>`,
    docs: fileDocs(context, accessor),
    ctors: [{ parameters: [{ name: "location", type: "Location" }], statements: [`super(location, ${item});`] }],
  };
}

function classOf(context: Context, accessor: Accessor, base: keyof typeof RESERVED): ClassDeclarationStructure {
  const { dataset } = context.plan;
  const { name, type } = accessor;
  context.core.add(base);
  context.local.add(type.name);
  const names = memberNames(
    type.field.properties.map(({ key }) => key),
    RESERVED[base],
  );
  const getters: OptionalKind<GetAccessorDeclarationStructure>[] = [];
  const methods: OptionalKind<MethodDeclarationStructure>[] = [];
  for (const property of type.field.properties) {
    const member = propertyName(names.get(property.key) ?? property.key);
    const kind = memberKind(dataset, property.field);
    if (base === "RecordFileAccessor" && isRecordList(dataset, property.field))
      getters.push(recordsMember(context, property, member));
    else if (kind === "value") methods.push(valueMember(context, type, property, member));
    else getters.push(childMember(context, property, member, kind));
  }
  const groupDocs = () =>
    docs({ opening: `{@link ${type.name}} in an open file.`, text: [descriptionOf(dataset, type.field)] }, 117);
  return {
    kind: StructureKind.Class,
    name,
    isExported: true,
    extends: `${base}<${type.name}>`,
    docs: base === "GroupAccessor" ? groupDocs() : fileDocs(context, accessor),
    getAccessors: getters,
    methods,
  };
}

/** Members of core's classes, whose names are taken. */
const RESERVED = {
  FileAccessor: RESERVED_FILE_MEMBERS,
  GroupAccessor: RESERVED_GROUP_MEMBERS,
  RecordFileAccessor: RESERVED_RECORD_FILE_MEMBERS,
} as const;

function recordsMember(
  context: Context,
  property: Property,
  name: string,
): OptionalKind<GetAccessorDeclarationStructure> {
  const { plan, core } = context;
  const record = recordType(plan, property.key);
  core.add("type RecordReader");
  addReference(context, record);
  return {
    name,
    returnType: `RecordReader<${record}>`,
    statements: [`return this.records(${quote(property.key)});`],
    docs: memberDocs(plan.dataset, property.field.items ?? property.field, property.key),
  };
}

function childMember(
  context: Context,
  property: Property,
  name: string,
  kind: "group" | "list",
): OptionalKind<GetAccessorDeclarationStructure> {
  const { plan, core } = context;
  const target = resolve(plan.dataset, property.field);
  const child = plan.accessorName(kind === "list" && target.items ? target.items : target);
  if (kind === "list") core.add("type ListAccessor");
  return {
    name,
    returnType: kind === "list" ? `ListAccessor<${child}>` : child,
    statements: [`return this.${kind}(${quote(property.key)}, ${child});`],
    docs: memberDocs(plan.dataset, property.field, property.key),
  };
}

function valueMember(
  context: Context,
  type: NamedType,
  property: Property,
  name: string,
): OptionalKind<MethodDeclarationStructure> {
  const { plan, core } = context;
  core.add("type LoadOptions");
  return {
    name,
    parameters: [{ name: "options", type: "LoadOptions", hasQuestionToken: true }],
    returnType: `Promise<${valueText(context, type, property, name)}>`,
    statements: [`return this.${property.required ? "need" : "load"}(${quote(property.key)}, options);`],
    docs: memberDocs(plan.dataset, property.field, property.key),
  };
}

const WIDTH = 120;

/**
 * The value's type with names of arrays and lists spelt out, since editors show it; under those names where that is too
 * long for the line, and by its place in the interface where that is too.
 */
function valueText(context: Context, type: NamedType, property: Property, name: string): string {
  const room = WIDTH - `  ${name}(options?: LoadOptions): Promise<> {`.length;
  const member = memberType(context, type, property);
  const fitting = member && [expand(context, member), member].find((value) => flatType(value).length <= room);
  if (!fitting) return `${type.name}[${quote(property.key)}]`;
  for (const reference of referencedNames(fitting)) addReference(context, reference);
  return flatType(fitting);
}

function memberType({ types }: Context, type: NamedType, property: Property): TypeTree | undefined {
  const value = types.get(type);
  const member = value?.kind === "interface" ? value.members.find(({ key }) => key === property.key) : undefined;
  return member && (property.required ? member.type : union([member.type, UNDEFINED]));
}

/** Replaces names of shared parts that are no objects by what they stand for, one level deep. */
function expand({ types }: Context, type: TypeTree): TypeTree {
  if (type.kind === "union") return union(type.of.map((part) => aliased(types, part)));
  return aliased(types, type);
}

function aliased(types: Context["types"], type: TypeTree): TypeTree {
  if (type.kind !== "name") return type;
  const found = [...types].find(([named, value]) => named.name === type.name && value.kind === "alias");
  return found?.[1].kind === "alias" ? found[1].type : type;
}

function addReference({ plan, core, local }: Context, name: string): void {
  if (CORE_TYPES.has(name)) core.add(`type ${name}`);
  else if (plan.types.some((type) => type.name === name)) local.add(name);
}
