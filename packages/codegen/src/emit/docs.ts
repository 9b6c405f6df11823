import type { Dataset, Field, JsonObject, Property } from "../ir.js";
import type { NamedType, Plan } from "../plan/plan.js";
import { resolve } from "../plan/walk.js";
import { pageHeader } from "../print/header.js";
import { code, keyCode, markdown, markdownLine, table } from "../print/markdown.js";

import { descriptionOf, dimText, engineFacts, kindText, legacyText, shapeText, valueFacts } from "./describe.js";
import { legacyForms, profileRows, recordsText } from "./docs-extra.js";

export interface Page {
  readonly path: string;
  readonly text: string;
  readonly sources: readonly string[];
}

/** `<system>/<name>.md`: what the schema says, for people. */
export function emitDocs(plan: Plan): Page {
  const { dataset } = plan;
  const sections = [
    `# ${markdownLine(dataset.title)}`,
    markdown(dataset.description),
    filesSection(dataset),
    ...plan.types.flatMap((type, index) =>
      index === 0 || type.field.layout.kind === "object" ? typeSection(plan, type, index === 0) : [],
    ),
    ...legacySection(plan),
    ...profileSection(dataset),
  ];
  const text = [pageHeader([dataset.file]), ...sections].filter((section) => section !== "").join("\n\n");
  return { path: `${dataset.system}/${dataset.name}.md`, text: `${text}\n`, sources: [dataset.file] };
}

function filesSection(dataset: Dataset): string {
  const { id, containers, detect } = dataset;
  const rows = containers.map(({ kind, extensions, supported }) => [
    code(kind),
    extensions.map(code).join(", "),
    supported ? "read and written" : "described only",
  ]);
  const rules = detect.map(({ names, present, absent }) => {
    const parts = [
      ...(names === undefined ? [] : [`a name that matches ${code(names)}`]),
      present.map(keyCode).join(", "),
      absent.length > 0 ? `not ${absent.map(keyCode).join(", ")}` : "",
    ];
    return `- ${parts.filter((part) => part !== "").join("; ")}`;
  });
  const recognised = rules.length === 0 ? [] : [`A file is recognised by its keys:`, rules.join("\n")];
  return [
    "## Files",
    `Data set ${code(id)}.`,
    table(["container", "file names end in", ""], rows),
    ...recognised,
    ...recordsText(dataset),
  ].join("\n\n");
}

function typeSection(plan: Plan, type: NamedType, isRoot: boolean): string[] {
  const { field, name } = type;
  const isObject = field.layout.kind === "object";
  const heading = isRoot ? (isObject ? "## Keys" : "## Value") : `## ${code(name)}`;
  const intro = isRoot ? [] : [markdown(descriptionOf(plan.dataset, field) ?? "")];
  const facts = isObject ? [] : [markdownLine(shapeOfValue(plan.dataset, field))];
  return [heading, ...intro, ...facts, ...keyTable(plan, field), ...symbolTable(field)].filter((text) => text !== "");
}

/** What a value that is no object looks like. */
function shapeOfValue(dataset: Dataset, field: Field): string {
  const facts = [...valueFacts(dataset, field), ...engineFacts(dataset, field)];
  const { kind } = resolve(dataset, field).layout;
  return [...(kind === "array" || kind === "sparse" ? [] : [`${kindText(dataset, field)}.`]), ...facts].join(" ");
}

const HEAD = ["key", "", "type", "shape", "unit", "meaning"];

function keyTable(plan: Plan, field: Field): string[] {
  const rows = field.properties.map((property) => keyRow(plan, property));
  for (const { pattern, field: value } of field.patterns)
    rows.push([`any key that matches ${code(pattern)}`, ...valueCells(plan, value, "optional")]);
  if (field.additional && (field.additional.description !== undefined || field.additional.layout.kind !== "any")) {
    rows.push([rows.length > 0 ? "any other key" : "any key", ...valueCells(plan, field.additional, "optional")]);
  }
  const closed =
    field.layout.kind === "object" && field.layout.additional === false ? ["There may be no other keys."] : [];
  return rows.length === 0 ? [] : [table(HEAD, rows), ...closed];
}

function keyRow(plan: Plan, { key, required, field }: Property): string[] {
  const need = required ? "required" : field.layout.extension ? "extension" : "optional";
  return [keyCode(key), ...valueCells(plan, field, field.deprecated ? `${need}, deprecated` : need, key)];
}

function valueCells(plan: Plan, field: Field, need: string, key?: string): string[] {
  const { dataset } = plan;
  const target = resolve(dataset, field);
  const { layout } = target;
  const shape = layout.kind === "array" || layout.kind === "sparse" ? shapeText(layout.shape) : lengthText(target);
  const unit = field.layout.unit ?? layout.unit;
  const meaning = [
    markdownLine(descriptionOf(dataset, field) ?? ""),
    markdownLine(engineFacts(dataset, field, key).join(" ")),
    defaultText(field),
    valuesText(target.schema),
  ];
  return [
    need,
    typeCell(plan, target),
    shape === undefined ? "" : code(shape),
    unit ?? "",
    meaning.filter((text) => text !== "").join(" "),
  ];
}

function lengthText({ layout }: Field): string | undefined {
  return layout.kind === "list" && layout.length !== undefined ? `(${layout.length})` : undefined;
}

function defaultText({ layout }: Field): string {
  return layout.default === undefined ? "" : `Default: ${code(JSON.stringify(layout.default))}.`;
}

function valuesText({ enum: values, const: value }: JsonObject): string {
  const allowed = value !== undefined ? [value] : Array.isArray(values) ? values : [];
  return allowed.length === 0 ? "" : `Values: ${allowed.map((item) => code(JSON.stringify(item))).join(", ")}.`;
}

/** The type in words, with a link where another section describes it. */
function typeCell(plan: Plan, target: Field): string {
  const name = plan.typeName(target);
  if (name !== undefined && target.layout.kind === "object") return link(name);
  if (target.layout.kind === "list" && target.items) {
    const item = resolve(plan.dataset, target.items);
    const itemName = plan.typeName(item);
    if (itemName !== undefined && item.layout.kind === "object") return `list of ${link(itemName)}`;
  }
  return markdownLine(kindText(plan.dataset, target));
}

/** Links to a section, whose anchor is what common renderers make of its heading. */
function link(name: string): string {
  return `[${code(name)}](#${name.toLowerCase().replace(/[^\p{L}\p{N}_-]/gu, "")})`;
}

function symbolTable(field: Field): string[] {
  const dims = field.layout.kind === "object" ? Object.entries(field.layout.dims ?? {}) : [];
  const rows = dims.map(([symbol, dim]) => [
    code(symbol),
    dim.role ?? "",
    dimText(dim) === undefined ? "any" : code(dimText(dim) ?? ""),
    markdownLine(dim.description ?? ""),
  ]);
  return rows.length === 0 ? [] : [table(["symbol", "role", "size", "meaning"], rows)];
}

function legacySection(plan: Plan): string[] {
  const rows = legacyForms(plan).map(({ keys, form }) => [
    keys.map(keyCode).join(", "),
    code(legacyText(form)),
    markdownLine(form.description),
  ]);
  return rows.length === 0
    ? []
    : ["## Older forms", "Reading brings these up to date.", table(["key", "stored as", "meaning"], rows)];
}

function profileSection({ profiles }: Dataset): string[] {
  return Object.entries(profiles).length === 0
    ? []
    : [
        "## Profiles",
        "How grave each kind of issue is, by the profile that a check is asked for.",
        table(["profile", "meaning", "severity", "also required"], profileRows(profiles)),
      ];
}
