import type { Plan } from "../plan/plan.js";
import { alternatives } from "../print/text.js";
import { functionOf, isStream, recordType, type Verb, verbsOf } from "./functions.js";
import { CORE, exportAll, exportName, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, siblingModule } from "./paths.js";

/** `<name>.gen.ts`: `open`, `read`, `write` and all other functions, and everything else that is generated for the data set. */
export function emitModule(plan: Plan): Output {
  const { dataset, supported } = plan;
  const verbs = verbsOf(plan);
  const type = plan.types[0]?.name ?? "";
  const file = plan.accessors[0]?.name;
  return {
    path: outputPath(dataset),
    sources: [dataset.file],
    note: `behaviour goes in ${dataset.name}.ts beside it`,
    structure: sourceFile(
      [
        ...importOf(CORE, verbs.flatMap(coreNames)),
        ...importOf(siblingModule(dataset, "access"), file === undefined ? [] : [file]),
        ...importOf(siblingModule(dataset, "layout"), ["layout"]),
        ...importOf(siblingModule(dataset, "types"), [`type ${type}`, ...recordImports(plan)]),
      ],
      [
        ...(supported ? [exportAll(siblingModule(dataset, "access"))] : []),
        exportName(siblingModule(dataset, "layout"), "layout"),
        { ...exportAll(siblingModule(dataset, "types")), isTypeOnly: true },
        ...(supported ? [] : [`\n// ${unsupportedText(plan)}`]),
        ...verbs.map(functionOf),
      ],
    ),
  };
}

/** The type that the writer of a stream names besides. */
function recordImports(plan: Plan): string[] {
  const list = plan.dataset.records?.find(({ repeat }) => repeat);
  const name = list && plan.supported && isStream(plan) ? recordType(plan, list.name) : undefined;
  return plan.types.some((type) => type.name === name) && name !== plan.types[0]?.name ? [`type ${name}`] : [];
}

const CORE_TYPES: ReadonlySet<string> = new Set([
  "CheckOptions",
  "ConcatOptions",
  "FrameRange",
  "FolderInput",
  "FolderSink",
  "FramesOptions",
  "Input",
  "Issue",
  "OpenOptions",
  "ReadFileOptions",
  "RecordLead",
  "RecordWriter",
  "RecordWriterOptions",
  "SelectOptions",
  "ShuffleOptions",
  "Sink",
  "SplitOptions",
  "UpgradeOptions",
  "Upgraded",
  "WriteOptions",
]);

/** What a function needs of core. */
function coreNames({ name, parameters, options, result }: Verb): string[] {
  const words = [options.type, ...parameters.map(([, type]) => type), result].flatMap(
    (text) => text.match(/\w+/g) ?? [],
  );
  return [`${name}With`, ...words.filter((word) => CORE_TYPES.has(word)).map((word) => `type ${word}`)];
}

function unsupportedText({ dataset }: Plan): string {
  const kinds = alternatives(
    dataset.containers.map(({ kind, wrap }) => (wrap === undefined ? kind : `${kind} in ${wrap}`)),
  );
  return `No open, read and write: core has no codec for ${kinds} yet.`;
}
