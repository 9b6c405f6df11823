import type { ExportDeclarationStructure } from "ts-morph";
import { camelCase, identifier, Names, RESERVED_VARIABLES } from "../plan/names.js";
import type { Plan } from "../plan/plan.js";
import { exportAll, exportTypes, type Output, sourceFile } from "./output.js";
import { siblingModule } from "./paths.js";

/**
 * `<system>/index.gen.ts`: all data sets of one folder. The one that has the folder's name is exported as it is, others
 * under their names; so is the behaviour written by hand beside them (`handWritten`: paths in the output folder).
 */
export function emitSystem(system: string, plans: readonly Plan[], handWritten: ReadonlySet<string>): Output {
  const folder = system.slice(system.lastIndexOf("/") + 1);
  const main = plans.filter(({ dataset }) => dataset.name === folder);
  const others = plans.filter(({ dataset }) => dataset.name !== folder);
  const names = new Names([...RESERVED_VARIABLES, ...main.flatMap(exportedNames)]);
  const behaviour = [...main, ...others]
    .map(({ dataset }) => dataset.name)
    .filter((name) => handWritten.has(`${system}/${name}.ts`));
  return {
    path: `${system}/index.gen.ts`,
    sources: plans.map(({ dataset }) => dataset.file),
    note: behaviourNote(plans, behaviour),
    structure: sourceFile(
      [],
      [
        ...main.map(({ dataset }) => exportAll(siblingModule(dataset))),
        ...others.flatMap((plan) => namespaceOf(plan, names)),
        ...behaviour.map((name) => exportAll(`./${name}.js`)),
      ],
    ),
  };
}

function behaviourNote(plans: readonly Plan[], behaviour: readonly string[]): string {
  if (behaviour.length > 0) return `behaviour is in ${behaviour.map((name) => `${name}.ts`).join(", ")}`;
  return `behaviour goes in ${plans[0]?.dataset.name}.ts beside it, which is exported once it is there`;
}

/** Everything that the module of a data set exports. */
function exportedNames({ types, accessors }: Plan): string[] {
  return [
    "open",
    "read",
    "write",
    "check",
    "layout",
    ...types.map(({ name }) => name),
    ...accessors.map(({ name }) => name),
  ];
}

/** A namespace, and those of its types whose names are still free. */
function namespaceOf({ dataset, types }: Plan, names: Names): ExportDeclarationStructure[] {
  const alias = names.take(identifier(camelCase(dataset.name)));
  const free = types.map(({ name }) => name).filter((name) => names.takeFree(name));
  return [
    { ...exportAll(siblingModule(dataset)), namespaceExport: alias },
    ...(free.length === 0 ? [] : [exportTypes(siblingModule(dataset, "types"), free)]),
  ];
}
