import type { Detection, Folder, Layout, Node, RegistryEntry, Source, WorkOptions } from "@somakit/core";
import { msgpackStream } from "@somakit/core/codec/msgpack";
import { detect, openFile } from "@somakit/core/engine";
import { folder } from "@somakit/core/engine/folder";
import { isFormatError } from "@somakit/core/errors";
import { isFolder } from "@somakit/core/source";
import { alike } from "./alike.js";
import { CONTAINERS, headOf, openContainer } from "./container.js";
import { OptionError } from "./failure.js";

/** An open file, with the data set that its content speaks for. */
export interface Recognised {
  readonly container: string;
  /** How the file is compressed as a whole, where it is. */
  readonly wrap: string | undefined;
  /** As the container has it, whatever a schema says; see the data set's `root`. */
  readonly root: Node;
  /** Undefined when the content is no data set that is known. */
  readonly dataset: Detection | undefined;
  /** Further data sets that it may be. */
  readonly others: readonly Detection[];
}

/**
 * Opens a file by its content. Reads headers only. Throws the `FormatError` of what it claims to be.
 */
export async function recognise(
  registry: readonly RegistryEntry[],
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<Recognised> {
  const [dataset, ...others] = await detected(registry, source, options);
  if (dataset) return recognised(dataset, others);
  const { kind, wrap, root } = await openContainer(source, options);
  return { container: kind, wrap, root, dataset: undefined, others };
}

/** None where no data set has files of that format: it may still be one that can be shown. */
async function detected(
  registry: readonly RegistryEntry[],
  source: Source | Folder,
  options: WorkOptions,
): Promise<readonly Detection[]> {
  try {
    return await detect(await likely(registry, source, options), source, options);
  } catch (error) {
    if (isFormatError(error, "not-this-format")) return [];
    throw error;
  }
}

function recognised(dataset: Detection, others: readonly Detection[]): Recognised {
  const { codec } = dataset.container;
  const wrap = codec.wrap?.name === "none" ? undefined : codec.wrap?.name;
  return { container: codec.kind, wrap, root: shownRoot(dataset), dataset, others };
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
  const head = await headOf(source, options);
  const isWrapped = WRAPPED.some((magic) => magic.every((byte, at) => head[at] === byte));
  const signed = CONTAINERS.filter((container) => container.matches(head));
  // Streams are told by one byte, with which signatures of others begin as well.
  const matching = signed.length === 0 && msgpackStream.matches(head) ? [msgpackStream] : signed;
  const isPossible = (kind: string): boolean => {
    const codec = [...CONTAINERS, msgpackStream].find((container) => container.kind === kind);
    return !codec || matching.includes(codec) || (isWrapped && codec !== folder);
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
  return recognised(dataset, []);
}
