import type {
  ArrayLayout,
  AxisSize,
  CoordinateAxes,
  Dim,
  Encoding,
  FieldLayout,
  FilePlace,
  KeypointAxis,
  LegacyForm,
  MotionMark,
  Named,
  Quantize,
  SparseLayout,
} from "@somakit/core/gen/v1";
import type { Dataset, Field } from "../ir.js";
import { resolve } from "../plan/walk.js";
import { code } from "../print/markdown.js";
import { alternatives, together } from "../print/text.js";

/** The sentences that describe a field: its own, or those of the shared part it refers to. */
export function descriptionOf(dataset: Dataset, field: Field): string | undefined {
  return field.description ?? resolve(dataset, field).description ?? field.title;
}

/** The axes as numpy prints a shape: `(N, 190, 3)`, `(N,)`, `()`. */
export function shapeText(shape: readonly AxisSize[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

/** A shape with the sizes that symbols have in this form: `C = 2`. */
function formOf(layout: ArrayLayout | SparseLayout): readonly AxisSize[] {
  const where = (layout.kind === "array" && layout.where) || {};
  return layout.shape.map((size) =>
    Object.hasOwn(where, size) ? `${size} = ${[where[size]].flat().join(" or ")}` : size,
  );
}

function dtypeText(layout: ArrayLayout | SparseLayout): string {
  return alternatives([layout.dtype].flat());
}

/** What a value looks like in memory, one short statement each. */
export function valueFacts(dataset: Dataset, field: Field): string[] {
  const { layout } = resolve(dataset, field);
  const facts: string[] = [];
  if (layout.kind === "array" || layout.kind === "sparse")
    facts.push(`${dtypeText(layout)}, shape ${code(shapeText(formOf(layout)))}.`);
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
  if (layout.coordinates) facts.push(...coordinatesTexts(layout.coordinates));
  const motion = field.layout.motion ?? layout.motion;
  if (motion) facts.push(motionText(motion));
  const layouts = layout === field.layout ? [layout] : [field.layout, layout];
  facts.push(...checkFacts(layout), ...needFacts(layouts));
  facts.push(...sizeFacts(layouts), ...storageFacts(layouts, key), ...policyFacts(layouts));
  return facts.map((fact) => fact.replaceAll("{key}", () => key));
}

/** What checking asks of contents. */
function checkFacts(layout: FieldLayout): string[] {
  switch (layout.kind) {
    case "array": {
      const { finite, ascending, within } = layout;
      const limit = within && (within.elements ? `what ${code(within.key)} has` : code(within.key));
      return [
        ...(finite ? ["Neither NaN nor infinite."] : []),
        ...(ascending ? ["Never falls."] : []),
        ...(limit === undefined ? [] : [`From 0 to ${limit}.`]),
      ];
    }
    case "list": {
      const { unique, uniform = [], allOrNone = [] } = layout;
      return [
        ...(unique === undefined ? [] : [`No two items have the same ${code(unique)}.`]),
        ...(uniform.length === 0 ? [] : [`${together(uniform.map(code))} should be the same in all items.`]),
        ...(allOrNone.length === 0 ? [] : [`All items have ${together(allOrNone.map(code))}, or none.`]),
      ];
    }
    case "scalar": {
      const { references, labels } = layout;
      if (labels) return [`A position in the list ${code(labels.list)}.`];
      if (!references) return [];
      return [`Names an item of ${code(references.list)} by its ${alternatives(references.key.map(code))}.`];
    }
    case "any":
      return layout.numberKeys ? [`Keys: ${layout.numberKeys.join(", ")}.`] : [];
    default:
      return [];
  }
}

function needFacts(layouts: readonly FieldLayout[]): string[] {
  const requires = layouts.flatMap((layout) => layout.requires ?? []);
  const recommends = layouts.flatMap((layout) => layout.recommends ?? []);
  return [
    ...(requires.length === 0 ? [] : [`Needs ${together(requires.map(code))} beside it.`]),
    ...(recommends.length === 0 ? [] : [`Should have ${together(recommends.map(code))} beside it.`]),
  ];
}

/** Sizes that a value has by others, which its shape does not say. */
function sizeFacts(layouts: readonly FieldLayout[]): string[] {
  const follows = layouts.find((layout) => layout.follows)?.follows ?? [];
  const facts = follows.length === 0 ? [] : [`Sliced along ${alternatives(follows.map(code))} when it has that size.`];
  const ranges = layouts.flatMap((layout) => (layout.kind === "array" ? (layout.ranges ?? []) : []));
  return [...facts, ...ranges.map((symbol) => `Each row is a range along ${code(symbol)}.`)];
}

function policyFacts(layouts: readonly FieldLayout[]): string[] {
  const most = layouts.find((layout) => layout.maxBytes !== undefined)?.maxBytes;
  const becomes = layouts.flatMap((layout) => layout.becomes ?? []);
  const facts = most === undefined ? [] : [`At most ${bytesText(most)}.`];
  return becomes.length === 0 ? facts : [...facts, `An upgrade makes it ${together(becomes.map(code))}.`];
}

function bytesText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`;
}

function coordinatesTexts({ up, forward, columns }: CoordinateAxes): string[] {
  const seen = forward === undefined ? "" : `; from the front one looks along ${code(forward)}`;
  return [
    ...(columns ? [`A point: ${together(columns.map((column) => code(String(column))))}, in this order.`] : []),
    ...(up === undefined ? [] : [`Up is ${code(up)}${seen}.`]),
  ];
}

function motionText(mark: MotionMark): string {
  const { part, of, after, which, model, channels, members = {}, space, absent, template, value } = mark;
  if (part === "constant") return `A conversion writes ${code(JSON.stringify(value))}.`;
  const facts = [
    ...(of === undefined ? [] : [`of ${code(of)}`]),
    ...(after === undefined ? [] : [`after those of ${code(after)}`]),
    ...(template === undefined ? [] : [`made as ${code(template)}`]),
    ...(which === undefined ? [] : [model === undefined ? code(which) : `${code(which)} of ${code(model)}`]),
    ...Object.entries(members).map(
      ([key, member]) => `${code(key)} is ${/^[kp]\d$/.test(member) ? "" : "its "}${member.replaceAll("-", " ")}`,
    ),
    ...(channels ? [together(channels.map((channel) => code(channel)))] : []),
    ...(space === undefined ? [] : [`in the ${space === "image" ? "image" : `${space} frame`}`]),
    ...(absent === undefined ? [] : [absent === "zeros" ? "zeros for who is absent" : "left out where there are none"]),
  ];
  return `In conversions: ${[part.replaceAll("-", " "), ...facts].join(", ")}.`;
}

function keypointsText({ axis, convention, field, default: fallback, bySize = {}, root }: KeypointAxis): string {
  if (root !== undefined) return `Axis ${axis} follows the keypoint convention that ${code(root)} of the file tells.`;
  if (convention === undefined && field === undefined) {
    const named = Object.entries(bySize).map(([size, name]) => `${code(name)} where there are ${size}`);
    return `Axis ${axis} counts keypoints${named.length === 0 ? "" : `: ${together(named)}`}.`;
  }
  if (convention !== undefined) return `Axis ${axis} follows the keypoint convention ${code(convention)}.`;
  const absent = fallback === undefined ? [] : [`${code(fallback)} when absent`];
  const upgraded = Object.entries(bySize).map(([size, name]) => `${code(name)} by an upgrade of ${size} keypoints`);
  const cases = [...absent, ...upgraded];
  return `Axis ${axis} follows the keypoint convention that ${code(field ?? "")} names${cases.length === 0 ? "" : ` (${cases.join(", ")})`}.`;
}

const FORMS: Readonly<Record<string, string>> = {
  "scalar-array": "an array without axes",
  "string-array": "an array of strings",
  array: "an array",
  "pickled-scalar": "an object array without axes",
  tuple: "a tuple",
  list: "a list",
  "python-scalar": "a scalar of Python itself",
};

/** What says how many columns a matrix has, where that is something of its own. */
function columnsText({ columns }: SparseLayout): string {
  if (columns === undefined) return "";
  if (columns === "largest-index") return "; there are as many columns as its largest index needs";
  const [[kind, name] = ["", ""]] = Object.entries(columns);
  return `; the ${kind} ${code(name)} says how many columns there are`;
}

/** Where and in which form the value is stored, as far as that differs from the value itself. */
function storageFacts(layouts: readonly FieldLayout[], key: string): string[] {
  const [name, form] = [
    layouts.find(({ stored }) => stored?.name)?.stored?.name,
    layouts.find(({ stored }) => stored?.as)?.stored,
  ];
  const facts: string[] = [];
  for (const layout of layouts)
    if (layout.kind === "sparse")
      facts.push(`Stored as a ${layout.layout.toUpperCase()} matrix${columnsText(layout)}.`);
  const aliases = layouts.flatMap(({ stored }) => stored?.aliases ?? []);
  if (name !== undefined) facts.push(`Stored under the name ${code(name)}.`);
  if (aliases.length > 0) facts.push(`Formerly called ${alternatives(aliases.map(code))}.`);
  if (form?.as) facts.push(`Stored as ${FORMS[form.as]}${form.dtype ? ` of ${form.dtype}` : ""}.`);
  for (const layout of layouts) {
    if (layout.kind === "array") facts.push(...(layout.encoding ?? []).map(encodingText));
    if (layout.kind === "list" && layout.numbered) facts.push(`Stored as ${numberedText(layout.numbered)}.`);
    if (layout.kind === "list" && layout.named) facts.push(namedText(layout.named));
    const { place } = layout;
    if (place?.kind === "attribute")
      facts.push(place.name === key ? "Stored as an attribute." : `Stored as the attribute ${code(place.name)}.`);
    if (place?.kind === "itself") facts.push("Stored as an array whose attributes the other members are.");
    if (place?.kind === "number") facts.push("The number in the name under which the object is stored.");
    if (place?.kind === "name") facts.push("The name under which the object is stored.");
    if (place?.kind === "folder") facts.push(`Stored in the folder ${code(place.name)}.`);
    if (place?.kind === "file") facts.push(fileText(place));
  }
  return facts;
}

function encodingText(encoding: Encoding): string {
  switch (encoding.codec) {
    case "mask-pack":
      return `Stored without the rows of axis ${encoding.axis} that ${code(encoding.mask)} masks${encoding.when === undefined ? "" : `, if ${code(encoding.when)} is true`}.`;
    case "quantize":
      return quantizeText(encoding);
    case "delta":
      return `Stored as differences along axis ${encoding.axis}.`;
    case "with-factor":
      return "Stored together with its factor.";
  }
}

function quantizeText({ step, as, per, option }: Quantize): string {
  const size = per === undefined ? String(step) : `${step} / ${per}`;
  const other = option === undefined ? "" : `, unless the writer is told another ${code(option)}`;
  return `Stored in steps of ${size}${other}, as ${as}.`;
}

function namedText({ pattern }: Named): string {
  const which = pattern === undefined ? "" : ` that matches ${code(pattern)}`;
  return `One item for each folder or file with a name of its own${which}, in the order of names.`;
}

function fileText({ path, media, channel, channels }: FilePlace): string {
  const names = channels ?? channel?.slice(0, 1) ?? [];
  const where = path === undefined ? `a file of its own (${media})` : `the file ${code(path)} (${media})`;
  const plural = names.length === 1 ? "channel" : "channels";
  return `Stored in ${where}${names.length > 0 ? `, ${plural} ${names.map(code).join(", ")}` : ""}.`;
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
