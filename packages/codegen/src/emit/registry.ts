import type { Plan } from "../plan/plan.js";
import { docs } from "../print/comment.js";
import { Code, type Literal } from "../print/literal.js";
import { quote } from "../print/text.js";
import { lazyModule, lazyNames } from "./catalog.js";
import { conventionCatalog } from "./conventions.js";
import { listCatalog } from "./lists.js";
import { CORE, constant, exportAll, importOf, type Output, sourceFile } from "./output.js";
import { siblingModule } from "./paths.js";

/**
 * `registry.gen.ts`: every data set in brief, with its layout behind an `import()`, and the tables of
 * conventions and of lists where there are any.
 */
export function emitRegistry(
  plans: readonly Plan[],
  options: { readonly conventions: boolean; readonly lists: boolean },
): Output {
  const doc = "All data sets, to be told apart before any of their layouts is loaded.";
  return {
    path: "registry.gen.ts",
    sources: plans.map(({ dataset }) => dataset.file),
    note: "",
    structure: sourceFile(importOf(CORE, ["type RegistryEntry"]), [
      constant({
        name: "registry",
        type: "readonly RegistryEntry[]",
        value: plans.map(entryOf),
        docs: docs({ opening: doc, text: [] }),
      }),
      ...(options.conventions
        ? [
            {
              ...exportAll(`./${lazyModule(conventionCatalog)}.js`),
              leadingTrivia: "\n",
              namedExports: [...lazyNames(conventionCatalog)],
            },
          ]
        : []),
      ...(options.lists
        ? [
            {
              ...exportAll(`./${lazyModule(listCatalog)}.js`),
              leadingTrivia: "\n",
              namedExports: [...lazyNames(listCatalog)],
            },
          ]
        : []),
    ]),
  };
}

function entryOf({ dataset }: Plan): Literal {
  const module = `./${dataset.system}/${siblingModule(dataset, "layout").slice(2)}`;
  return {
    id: dataset.id,
    title: dataset.title,
    description: dataset.description,
    containers: [...new Set(dataset.containers.map(({ kind }) => kind))],
    extensions: [...new Set(dataset.containers.flatMap(({ extensions }) => extensions))],
    detect: dataset.detect as unknown as Literal,
    load: new Code(`() => import(${quote(module)}).then((module) => module.layout)`),
  };
}
