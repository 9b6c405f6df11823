import {
  type ContainerCodec,
  type Detection,
  detect,
  type Folder,
  FolderNode,
  FormatError,
  folder,
  hdf5,
  isFolder,
  json,
  type Layout,
  type Node,
  npyContainer,
  npz,
  openFile,
  pickle,
  type RegistryEntry,
  type Source,
  type WorkOptions,
} from "@somakit/core";
import { UsageError } from "./failure.js";

/** An open file, with the data set that its content speaks for. */
export interface Recognised {
  readonly container: string;
  /** As the container has it, whatever a schema says; see the data set's `root`. */
  readonly root: Node;
  /** Undefined when the content is no data set that is known. */
  readonly dataset: Detection | undefined;
  /** Further data sets that it may be. */
  readonly others: readonly Detection[];
}

/** What can be shown without any schema. */
const CONTAINERS: readonly ContainerCodec[] = [npz, npyContainer, pickle, hdf5, folder, json];

/** Opens a file by its content. Reads headers only. Throws the `FormatError` of what it claims to be. */
export async function recognise(
  registry: readonly RegistryEntry[],
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<Recognised> {
  const [dataset, ...others] = await detect(await likely(registry, source, options), source, options);
  if (dataset) return { container: dataset.container.codec.kind, root: shownRoot(dataset), dataset, others };
  if (isFolder(source))
    return { container: "folder", root: await FolderNode.open(source, "", options), dataset, others };
  const head = await source.read(0, Math.min(512, source.byteLength), options);
  const codec = CONTAINERS.find((container) => container.matches(head));
  if (!codec) {
    const kinds = CONTAINERS.map(({ kind }) => kind).join(", ");
    throw new FormatError("not-this-format", `the content is none of ${kinds}`, { offset: 0 });
  }
  return { container: codec.kind, root: await codec.open(source, options), dataset: undefined, others };
}

/**
 * The data sets whose containers the first bytes allow, so that layouts of the others need not be loaded. What is compressed
 * as a whole may be anything.
 */
async function likely(
  registry: readonly RegistryEntry[],
  source: Source | Folder,
  options: WorkOptions,
): Promise<readonly RegistryEntry[]> {
  if (isFolder(source)) return registry;
  const head = await source.read(0, Math.min(512, source.byteLength), options);
  const isWrapped = WRAPPED.some((magic) => magic.every((byte, at) => head[at] === byte));
  const isPossible = (kind: string): boolean => {
    const codec = CONTAINERS.find((container) => container.kind === kind);
    return !codec || codec.matches(head) || (isWrapped && codec !== folder);
  };
  return registry.filter(({ containers }) => containers.some(isPossible));
}

/** How gzip and xz begin. */
const WRAPPED: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
];

/** What a file holds, whatever its schema says; files of a folder have no form without one. */
function shownRoot({ container, root, tree }: Detection): Node {
  return container.codec.present ? root : tree;
}

/** Opens a file as the data set `id`, whatever its content speaks for. */
export async function openAs(
  registry: readonly RegistryEntry[],
  id: string,
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<Recognised> {
  const entry = registry.find((candidate) => candidate.id === id);
  if (!entry)
    throw new UsageError(
      `there is no data set ${JSON.stringify(id)}`,
      `there are ${registry.map((known) => known.id).join(", ")}`,
    );
  const layout: Layout = await entry.load();
  const { container, root, tree } = await openFile(layout, source, options);
  const dataset: Detection = { entry, layout, container, root, tree, score: 0 };
  return { container: container.codec.kind, root: shownRoot(dataset), dataset, others: [] };
}
