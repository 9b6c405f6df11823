import type {
  ContainerCodec,
  Detection,
  Folder,
  Layout,
  Node,
  RegistryEntry,
  Source,
  WorkOptions,
} from "@somakit/core";
import { hdf5 } from "@somakit/core/codec/hdf5";
import { json } from "@somakit/core/codec/json";
import { npyContainer } from "@somakit/core/codec/npy";
import { npz } from "@somakit/core/codec/npz";
import { pickle } from "@somakit/core/codec/pickle";
import { detect, openFile } from "@somakit/core/engine";
import { FolderNode, folder } from "@somakit/core/engine/folder";
import { FormatError } from "@somakit/core/errors";
import { isFolder } from "@somakit/core/source";
import { alike } from "./alike.js";
import { OptionError } from "./failure.js";

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

/** The data set that is called `id`. Throws `OptionError` that names one that is called alike, or all. */
export function entryNamed(registry: readonly RegistryEntry[], id: string, option: string): RegistryEntry {
  const entry = registry.find((candidate) => candidate.id === id);
  if (entry) return entry;
  const ids = registry.map((known) => known.id);
  const near = alike(id, ids);
  const hint = near === undefined ? `${option} takes ${ids.join(", ")}` : `did you mean ${near}?`;
  throw new OptionError(`there is no data set ${JSON.stringify(id)}`, hint);
}

/** Opens a file as the data set `id`, whatever its content speaks for. */
export async function openAs(
  registry: readonly RegistryEntry[],
  id: string,
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<Recognised> {
  const entry = entryNamed(registry, id, "--as");
  const layout: Layout = await entry.load();
  const { container, root, tree } = await openFile(layout, source, options);
  const dataset: Detection = { entry, layout, container, root, tree, score: 0 };
  return { container: container.codec.kind, root: shownRoot(dataset), dataset, others: [] };
}
