import type { Layout, LegacyForm } from "@somakit/core/gen/v1";
import type { Dataset, Field, Json } from "../ir.js";
import type { Plan } from "../plan/plan.js";
import { children, resolve } from "../plan/walk.js";
import { code, keyCode, markdownLine } from "../print/markdown.js";

/** Every outdated form in the data set, with the keys that have it. */
export function legacyForms(plan: Plan): { readonly keys: readonly string[]; readonly form: LegacyForm }[] {
  const found = new Map<string, { keys: string[]; form: LegacyForm }>();
  const visit = (field: Field, key: string, seen: readonly Field[]): void => {
    const target = resolve(plan.dataset, field);
    if (seen.includes(target)) return;
    for (const form of target.layout.kind === "array" ? (target.layout.legacy ?? []) : []) {
      const entry = found.get(JSON.stringify(form)) ?? { keys: [], form };
      entry.keys.push(key);
      found.set(JSON.stringify(form), entry);
    }
    if (target.layout.kind === "object" && seen.length > 0) return; // has a section, and a turn, of its own
    for (const child of children(target))
      visit(child.field, key === "" ? child.label : `${key}.${child.label}`, [...seen, target]);
  };
  plan.types.forEach(({ field, name }, index) => {
    if (field.layout.kind === "object" || index === 0) visit(field, index === 0 ? "" : name, []);
  });
  return [...found.values()];
}

export function profileRows(profiles: Layout["profiles"]): string[][] {
  return Object.entries(profiles).map(([name, { description, severity, required = {} }]) => [
    code(name),
    markdownLine(description),
    Object.entries(severity)
      .map(([issue, level]) => `${code(issue)} ${level}`)
      .join(", "),
    Object.entries(required)
      .map(([place, keys]) => `${keys.map(keyCode).join(", ")}${place === "" ? "" : ` in ${code(place)}`}`)
      .join("; "),
  ]);
}

/** The order of records in a stream, for data sets that are one. */
export function recordsText({ bundled }: Dataset): string[] {
  const records = Array.isArray(bundled["records"]) ? bundled["records"].flatMap(recordText) : [];
  return records.length === 0 ? [] : [`The records of the stream: ${records.join(", then ")}.`];
}

function recordText(record: Json): string[] {
  if (typeof record !== "object" || record === null || Array.isArray(record) || typeof record["name"] !== "string")
    return [];
  const notes = [
    ...(record["repeat"] === true ? ["any number of them"] : []),
    ...(record["ownStream"] === true ? ["in a stream of its own"] : []),
  ];
  return [`${code(record["name"])}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`];
}
