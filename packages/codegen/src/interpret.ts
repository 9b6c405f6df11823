import type {
  ContainerLayout,
  Convention,
  ConventionEntry,
  Layout,
  ListEntry,
  RegistryEntry,
} from "@somakit/core/gen/v1";
import { readConventionTexts, readSchemaTexts } from "./disk.js";
import { layoutOf } from "./emit/layout.js";
import { structureOf } from "./emit/validate.js";
import type { Dataset, Problem, Project } from "./ir.js";
import { loadProject } from "./project.js";
import { shippedConventions } from "./shipped.js";

/** What generated code would offer of schemas, made of them when it is asked for. */
export interface Interpreted {
  readonly registry: readonly RegistryEntry[];
  readonly conventions: readonly ConventionEntry[];
  readonly lists: readonly ListEntry[];
  /** First sentences of descriptions come from here. */
  readonly datasets: readonly Dataset[];
}

/** Codecs by name: those of containers (`npz`), of compressed ones (`json.gzip`), of files in folders (`strictJson`). */
export type Codecs = Readonly<Record<string, ContainerLayout["codec"]>>;

/** The data sets, conventions and lists of a project without faults. */
export function interpretProject(project: Project, codecs: Codecs): Interpreted {
  return {
    registry: project.datasets.map((dataset) => entryOf(dataset, codecs)),
    conventions: project.conventions.map(({ file: _, ...convention }) => ({
      name: convention.name,
      size: convention.keypoints.length,
      load: async (): Promise<Convention> => convention,
    })),
    lists: project.lists.map(({ name, description, items }) => ({
      name,
      size: items.length,
      load: async () => ({ name, description, items }),
    })),
    datasets: project.datasets,
  };
}

/** Loads the schemas of a folder or a file from the disk, with the conventions that `@somakit/formats` ships. */
export async function loadSchemas(
  path: string,
): Promise<{ readonly folder: string; readonly project: Project; readonly problems: readonly Problem[] }> {
  const { folder, files } = await readSchemaTexts(path);
  const shipped = shippedConventions(folder);
  const conventions = shipped === undefined ? undefined : await readConventionTexts(shipped);
  const project = loadProject(files, { conventions });
  return { folder, project, problems: project.problems };
}

function entryOf(dataset: Dataset, codecs: Codecs): RegistryEntry {
  let layout: Layout | undefined;
  const { id, title, description, containers, detect } = dataset;
  return {
    id,
    title,
    description,
    containers: [...new Set(containers.map(({ kind }) => kind))],
    extensions: [...new Set(containers.flatMap(({ extensions }) => extensions))],
    detect,
    load: async () => {
      layout ??= layoutOf(dataset, codecs, structureOf(dataset));
      return layout;
    },
  };
}
