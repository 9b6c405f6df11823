import { type FunctionDeclarationStructure, StructureKind } from "ts-morph";
import type { Plan } from "../plan/plan.js";
import { resolve } from "../plan/walk.js";
import { commentText, docs } from "../print/comment.js";
import { alternatives } from "../print/text.js";
import { CORE, exportAll, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, siblingModule } from "./paths.js";

interface Verb {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, type: string])[];
  readonly options: string;
  readonly result: string;
  readonly call: string;
  readonly doc: string;
}

/** `<name>.gen.ts`: `open`, `read`, `write` and `check`, and everything else that is generated for the data set. */
export function emitModule(plan: Plan): Output {
  const { dataset, supported } = plan;
  const verbs = supported ? verbsOf(plan) : verbsOf(plan).filter(({ name }) => name === "check");
  const type = plan.types[0]?.name ?? "";
  const file = plan.accessors[0]?.name;
  const core = verbs.flatMap(({ name, parameters, options, result }) => [
    `${name}With`,
    ...[options, ...parameters.map(([, parameterType]) => parameterType), result]
      .flatMap((text) => text.match(/\w+/g) ?? [])
      .filter((word) => CORE_TYPES.has(word))
      .map((word) => `type ${word}`),
  ]);
  return {
    path: outputPath(dataset),
    sources: [dataset.file],
    note: `behaviour goes in ${dataset.name}.ts beside it`,
    structure: sourceFile(
      [
        ...importOf(CORE, core),
        ...importOf(siblingModule(dataset, "access"), file === undefined ? [] : [file]),
        ...importOf(siblingModule(dataset, "layout"), ["layout"]),
        ...importOf(siblingModule(dataset, "types"), supported ? [`type ${type}`] : []),
      ],
      [
        ...(supported ? [exportAll(siblingModule(dataset, "access"))] : []),
        exportAll(siblingModule(dataset, "layout")),
        { ...exportAll(siblingModule(dataset, "types")), isTypeOnly: true },
        ...(supported ? [] : [`\n// ${unsupportedText(plan)}`]),
        ...verbs.map(functionOf),
      ],
    ),
  };
}

const CORE_TYPES: ReadonlySet<string> = new Set([
  "CheckOptions",
  "Input",
  "Issue",
  "OpenOptions",
  "ReadFileOptions",
  "Sink",
  "WriteOptions",
]);

function verbsOf(plan: Plan): Verb[] {
  const type = plan.types[0]?.name ?? "";
  const file = plan.accessors[0]?.name ?? "";
  const description = plan.dataset.root.description ?? plan.dataset.description;
  const title = commentText(plan.dataset.title);
  const isObject = resolve(plan.dataset, plan.dataset.root).layout.kind === "object";
  return [
    {
      name: "open",
      parameters: [["input", "Input"]],
      options: "OpenOptions",
      result: file,
      call: `openWith(layout, ${file}, input, options)`,
      doc: `Opens ${title}: headers only, ${isObject ? "values load when they are asked for" : "no values"}. Close the file when done. ${commentText(description)}`,
    },
    {
      name: "read",
      parameters: [["input", "Input"]],
      options: "ReadFileOptions",
      result: type,
      call: `readWith<${type}>(layout, input, options)`,
      doc: `Reads all of ${title} into memory.`,
    },
    {
      name: "write",
      parameters: [
        ["sink", "Sink"],
        ["value", `${type} | ${file}`],
      ],
      options: "WriteOptions",
      result: "void",
      call: `writeWith<${type}>(layout, sink, value, options)`,
      doc: `Writes ${title}: a value, or an open file without holding its arrays in memory.`,
    },
    {
      name: "check",
      parameters: [[plan.supported ? "inputOrValue" : "value", "unknown"]],
      options: plan.supported ? "CheckOptions & OpenOptions" : "CheckOptions",
      result: "readonly Issue[]",
      call: `checkWith(layout, ${plan.supported ? "inputOrValue" : "value"}, options)`,
      doc: plan.supported
        ? `What is wrong with a file, or with a value in memory.`
        : `What is wrong with a value in memory.`,
    },
  ];
}

function functionOf({ name, parameters, options, result, call, doc }: Verb): FunctionDeclarationStructure {
  return {
    kind: StructureKind.Function,
    name,
    isExported: true,
    docs: docs({ opening: doc, text: [] }, 117),
    parameters: [
      ...parameters.map(([parameter, type]) => ({ name: parameter, type })),
      { name: "options", type: options, hasQuestionToken: true },
    ],
    returnType: `Promise<${result}>`,
    statements: [`return ${call};`],
  };
}

function unsupportedText({ dataset }: Plan): string {
  const kinds = alternatives(
    dataset.containers.map(({ kind, wrap }) => (wrap === undefined ? kind : `${kind} in ${wrap}`)),
  );
  return `No open, read and write: core has no codec for ${kinds} yet.`;
}
