import {
  type FunctionDeclarationStructure,
  type OptionalKind,
  type ParameterDeclarationStructure,
  StructureKind,
} from "ts-morph";
import type { Plan } from "../plan/plan.js";
import { resolve } from "../plan/walk.js";
import { commentText, docs } from "../print/comment.js";
import { indented } from "../print/indented.js";
import { quote } from "../print/text.js";
import { supportedContainers } from "./layout.js";

/** A function of a data set's module: one call of core's function for any layout, `<name>With`. */
export interface Verb {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, type: string])[];
  readonly options: { readonly type: string; readonly required?: boolean };
  readonly result: string;
  readonly call: string;
  readonly doc: string;
  /** What callers see, where that depends on what they give: types of the first parameter, with the result of each. */
  readonly overloads?: readonly {
    readonly parameter: readonly [name: string, type: string];
    readonly result: string;
  }[];
}

/** Names of all functions that the module of a data set exports. */
export function exportedFunctions(plan: Plan): string[] {
  return verbsOf(plan).map(({ name }) => name);
}

export function verbsOf(plan: Plan): Verb[] {
  const files = plan.supported ? [...fileVerbs(plan), ...recordVerbs(plan)] : [];
  const records = isRecord(plan) ? [upgradeVerb(plan)] : [];
  return [...files, checkVerb(plan), ...records, ...(hasFrames(plan) ? frameVerbs(plan) : [])];
}

function names({ types, accessors, dataset }: Plan): {
  readonly type: string;
  readonly file: string;
  readonly title: string;
} {
  return { type: types[0]?.name ?? "", file: accessors[0]?.name ?? "", title: commentText(dataset.title) };
}

function fileVerbs(plan: Plan): Verb[] {
  const { dataset } = plan;
  const { type, file, title } = names(plan);
  const kind = resolve(dataset, dataset.root).layout.kind;
  const folders = supportedContainers(dataset).map((container) => container.kind === "folder");
  const input = folders.includes(true) ? "FolderInput" : "Input";
  // An archive of a folder is one file.
  const sink = folders.includes(true) ? "Sink | FolderSink" : "Sink";
  const loading = kind === "object" || kind === "list" ? "values load when they are asked for" : "no values";
  const description = commentText(dataset.root.description ?? dataset.description);
  return [
    {
      name: "open",
      parameters: [["input", input]],
      options: { type: "OpenOptions" },
      result: `Promise<${file}>`,
      call: `openWith(layout, ${file}, input, options)`,
      doc: `Opens ${title}: headers only, ${loading}. Close the file when done. ${description}`,
    },
    {
      name: "read",
      parameters: [["input", input]],
      options: { type: "ReadFileOptions" },
      result: `Promise<${type}>`,
      call: `readWith<${type}>(layout, input, options)`,
      doc: `Reads all of ${title} into memory.`,
    },
    {
      name: "write",
      parameters: [
        ["sink", sink],
        ["value", `${type} | ${file}`],
      ],
      options: { type: "WriteOptions" },
      result: "Promise<void>",
      call: `writeWith<${type}>(layout, sink, value, options)`,
      doc: `Writes ${title}: a value, or an open file without holding its arrays in memory.`,
    },
  ];
}

/** The writer of a stream of records. */
function recordVerbs(plan: Plan): Verb[] {
  const list = plan.dataset.records?.find(({ repeat }) => repeat);
  if (!list || !isStream(plan)) return [];
  const { type, title } = names(plan);
  const record = recordType(plan, list.name);
  return [
    {
      name: "createWriter",
      parameters: [
        ["sink", "Sink"],
        ["lead", `RecordLead<${type}, ${quote(list.name)}>`],
      ],
      options: { type: "RecordWriterOptions" },
      result: `Promise<RecordWriter<${record}>>`,
      call: `createWriterWith<${record}>(layout, sink, lead, options)`,
      doc: `Writes ${title} record by record: what comes before ${commentText(list.name)} first, then each as it is appended.`,
    },
  ];
}

/** Whether a container of the data set is written record by record. */
export function isStream({ dataset }: Plan): boolean {
  return supportedContainers(dataset).some(({ kind }) => kind === "msgpack-stream");
}

/** The type of the records in a list of the root. */
export function recordType(plan: Plan, key: string): string {
  const { dataset } = plan;
  const property = dataset.root.properties.find((candidate) => candidate.key === key);
  const item = property?.field.items;
  const target = item && resolve(dataset, item);
  return (target && plan.typeName(target)) ?? `${names(plan).type}[${quote(key)}][number]`;
}

function checkVerb({ supported }: Plan): Verb {
  const value = supported ? "inputOrValue" : "value";
  return {
    name: "check",
    parameters: [[value, "unknown"]],
    options: { type: supported ? "CheckOptions & OpenOptions" : "CheckOptions" },
    result: "Promise<readonly Issue[]>",
    call: `checkWith(layout, ${value}, options)`,
    doc: supported ? "What is wrong with a file, or with a value in memory." : "What is wrong with a value in memory.",
  };
}

