import type {
  ArrayLayout,
  AxisSize,
  Dim,
  Encoding,
  FieldLayout,
  KeypointAxis,
  LegacyForm,
  SparseLayout,
} from "@somakit/core/gen/v1";
import type { Dataset, Field } from "../ir.js";
import { resolve } from "../plan/walk.js";
import { code } from "../print/markdown.js";
import { alternatives } from "../print/text.js";

/** The sentences that describe a field: its own, or those of the shared part it refers to. */
export function descriptionOf(dataset: Dataset, field: Field): string | undefined {
  return field.description ?? resolve(dataset, field).description ?? field.title;
}

/** The axes as numpy prints a shape: `(N, 190, 3)`, `(N,)`, `()`. */
export function shapeText(shape: readonly AxisSize[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

export function dtypeText(layout: ArrayLayout | SparseLayout): string {
  return alternatives([layout.dtype].flat());
}

/** What a value looks like in memory, one short statement each. */
export function valueFacts(dataset: Dataset, field: Field): string[] {
  const { layout } = resolve(dataset, field);
  const facts: string[] = [];
  if (layout.kind === "array" || layout.kind === "sparse")
    facts.push(`${dtypeText(layout)}, shape ${code(shapeText(layout.shape))}.`);
  if (layout.kind === "list" && layout.length !== undefined) facts.push(`Length ${code(String(layout.length))}.`);
  const unit = field.layout.unit ?? layout.unit;
  return unit === undefined ? facts : [...facts, `Unit: ${unit}.`];
}

/** What the engine does with it, and where it is stored. `key` is what `{key}` in names of siblings stands for. */
export function engineFacts(dataset: Dataset, field: Field, key = "{key}"): string[] {
  const { layout } = resolve(dataset, field);
  const facts: string[] = [];
  if (layout.kind === "array" && layout.values) facts.push(`Values: ${alternatives(layout.values.map(String))}.`);
  if ((layout.kind === "array" || layout.kind === "sparse") && layout.keypoints)
    facts.push(keypointsText(layout.keypoints));
  facts.push(...storageFacts(layout === field.layout ? [layout] : [field.layout, layout]));
  return facts.map((fact) => fact.replaceAll("{key}", () => key));
}

function keypointsText({ axis, convention, field, default: fallback }: KeypointAxis): string {
  if (convention === undefined && field === undefined) return `Axis ${axis} counts keypoints.`;
  if (convention !== undefined) return `Axis ${axis} follows the keypoint convention ${code(convention)}.`;
  return `Axis ${axis} follows the keypoint convention that ${code(field ?? "")} names${fallback === undefined ? "" : ` (${code(fallback)} when absent)`}.`;
}

const FORMS: Readonly<Record<string, string>> = {
  "scalar-array": "an array without axes",
  "string-array": "an array of strings",
  array: "an array",
  "pickled-scalar": "an object array without axes",
  tuple: "a tuple",
  list: "a list",
};

/** Where and in which form the value is stored, as far as that differs from the value itself. */
function storageFacts(layouts: readonly FieldLayout[]): string[] {
  const [name, form] = [
    layouts.find(({ stored }) => stored?.name)?.stored?.name,
    layouts.find(({ stored }) => stored?.as)?.stored,
  ];
  const facts: string[] = [];
  for (const layout of layouts)
    if (layout.kind === "sparse") facts.push(`Stored as a ${layout.layout.toUpperCase()} matrix.`);
  const aliases = layouts.flatMap(({ stored }) => stored?.aliases ?? []);
  if (name !== undefined) facts.push(`Stored under the name ${code(name)}.`);
  if (aliases.length > 0) facts.push(`Formerly called ${alternatives(aliases.map(code))}.`);
  if (form?.as) facts.push(`Stored as ${FORMS[form.as]}${form.dtype ? ` of ${form.dtype}` : ""}.`);
  for (const layout of layouts) {
    if (layout.kind === "array") facts.push(...(layout.encoding ?? []).map(encodingText));
    if (layout.kind === "list" && layout.numbered) facts.push(`Stored as ${numberedText(layout.numbered)}.`);
    const { place } = layout;
    if (place?.kind === "attribute") facts.push(`Stored as the attribute ${code(place.name)}.`);
    if (place?.kind === "folder") facts.push(`Stored in the folder ${code(place.name)}.`);
    if (place?.kind === "file") facts.push(`Stored in the file ${code(place.path)} (${place.media}).`);
  }
  return facts;
}

function encodingText(encoding: Encoding): string {
  switch (encoding.codec) {
    case "mask-pack":
      return `Stored without the rows of axis ${encoding.axis} that ${code(encoding.mask)} masks${encoding.when === undefined ? "" : `, if ${code(encoding.when)} is true`}.`;
    case "quantize":
      return `Stored in steps of ${encoding.step} as ${encoding.as}.`;
    case "delta":
      return `Stored as differences along axis ${encoding.axis}.`;
    case "with-factor":
      return "Stored together with its factor.";
  }
}

function numberedText({
  prefix,
  suffix,
  from,
  pad,
  gaps,
}: {
  prefix: string;
  suffix: string;
  from: number;
  pad: number;
  gaps: boolean;
}): string {
  const name = (number: number): string => `${prefix}${String(number).padStart(pad, "0")}${suffix}`;
  return `${code(name(from))}, ${code(name(from + 1))}, …${gaps ? " (numbers may be missing)" : ""}`;
}

/** `K = 190`, `N = total_frames`, `F = end - start`: what a symbol is bound to, undefined when to nothing. */
export function dimText(dim: Dim): string | undefined {
  if (dim.size) return alternatives(dim.size.map(String));
  if (typeof dim.equals === "string") return dim.equals;
  return dim.equals && `${dim.equals.minus[0]} - ${dim.equals.minus[1]}`;
}

/** `float64 (N, 4)`: an outdated form, without its description. */
export function legacyText(form: LegacyForm): string {
  return [form.dtype ? alternatives(form.dtype) : "", form.shape ? shapeText(form.shape) : ""]
    .filter((text) => text !== "")
    .join(" ");
}

/** The kind of value in words: what a table says where there is no dtype. */
export function kindText(dataset: Dataset, field: Field): string {
  return alternatives([...new Set(kindsOf(dataset, field, 0))]);
}

/** Lists and choices may hold themselves; words stop at this depth. */
const DEEPEST = 3;

function kindsOf(dataset: Dataset, field: Field, depth: number): string[] {
  const target = resolve(dataset, field);
  const { layout } = target;
  switch (layout.kind) {
    case "array":
    case "sparse":
      return [layout.dtype].flat();
    case "scalar":
      return [...layout.types];
    case "object":
      return ["object"];
    case "list": {
      const items = [...target.prefix, ...(target.items ? [target.items] : [])];
      const kinds = depth < DEEPEST ? items.flatMap((item) => kindsOf(dataset, item, depth + 1)) : [];
      return [kinds.length === 0 ? "list" : `list of ${alternatives([...new Set(kinds)])}`];
    }
    case "choice":
      return depth < DEEPEST ? target.branches.flatMap((branch) => kindsOf(dataset, branch, depth + 1)) : ["any"];
    case "any":
      return [layout.is ?? "any"];
    case "ref":
      return ["any"];
  }
}
