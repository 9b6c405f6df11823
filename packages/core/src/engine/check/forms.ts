import type { FieldLayout, ScalarLayout } from "../../layout/layout.js";
import type { Node } from "../../tree/node.js";
import { elementPath } from "../../value/path.js";
import { NumpyScalar } from "../../value/value.js";
import { describeNode } from "../resolve.js";
import type { Walk } from "./state.js";

/** Reports a key that has another name today. */
export function reportFormer(
  walk: Walk,
  field: FieldLayout,
  path: string,
  { name, key }: { name: string; key: string },
): void {
  const message = `${JSON.stringify(name)} is called ${JSON.stringify(key)} today`;
  const rule = `${field.rule}/stored`;
  walk.report.add({ code: "legacy", severity: "info", path, message, expected: key, actual: name, rule });
}

/** Reports what the schema has to say of a value of this form. */
export function reportNote({ report }: Walk, { note, rule }: FieldLayout, path: string): void {
  if (note !== undefined) report.add({ code: "note", severity: "info", path, message: note, rule: `${rule}/note` });
}

/** Reports a label that is no position in its list. */
export function reportLabel(
  walk: Walk,
  field: ScalarLayout,
  { list, size }: NonNullable<ScalarLayout["labels"]>,
  { value, path }: { readonly value: number; readonly path: string },
): void {
  if (value >= 0 && value < size) return;
  const message = `is ${value}; the list ${list} has ${size} classes, counted from 0`;
  const rule = `${field.rule}/labels`;
  walk.report.add({ code: "range", path, message, expected: `0 to ${size - 1}`, actual: String(value), rule });
}

/** Reports numbers under a key, one or a list, that are too large for the list of names that was given for it. */
export function reportUnnamed(
  { report, options: { labels = {} } }: Walk,
  { rule }: FieldLayout,
  { key, path }: { readonly key: string; readonly path: string },
  value: unknown,
): void {
  const names = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (!names) return;
  const { list, size } = names;
  for (const [index, label] of (Array.isArray(value) ? value : [value]).entries()) {
    const at = Array.isArray(value) ? elementPath(path, index) : path;
    if (typeof label !== "number" || label < size || report.has("range", at)) continue;
    const message = `is ${label}; the list ${list} has ${size} names, counted from 0`;
    const [expected, actual] = [`less than ${size}`, String(label)];
    report.add({ code: "range", severity: "warning", path: at, message, expected, actual, rule });
  }
}

/** Reports a number of numpy where one of Python is usual. */
export function reportNumpy(walk: Walk, field: ScalarLayout, node: Node): void {
  const type = node.kind === "scalar" && node.value instanceof NumpyScalar ? node.value.type : undefined;
  if (!type && node.kind !== "array") return;
  const actual = type ? `numpy ${type.name}` : describeNode(node);
  const message = `${actual} in place of a Python ${field.types.join(" or ")}`;
  const rule = `${field.rule}/stored`;
  walk.report.add({ code: "type", severity: "info", path: node.path, message, actual, rule });
}