function isRecord({ dataset }: Plan): boolean {
  return resolve(dataset, dataset.root).layout.kind === "object";
}

/** Whether a value has frames that can be told from everything else in it. */
function hasFrames({ dataset }: Plan): boolean {
  const { layout } = resolve(dataset, dataset.root);
  return layout.kind === "object" && Object.values(layout.dims ?? {}).some(({ role }) => role === "frame");
}

function frameVerbs(plan: Plan): Verb[] {
  const { type, title } = names(plan);
  const value: readonly (readonly [string, string])[] = [["value", type]];
  return [
    {
      name: "slice",
      parameters: [...value, ["range", "FrameRange"]],
      options: { type: "SelectOptions" },
      result: type,
      call: "sliceWith(layout, value, range, options)",
      doc: `Frames \`start:stop:step\` of ${title}, as Python counts. Arrays are views unless \`copy\` is true.`,
    },
    {
      name: "select",
      parameters: [...value, ["indices", "ArrayLike<number> | ((index: number) => boolean)"]],
      options: { type: "SelectOptions" },
      result: type,
      call: "selectWith(layout, value, indices, options)",
      doc: `Some frames of ${title}: those at \`indices\`, in that order, or those for which it says true.`,
    },
    {
      name: "split",
      parameters: [...value, ["parts", "readonly number[]"]],
      options: { type: "SplitOptions" },
      result: `${type}[]`,
      call: "splitWith(layout, value, parts, options)",
      doc: `${title} in parts, given by their numbers of frames or by fractions; shuffled before where there is a \`seed\`.`,
    },
    {
      name: "shuffle",
      parameters: value,
      options: { type: "ShuffleOptions", required: true },
      result: type,
      call: "shuffleWith(layout, value, options)",
      doc: `The frames of ${title} in an order that \`seed\` decides, the same one everywhere.`,
    },
    {
      name: "concat",
      parameters: [["values", `readonly ${type}[]`]],
      options: { type: "ConcatOptions" },
      result: type,
      call: "concatWith(layout, values, options)",
      doc: `The frames of all \`values\`, one after the other.`,
    },
    {
      name: "frames",
      parameters: value,
      options: { type: "FramesOptions" },
      result: `IterableIterator<${type}>`,
      call: "framesWith(layout, value, options)",
      doc: `${title} frame by frame, or \`batch\` frames at a time.`,
    },
  ];
}

function upgradeVerb(plan: Plan): Verb {
  const { type, file, title } = names(plan);
  const result = `Upgraded<${type}>`;
  const value = {
    name: "upgrade",
    parameters: [["value", type]],
    options: { type: "UpgradeOptions" },
    result,
    call: "upgradeWith(layout, value, options)",
    doc: `${title} in its current form, without outdated keys and forms, and what was changed for that.`,
  } as const;
  // A stream of records has no outdated keys that only the whole of it could tell.
  if (!plan.supported || plan.dataset.records) return value;
  return {
    ...value,
    parameters: [["subject", `${type} | ${file}`]],
    result: `${result} | Promise<${result}>`,
    call: `upgradeWith<${type}>(layout, subject, options)`,
    overloads: [
      // The file first: where all keys are optional, it could be taken for a value.
      { parameter: ["file", file], result: `Promise<${result}>` },
      { parameter: ["value", type], result },
    ],
  };
}

export function functionOf(verb: Verb): FunctionDeclarationStructure {
  const { name, call, doc, overloads = [] } = verb;
  const comment = docs({ opening: doc, text: [] }, 117);
  return {
    kind: StructureKind.Function,
    name,
    isExported: true,
    ...signatureOf(verb),
    ...(overloads.length === 0 ? { docs: comment } : {}),
    overloads: overloads.map(({ parameter, result }) => ({
      isExported: true,
      docs: comment,
      ...signatureOf({ ...verb, parameters: [parameter], result }),
    })),
    statements: [`return ${call};`],
  };
}

const WIDTH = 120;

/** Parameters, one a line where one line is too short for all, and the type of the result. */
function signatureOf({ name, parameters, options, result }: Verb): {
  parameters: OptionalKind<ParameterDeclarationStructure>[];
  returnType: string;
} {
  const optional = options.required !== true;
  const all = [...parameters, [optional ? "options?" : "options", options.type] as const].map((pair) =>
    pair.join(": "),
  );
  const line = `export function ${name}(${all.join(", ")}): ${result} {`;
  const text = line.length > WIDTH ? indented(`${all.map((one) => `\n  ${one},`).join("")}\n`) : all.join(", ");
  return {
    // Laid out as text: ts-morph would print all of them on one line.
    parameters: [{ name: text }],
    returnType: result,
  };
}
