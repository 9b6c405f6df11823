import { emitAccess } from "./emit/access.js";
import { emitCatalog } from "./emit/catalog.js";
import { conventionCatalog } from "./emit/conventions.js";
import { emitDocs } from "./emit/docs.js";
import { emitLayout } from "./emit/layout.js";
import { listCatalog } from "./emit/lists.js";
import { emitModule } from "./emit/module.js";
import type { Output } from "./emit/output.js";
import { emitRegistry } from "./emit/registry.js";
import { emitSystem } from "./emit/system.js";
import { emitTypes } from "./emit/types.js";
import { emitValidators } from "./emit/validate.js";
import { valueTypes } from "./emit/value-types.js";
import type { Dataset, Problem, Project } from "./ir.js";
import { type Claim, ownershipProblems, pathProblems, staleFiles } from "./outputs.js";
import { type Plan, planDataset } from "./plan/plan.js";
import { isGenerated } from "./print/header.js";
import { print } from "./print/printer.js";
import { compareText } from "./print/text.js";
import { loadProject } from "./project.js";

export interface GenerateOptions {
  /** Texts of schema files by path, relative to the folder of schemas, with `/`. */
  readonly files: ReadonlyMap<string, string>;
  /** Texts of what is in the output folder by path; pages of documentation (`.md`) too. */
  readonly existing?: ReadonlyMap<string, string> | undefined;
  /** Paths in the output folder of files written by hand, where their texts are not in `existing`. */
  readonly handWritten?: Iterable<string> | undefined;
  /** Texts of convention files that schemas may name, see `loadProject`. Nothing is generated from them. */
  readonly conventions?: ReadonlyMap<string, string> | undefined;
  /** Whether pages of documentation are wanted as well. */
  readonly docs?: boolean | undefined;
}

/** What a generator makes of schemas. */
export interface Generated {
  /** Texts of all generated files by path, sorted; empty when a problem is an error. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** Files in `existing` that were generated once and are not any more. */
  readonly stale: readonly string[];
}

/** Everything that is generated from a folder of schemas. Depends on its arguments alone. */
export async function generate(options: GenerateOptions): Promise<Generated> {
  return generateProject(loadProject(options.files, { conventions: options.conventions }), options);
}

/** The same for schemas that have been loaded. */
export async function generateProject(
  project: Project,
  options: Omit<GenerateOptions, "files" | "conventions">,
): Promise<Generated> {
  const existing = options.existing ?? new Map<string, string>();
  const problems = [...project.problems, ...pathProblems(project)];
  if (hasErrors(problems)) return failure(problems);

  const { outputs, plans, failed } = await emitProject(project, handWrittenFiles(options, existing));
  const printed = print(outputs);
  const pages = options.docs ? plans.map(emitDocs) : [];
  const claims: Claim[] = [...outputs, ...pages];
  problems.push(...failed, ...printed.problems, ...ownershipProblems(claims, existing));
  if (hasErrors(problems)) return failure(problems);

  const texts = [...printed.files, ...pages.map(({ path, text }) => [path, text] as const)];
  const files = new Map(texts.sort(([a], [b]) => compareText(a, b)));
  return { outputs: files, problems, stale: staleFiles(files, existing) };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}

function failure(problems: readonly Problem[]): Generated {
  return { outputs: new Map(), problems, stale: [] };
}

function handWrittenFiles(
  options: Omit<GenerateOptions, "files" | "conventions">,
  existing: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const found = [...existing].flatMap(([path, text]) => (isGenerated(text) ? [] : [path]));
  return new Set([...(options.handWritten ?? []), ...found]);
}

interface Emitted {
  readonly outputs: readonly Output[];
  readonly plans: readonly Plan[];
  readonly failed: readonly Problem[];
}

/** Data sets by id and conventions by name, so that the order in which files were read shows nowhere. */
async function emitProject(project: Project, handWritten: ReadonlySet<string>): Promise<Emitted> {
  const outputs: Output[] = [];
  const plans: Plan[] = [];
  const failed: Problem[] = [];
  for (const dataset of [...project.datasets].sort((a, b) => compareText(a.id, b.id))) {
    try {
      const plan = planDataset(dataset);
      outputs.push(...(await emitDataset(plan)));
      plans.push(plan);
    } catch (error) {
      failed.push(failureOf(dataset, error));
    }
  }
  for (const system of new Set(plans.map(({ dataset }) => dataset.system))) {
    const inSystem = plans.filter(({ dataset }) => dataset.system === system);
    outputs.push(
      ...emitValidators(
        system,
        inSystem.map(({ dataset }) => dataset),
      ),
      ...emitSystem(system, inSystem, handWritten),
    );
  }
  const conventions = [...project.conventions].sort((a, b) => compareText(a.name, b.name));
  const lists = [...project.lists].sort((a, b) => compareText(a.name, b.name));
  const tables = { conventions: conventions.length > 0, lists: lists.length > 0 };
  outputs.push(
    ...emitCatalog(conventionCatalog, conventions),
    ...emitCatalog(listCatalog, lists),
    ...(plans.length > 0 ? [emitRegistry(plans, tables)] : []),
  );
  return { outputs, plans, failed };
}

async function emitDataset(plan: Plan): Promise<Output[]> {
  const types = await valueTypes(plan);
  return [
    emitTypes(plan, types),
    ...(plan.supported ? [emitAccess(plan, types)] : []),
    emitLayout(plan),
    emitModule(plan),
  ];
}

function failureOf(dataset: Dataset, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return {
    severity: "error",
    file: dataset.file,
    pointer: "",
    line: undefined,
    message: `nothing can be generated: ${message}`,
  };
}
