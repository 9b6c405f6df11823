import type { ExportDeclarationStructure } from "ts-morph";
import type { Dataset } from "../ir.js";
import { camelCase, identifier, Names, RESERVED_VARIABLES } from "../plan/names.js";
import type { Plan } from "../plan/plan.js";
import { exportedFunctions } from "./functions.js";
import { exportAll, exportTypes, type Output, sourceFile } from "./output.js";
import { siblingModule } from "./paths.js";

/**
 * `<system>/index.gen.ts`: all data sets of one folder. The one that has the folder's name is exported as it is, others
 * under their names, each with the behaviour written by hand beside it (`handWritten`: paths in the output folder). So
 * names of two data sets never meet. Of files written by hand only `<data set>.ts` counts, and `<folder>.ts` for what belongs
 * to all of them; it exports what else there is.
 */
export function emitSystem(system: string, plans: readonly Plan[], handWritten: ReadonlySet<string>): Output[] {
  const folder = system.slice(system.lastIndexOf("/") + 1);
  const main = plans.filter(({ dataset }) => dataset.name === folder);
  const others = plans.filter(({ dataset }) => dataset.name !== folder);
  const hasBehaviour = ({ dataset }: Plan): boolean => handWritten.has(`${system}/${dataset.name}.ts`);
  // Behaviour that belongs to all of them, where none has the folder's name.
  const shared = main.length === 0 && handWritten.has(`${system}/${folder}.ts`);
  const names = new Names([...RESERVED_VARIABLES, ...main.flatMap(exportedNames)]);
  const index = {
    path: `${system}/index.gen.ts`,
    sources: plans.map(({ dataset }) => dataset.file),
    note: behaviourNote(plans, [
      ...(shared ? [folder] : []),
      ...plans.filter(hasBehaviour).map(({ dataset }) => dataset.name),
    ]),
    structure: sourceFile(
      [],
      [
        ...(shared ? [exportAll(`./${folder}.js`)] : []),
        ...main.flatMap((plan) => modulesOf(plan, hasBehaviour(plan))),
        ...others.flatMap((plan) => namespaceOf(plan, names, hasBehaviour(plan))),
      ],
    ),
  };
  return [index, ...others.filter(hasBehaviour).map(namespaceModule)];
}

function behaviourNote(plans: readonly Plan[], withBehaviour: readonly string[]): string {
  if (withBehaviour.length > 0) return `behaviour is in ${withBehaviour.map((name) => `${name}.ts`).join(", ")}`;
  return `behaviour goes in ${plans[0]?.dataset.name}.ts beside it, which is exported once it is there`;
}

/** What is generated for a data set, and what is written by hand for it. */
function modulesOf({ dataset }: Plan, behaviour: boolean): ExportDeclarationStructure[] {
  return [exportAll(siblingModule(dataset)), ...(behaviour ? [exportAll(`./${dataset.name}.js`)] : [])];
}

/** `<name>.index.gen.ts`: both in one module, for a namespace. */
function namespaceModule(plan: Plan): Output {
  const { dataset } = plan;
  return {
    path: `${dataset.system}/${namespaceFile(dataset)}.ts`,
    sources: [dataset.file],
    note: `behaviour is in ${dataset.name}.ts`,
    structure: sourceFile([], modulesOf(plan, true)),
  };
}

/** No data set's name has a dot, so no other file is called so. */
function namespaceFile({ name }: Dataset): string {
  return `${name}.index.gen`;
}

/** Everything that the module of a data set exports. */
function exportedNames(plan: Plan): string[] {
  return [
    ...exportedFunctions(plan),
    "layout",
    ...plan.types.map(({ name }) => name),
    ...plan.accessors.map(({ name }) => name),
  ];
}

/** A namespace, and those of its types whose names are still free. */
function namespaceOf({ dataset, types }: Plan, names: Names, behaviour: boolean): ExportDeclarationStructure[] {
  const alias = names.take(identifier(camelCase(dataset.name)));
  const free = types.map(({ name }) => name).filter((name) => names.takeFree(name));
  const module = behaviour ? `./${namespaceFile(dataset)}.js` : siblingModule(dataset);
  return [
    { ...exportAll(module), namespaceExport: alias },
    ...(free.length === 0 ? [] : [exportTypes(siblingModule(dataset, "types"), free)]),
  ];
}
